import { formatPath, type Step } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { FieldType } from '../../schemas/type.ts';
import { anyType, fieldType, itemStep, itemType, stepText } from '../typed-path.ts';

/**
 * What client-side apply lets pass and a person should know: fields that the schema does not have, which the
 * server drops, and members that a keyed list has twice (drift.md 1.9). Server-side apply refuses both.
 */
export interface Misfits {
  unknown: string[];
  twice: string[];
}

export function misfitsOf(desired: JsonObject, type: FieldType): Misfits {
  const found: Misfits = { unknown: [], twice: [] };
  look(desired, type, [], found);
  return found;
}

function look(value: Json, type: FieldType, steps: Step[], found: Misfits): void {
  if (Array.isArray(value)) lookAtItems(value, type, steps, found);
  else if (isObject(value))
    for (const [key, inner] of Object.entries(value)) {
      const field = type.kind === 'map' ? fieldType(type, key) : anyType;
      if (field === undefined) found.unknown.push(formatPath([...steps, key]));
      else look(inner, field, [...steps, key], found);
    }
}

function lookAtItems(list: Json[], type: FieldType, steps: Step[], found: Misfits): void {
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    const step = itemStep(type, item, index) ?? index;
    const path = formatPath([...steps, step]);
    if (seen.has(stepText(step)) && !found.twice.includes(path)) found.twice.push(path);
    seen.add(stepText(step));
    look(item, itemType(type), [...steps, step], found);
  }
}
