import type { Pointer } from '../model/path.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';

/**
 * Reads an API server's field path (`spec.containers[0].resources.limits[mem]`) against the object it is
 * about. Keys that hold dots or stand in brackets are found by looking; of a list without an index the
 * first item that has the rest is taken, as type errors name none. What does not exist is kept as fields.
 */
export function pointerOf(object: JsonObject, path: string): Pointer {
  return path === '' || path === '<nil>' ? [] : stepsInto(object, path);
}

function stepsInto(value: Json | undefined, path: string): Pointer {
  if (path === '') return [];
  const text = path.startsWith('.') ? path.slice(1) : path;
  if (text.startsWith('[')) return bracketSteps(value, text);
  if (Array.isArray(value)) return itemSteps(value, text);
  const key = isObject(value) ? longestKey(value, text) : undefined;
  const name = key ?? /^[^.[]+/.exec(text)?.[0] ?? text;
  return [name, ...stepsInto(isObject(value) ? value[name] : undefined, text.slice(name.length))];
}

function bracketSteps(value: Json | undefined, text: string): Pointer {
  const end = closingBracket(text);
  const inner = text.slice(1, end);
  const rest = text.slice(end + 1);
  if (Array.isArray(value) && /^\d+$/.test(inner))
    return [Number(inner), ...stepsInto(value[Number(inner)], rest)];
  return [inner, ...stepsInto(isObject(value) ? value[inner] : undefined, rest)];
}

/** A key may hold brackets itself: the one that something sensible follows closes. */
function closingBracket(text: string): number {
  const end = /\](?=$|[.[])/.exec(text)?.index;
  return end ?? text.length;
}

function itemSteps(items: Json[], text: string): Pointer {
  const found = items.findIndex(item => isObject(item) && longestKey(item, text) !== undefined);
  const index = Math.max(found, 0);
  return [index, ...stepsInto(items[index], text)];
}

/** The longest key of the map that the path begins with: keys may hold dots. */
function longestKey(map: JsonObject, text: string): string | undefined {
  const keys = Object.keys(map).filter(
    key => text.startsWith(key) && /^($|[.[])/.test(text.slice(key.length)),
  );
  return keys.sort((a, b) => b.length - a.length)[0];
}

/** The value at a pointer, or undefined where it does not exist. */
export function valueAt(root: Json, pointer: Readonly<Pointer>): Json | undefined {
  return pointer.reduce<Json | undefined>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)];
    return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, root);
}
