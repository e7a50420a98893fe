import type { Pointer } from '../model/path.ts';
import { isObject, type Json } from '../model/resource.ts';

/** The value at a pointer, or undefined where it does not exist. */
export function valueAt(root: Json, pointer: Readonly<Pointer>): Json | undefined {
  return pointer.reduce<Json | undefined>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)];
    return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, root);
}
