import { isDeepStrictEqual } from 'node:util';
import { plainSecret } from '../../drift/prepare/secrets.ts';
import { parsePath, resolveSteps } from '../../model/path.ts';
import type { Json, JsonObject } from '../../model/resource.ts';

/** A field of an object, or that there is none. */
export type Field = { there: true; value: Json } | { there: false };

/** The value at a path of a declared object; a Secret's text is compared as the data that it makes. */
export function fieldOf(object: JsonObject | undefined, path: string): Field {
  if (object === undefined) return { there: false };
  const found = resolveSteps(plainSecret(object), parsePath(path));
  // An explicit null declares that there is none.
  return found.complete && found.value !== null
    ? { there: true, value: found.value }
    : { there: false };
}

/** True where both have the same, whatever the order of keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b);
}
