import { isObject, type JsonObject } from '../model/resource.ts';

/** A manifest with what names it first, as people write it; a render has its keys in alphabetical order. */
export function inReadingOrder(object: JsonObject): JsonObject {
  const { metadata } = object;
  const ordered = first(object, ['apiVersion', 'kind', 'metadata']);
  if (isObject(metadata)) ordered.metadata = first(metadata, ['name', 'namespace']);
  return ordered;
}

function first(object: JsonObject, keys: readonly string[]): JsonObject {
  const entries = Object.entries(object);
  const named = keys.flatMap(key => entries.filter(([other]) => other === key));
  return Object.fromEntries([...named, ...entries.filter(([key]) => !keys.includes(key))]);
}
