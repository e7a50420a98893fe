import { isObject, type Json, type JsonObject } from './resource.ts';

/** The value below `value` at the given fields; undefined as soon as one does not exist. */
export function valueAt(value: Json | undefined, ...fields: string[]): Json | undefined {
  return fields.reduce<Json | undefined>(
    (inner, field) => (isObject(inner) && Object.hasOwn(inner, field) ? inner[field] : undefined),
    value,
  );
}

export function textAt(value: Json | undefined, ...fields: string[]): string | undefined {
  const found = valueAt(value, ...fields);
  return typeof found === 'string' ? found : undefined;
}

export function objectAt(value: Json | undefined, ...fields: string[]): JsonObject | undefined {
  const found = valueAt(value, ...fields);
  return isObject(found) ? found : undefined;
}

/** The maps of a list; empty when there is no list. */
export function objectsAt(value: Json | undefined, ...fields: string[]): JsonObject[] {
  const found = valueAt(value, ...fields);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

export function textsAt(value: Json | undefined, ...fields: string[]): string[] {
  const found = valueAt(value, ...fields);
  return Array.isArray(found) ? found.filter(item => typeof item === 'string') : [];
}

/** A map of texts; other values are left out. */
export function textMapAt(
  value: Json | undefined,
  ...fields: string[]
): Record<string, string> | undefined {
  const found = objectAt(value, ...fields);
  if (!found) return undefined;
  return Object.fromEntries(
    Object.entries(found).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}
