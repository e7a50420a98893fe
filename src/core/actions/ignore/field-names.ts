import { type Pointer, parsePath, resolveSteps, type Step } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import { pointerText } from '../../render/locate.ts';

/** How rules can name a field. */
export interface FieldNames {
  /** RFC 6901; undefined where list items stand at other positions in the manifest than in what runs. */
  pointer: string | undefined;
  /** True where the pointer counts list items. */
  counts: boolean;
  /** A jq path that names list items by their keys; undefined where the pointer needs none. */
  jq: string | undefined;
}

/** Names a field of an object as ignore rules do, from its path (`model/path.ts`). */
export function fieldNames(path: string, desired: Json, live: Json | undefined): FieldNames {
  const steps = parsePath(path);
  const sides = [desired, ...(live === undefined ? [] : [live])];
  const found = sides.map(side => pointerTo(side, steps)).filter(pointer => pointer !== undefined);
  const texts = new Set(found.map(pointerText));
  const [only] = texts;
  const named = steps.some(step => typeof step === 'object');
  return {
    pointer: texts.size === 1 ? only : undefined,
    counts: steps.some(step => typeof step !== 'string'),
    jq: named ? jqOf(steps, desired, live) : undefined,
  };
}

/** Fields need not be there; items do. */
function pointerTo(root: Json, steps: readonly Step[]): Pointer | undefined {
  const at = resolveSteps(root, steps);
  const rest = steps.slice(at.pointer.length);
  return rest.every(step => typeof step === 'string') ? [...at.pointer, ...rest] : undefined;
}

function jqOf(steps: readonly Step[], desired: Json, live: Json | undefined): string {
  let text = '';
  for (const [at, step] of steps.entries()) {
    if (typeof step === 'object') {
      const keys =
        'value' in step ? undefined : keysBoth(steps.slice(0, at + 1), step.keys, desired, live);
      text += `[] | select(${keys ? conditions(keys) : `. == ${JSON.stringify('value' in step ? step.value : null)}`})`;
      if (at < steps.length - 1) text += ' | ';
    } else if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(step)) text += `.${step}`;
    else text += `${text === '' || text.endsWith(' ') ? '.' : ''}[${JSON.stringify(step)}]`;
  }
  return text;
}

/** The keys that the item has on every side: what the server fills in is in no manifest. */
function keysBoth(
  steps: readonly Step[],
  keys: Record<string, Json>,
  desired: Json,
  live: Json | undefined,
): Record<string, Json> {
  const items = [desired, live ?? null].flatMap(side => {
    const at = resolveSteps(side, steps);
    return at.complete && isObject(at.value) ? [at.value] : [];
  });
  const common = Object.entries(keys).filter(([key]) => items.every(item => key in item));
  return common.length > 0 ? Object.fromEntries(common) : keys;
}

function conditions(keys: JsonObject): string {
  return Object.entries(keys)
    .map(([key, value]) => {
      const field = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `.[${JSON.stringify(key)}]`;
      return `${field} == ${JSON.stringify(value)}`;
    })
    .join(' and ');
}
