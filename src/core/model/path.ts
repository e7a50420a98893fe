import { isObject, type Json } from './resource.ts';

/**
 * One step into a value: a field of a map, an index of a list, the member of a keyed list
 * (`[name="web"]`) or the member of a set (`[="a"]`).
 */
export type Step = string | number | { keys: Record<string, Json> } | { value: Json };

/** Concrete steps only: fields and indices. */
export type Pointer = (string | number)[];

const plainField = /^[A-Za-z0-9_$-]+$/;

/** Writes steps as `.spec.containers[name="app"].image`, `["key/with.dots"]`, `[0]`, `[="member"]`. */
export function formatPath(steps: readonly Step[]): string {
  return steps.map(formatStep).join('');
}

function formatStep(step: Step): string {
  if (typeof step === 'string')
    return plainField.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  if (typeof step === 'number') return `[${step}]`;
  if ('value' in step) return `[=${JSON.stringify(step.value)}]`;
  const pairs = Object.entries(step.keys).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `[${pairs.join(',')}]`;
}

/** Reads what `formatPath` writes. Throws an Error that quotes the text where it is not a path. */
export function parsePath(text: string): Step[] {
  const steps: Step[] = [];
  let at = 0;
  const bad = () => new Error(`not a field path: ${text} (at ${at})`);
  while (at < text.length) {
    if (text[at] === '.') {
      const field = /^[^.[]+/.exec(text.slice(at + 1))?.[0];
      if (field === undefined) throw bad();
      steps.push(field);
      at += 1 + field.length;
    } else if (text[at] === '[') {
      const [step, end] = parseBracket(text, at + 1, bad);
      steps.push(step);
      at = end;
    } else throw bad();
  }
  return steps;
}

function parseBracket(text: string, start: number, bad: () => Error): [Step, number] {
  const literal = (from: number): [Json, number] => {
    const match =
      /^("(?:[^"\\]|\\.)*"|-?[0-9.eE+-]+|true|false|null|\{.*?\}(?=\])|\[.*?\](?=\]))/.exec(
        text.slice(from),
      );
    if (!match) throw bad();
    return [JSON.parse(match[0]) as Json, from + match[0].length];
  };
  if (text[start] === '=') {
    const [value, end] = literal(start + 1);
    if (text[end] !== ']') throw bad();
    return [{ value }, end + 1];
  }
  if (text[start] === '"' || /[0-9]/.test(text[start] ?? '')) {
    const [value, end] = literal(start);
    if (text[end] !== ']' || (typeof value !== 'string' && typeof value !== 'number')) throw bad();
    return [value, end + 1];
  }
  const keys: Record<string, Json> = {};
  let at = start;
  for (;;) {
    const key = /^[^=\]]+(?==)/.exec(text.slice(at))?.[0];
    if (key === undefined) throw bad();
    const [value, end] = literal(at + key.length + 1);
    keys[key] = value;
    at = end + 1;
    if (text[end] === ']') return [{ keys }, at];
    if (text[end] !== ',') throw bad();
  }
}

/**
 * Finds the steps in a value: fields and indices, as far as they exist. `complete` is false when
 * the value ends before the steps do; `pointer` is then the nearest place that exists.
 */
export function resolveSteps(
  root: Json,
  steps: readonly Step[],
): { pointer: Pointer; complete: boolean; value: Json } {
  const pointer: Pointer = [];
  let value = root;
  for (const step of steps) {
    const next = stepInto(value, step);
    if (next === undefined) return { pointer, complete: false, value };
    pointer.push(next.at);
    value = next.value;
  }
  return { pointer, complete: true, value };
}

function stepInto(value: Json, step: Step): { at: string | number; value: Json } | undefined {
  if (typeof step === 'string') {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined;
    return { at: step, value: value[step] as Json };
  }
  if (!Array.isArray(value)) return undefined;
  const index = typeof step === 'number' ? step : value.findIndex(item => isMember(item, step));
  const item = value[index];
  return item === undefined ? undefined : { at: index, value: item };
}

function isMember(item: Json, step: { keys: Record<string, Json> } | { value: Json }): boolean {
  if ('value' in step) return JSON.stringify(item) === JSON.stringify(step.value);
  if (!isObject(item)) return false;
  // A key the item leaves out may be defaulted by the server (`protocol: TCP`): it does not exclude.
  return (
    Object.entries(step.keys).every(
      ([key, value]) => item[key] === undefined || item[key] === value,
    ) && Object.keys(step.keys).some(key => item[key] !== undefined)
  );
}
