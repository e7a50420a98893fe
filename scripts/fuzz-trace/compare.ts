import type { Pointer } from '../../src/core/model/path.ts';
import { isObject, type Json } from '../../src/core/model/resource.ts';
import type { Made } from './subjects.ts';

/** Which object of one render is which of another; undefined where it has no partner. */
export function partnersOf(before: readonly Made[], after: readonly Made[]): (Made | undefined)[] {
  const partners = new Map<Made, Made>();
  const free = new Set(after);
  for (const keyOf of [identity, kindOf, () => '']) {
    const waiting = new Map<string, Made[]>();
    for (const object of free) push(waiting, keyOf(object), object);
    for (const object of before) {
      const partner = partners.has(object) ? undefined : waiting.get(keyOf(object))?.shift();
      if (!partner) continue;
      partners.set(object, partner);
      free.delete(partner);
    }
  }
  return before.map(object => partners.get(object));
}

/** A scalar, or a whole part, that one render has and the other has not, or has otherwise. */
export interface Difference {
  pointer: Pointer;
  before: Json | undefined;
  after: Json | undefined;
}

/** Every scalar in which two values differ. */
export function differences(before: Json, after: Json, pointer: Pointer = []): Difference[] {
  if (before === after) return [];
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item, index) =>
      differences(item, after[index] ?? null, [...pointer, index]),
    );
  if (!isObject(before) || !isObject(after)) return [{ pointer, before, after }];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap(key => {
    const [was, is] = [before[key], after[key]];
    if (was !== undefined && is !== undefined) return differences(was, is, [...pointer, key]);
    return [{ pointer: [...pointer, key], before: was, after: is }];
  });
}

/** The value at a pointer. */
export function valueAt(value: Json | undefined, pointer: Pointer): Json | undefined {
  return pointer.reduce<Json | undefined>((found, step) => {
    if (Array.isArray(found)) return found[Number(step)];
    return isObject(found) ? found[String(step)] : undefined;
  }, value);
}

/** Names that end with the hash of what an object holds, and what is inside of longer texts. */
export function withoutHash(text: string): string {
  return text.replace(/-[2456789bcdfghkmt]{10}(?![\w])/g, '-#');
}

function identity({ value, source, volatile }: Made): string {
  const { metadata } = value;
  const { name, namespace } = isObject(metadata) ? metadata : {};
  const random = volatile?.includes('/metadata/name') ?? false;
  const known = random ? '' : withoutHash(String(name));
  return JSON.stringify([value.apiVersion, value.kind, namespace, known, source]);
}

/** Of a chart's objects also the template that printed them. */
function kindOf({ value, source }: Made): string {
  return JSON.stringify([value.kind, source]);
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const known = map.get(key);
  if (known) known.push(item);
  else map.set(key, [item]);
}
