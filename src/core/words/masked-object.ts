import { formatPath, type Pointer } from '../model/path.ts';
import type { RenderedObject } from '../model/rendered.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import { isSecret } from './values.ts';

/** A copy in which `text` stands for every scalar that nobody may read. */
export function maskedObject(
  object: JsonObject,
  isHidden: (path: string, value: Json) => boolean,
  text: string,
): JsonObject {
  return maskedValue(object, [], isHidden, text) as JsonObject;
}

/** The same for a part of an object, which stands there at `at`. */
export function maskedValue(
  value: Json,
  at: Pointer,
  isHidden: (path: string, value: Json) => boolean,
  text: string,
): Json {
  const visit = (inner: Json, step: string | number) =>
    maskedValue(inner, [...at, step], isHidden, text);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item, key)]));
  if (Array.isArray(value)) return value.map(visit);
  return isHidden(formatPath(at), value) ? text : value;
}

/**
 * True for a field (path in concrete steps) of a rendered object that must not be read: what a Secret holds, and
 * what a Secret's value made elsewhere.
 */
export function isHiddenField(
  { resource, sensitive = [] }: Pick<RenderedObject, 'resource' | 'sensitive'>,
  path: string,
): boolean {
  return isSecret(resource, path) || sensitive.some(hidden => covers(hidden, path));
}

/** True where a path is another one, or leads below it, or above: a whole shows its parts. */
function covers(hidden: string, path: string): boolean {
  const [shorter, longer] = hidden.length < path.length ? [hidden, path] : [path, hidden];
  return (
    longer === shorter ||
    (longer.startsWith(shorter) && '.['.includes(longer[shorter.length] ?? ' '))
  );
}
