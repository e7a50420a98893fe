import { isObject, type JsonObject } from '../model/resource.ts';
import { jsonOf } from './locate.ts';
import type { Node } from './syntax.ts';

/** Values of definitions, which are the largest documents and are asked for by several. */
const made = new WeakMap<Node, JsonObject>();

/** The value of a document that is a map, the same object each time; kept as long as the document is. */
export function keptObjectOf(root: Node): JsonObject | undefined {
  const known = made.get(root);
  if (known) return known;
  const value = jsonOf(root);
  if (!isObject(value)) return undefined;
  made.set(root, value);
  return value;
}
