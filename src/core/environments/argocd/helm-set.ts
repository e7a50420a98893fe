import { isObject, type Json, type JsonObject } from '../../model/resource.ts';

/**
 * Puts one value into Helm values as `--set path=value` does (helm.sh/helm/v4/pkg/strvals):
 * `a.b[0].c`, `\.` for a dot in a key, `null`, `true`, whole numbers and `{x,y}` read as such
 * unless `asText`. Returns new values, or undefined where the path is not understood.
 */
export function setValue(
  values: JsonObject,
  path: string,
  text: string,
  asText = false,
): JsonObject | undefined {
  const steps = parseSetPath(path);
  if (steps === undefined || typeof steps[0] !== 'string') return undefined;
  const result = withValue(values, steps, asText ? text : typedValue(text));
  return isObject(result) ? result : undefined;
}

function parseSetPath(path: string): (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  const step = /(?:^|\.)((?:[^.[\]\\=]|\\.)+)|\[(\d{1,5})\]/y;
  let at = 0;
  while (at < path.length) {
    step.lastIndex = at;
    const match = step.exec(path);
    if (!match) return undefined;
    steps.push(match[1] === undefined ? Number(match[2]) : match[1].replace(/\\(.)/g, '$1'));
    at = step.lastIndex;
  }
  return steps;
}

function withValue(
  target: Json | undefined,
  steps: readonly (string | number)[],
  value: Json,
): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (typeof step === 'string') {
    const map = isObject(target) ? target : {};
    return { ...map, [step]: withValue(map[step], rest, value) };
  }
  const list = Array.isArray(target) ? [...target] : [];
  while (list.length < step) list.push(null);
  list[step] = withValue(list[step], rest, value);
  return list;
}

function typedValue(text: string): Json {
  const list = /^\{(.*)\}$/s.exec(text);
  if (list) return (list[1] as string).split(',').map(item => typedValue(item.trim()));
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (/^null$/i.test(text)) return null;
  return /^(0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}
