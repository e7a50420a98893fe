import { isObject, type Json, type JsonObject } from '../model/resource.ts';

/** Deep equality of JSON values; the order of map keys does not count, `2` and `2.0` are one number. */
export function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && equal(a[key], b[key]))
  );
}

/** The value of an own key, so that `constructor` and the like are never found on the prototype. */
export function own(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** A copy of a map without one key. */
export function without(map: JsonObject, key: string): JsonObject {
  const { [key]: _, ...rest } = map;
  return rest;
}

/** `metadata.labels` or `metadata.annotations` as text; empty when there are none. */
export function metadataMap(
  object: JsonObject | undefined,
  field: 'labels' | 'annotations',
): Record<string, string> {
  const map = own(own(object, 'metadata'), field);
  if (!isObject(map)) return {};
  return Object.fromEntries(
    Object.entries(map).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Every scalar below a value with the fields and indices that lead to it. */
export function* leaves(
  value: Json,
  pointer: (string | number)[] = [],
): Generator<{ pointer: (string | number)[]; value: Json }> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* leaves(item, [...pointer, index]);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) yield* leaves(item, [...pointer, key]);
  } else yield { pointer, value };
}

/** A copy with each scalar replaced. */
export function mapLeaves(value: Json, replace: (leaf: Json) => Json): Json {
  if (Array.isArray(value)) return value.map(item => mapLeaves(item, replace));
  if (!isObject(value)) return replace(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapLeaves(item, replace)]),
  );
}
