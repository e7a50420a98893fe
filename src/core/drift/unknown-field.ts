import { formatPath, type Step } from '../model/path.ts';
import { isObject, type Json } from '../model/resource.ts';
import type { FieldType } from '../schemas/type.ts';
import { fieldType, itemStep, itemType } from './typed-path.ts';

/** The path of the first field that a type does not have; undefined where it has them all. */
export function unknownField(value: Json | undefined, type: FieldType): string | undefined {
  const steps = search(value, type);
  return steps && formatPath(steps);
}

function search(value: Json | undefined, type: FieldType): Step[] | undefined {
  if (type.kind === 'any') return undefined;
  if (Array.isArray(value)) return searchList(value, type);
  if (!isObject(value)) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const known = fieldType(type, name);
    if (!known && type.kind === 'map') return [name];
    const found = known && search(inner, known);
    if (found) return [name, ...found];
  }
  return undefined;
}

function searchList(items: Json[], type: FieldType): Step[] | undefined {
  for (const [index, item] of items.entries()) {
    const found = search(item, itemType(type));
    if (found) return [itemStep(type, item, index) ?? index, ...found];
  }
  return undefined;
}
