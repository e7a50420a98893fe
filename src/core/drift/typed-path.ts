import type { Pointer, Step } from '../model/path.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import type { FieldType } from '../schemas/type.ts';
import { own } from './values.ts';

/** What stands below preserved unknown fields and in kinds nobody has a schema for. */
export const anyType: FieldType = { kind: 'any' };

/**
 * The type of a map's field; undefined when the schema does not know the field. Below `any` and
 * preserved unknown fields everything is `any`, as structured-merge-diff deduces it.
 */
export function fieldType(type: FieldType, key: string): FieldType | undefined {
  if (type.kind === 'any') return anyType;
  return type.fields?.get(key) ?? type.element ?? (type.preserve ? anyType : undefined);
}

export function itemType(type: FieldType): FieldType {
  return type.element ?? anyType;
}

/** How a list merges; without a schema every list is one value. */
export function listMerge(type: FieldType): 'atomic' | 'set' | 'map' {
  return type.merge === 'set' || type.merge === 'map' ? type.merge : 'atomic';
}

/**
 * The step that names a list item: its keys, its value, or its index in an atomic list. A key the item
 * leaves out takes the key's default (`protocol: TCP`). Undefined when the item cannot be named.
 */
export function itemStep(type: FieldType, item: Json, index: number): Step | undefined {
  const merge = listMerge(type);
  if (merge === 'atomic') return index;
  if (merge === 'set') return isObject(item) || Array.isArray(item) ? undefined : { value: item };
  const keys: JsonObject = {};
  for (const key of type.keys ?? []) {
    const value = own(item, key) ?? type.element?.fields?.get(key)?.default;
    if (value === undefined || value === null || typeof value === 'object') return undefined;
    keys[key] = value;
  }
  return Object.keys(keys).length > 0 ? { keys } : undefined;
}

/**
 * A text that names a member of a keyed list or a set: the same for the same keys. Undefined where none of the
 * keys is written: what the server makes of a member by defaults alone is not followed here.
 */
export function memberName(type: FieldType, item: Json): string | undefined {
  if (type.merge === 'set') return typeof item === 'object' ? undefined : `${typeof item}:${item}`;
  let name = '';
  let written = false;
  for (const key of type.keys ?? []) {
    const given = own(item, key);
    const value = given ?? type.element?.fields?.get(key)?.default;
    if (value === undefined || value === null || typeof value === 'object') return undefined;
    written ||= given !== undefined;
    name += `${typeof value}:${value}\n`;
  }
  return written ? name : undefined;
}

/** One text per step, the same for equal steps whatever the order of their keys. */
export function stepText(step: Step): string {
  if (typeof step !== 'object') return JSON.stringify(step);
  if ('value' in step) return `=${JSON.stringify(step.value)}`;
  const names = Object.keys(step.keys).sort();
  return `{${names.map(name => `${name}:${JSON.stringify(step.keys[name])}`).join()}}`;
}

/** A pointer into a value, rewritten so that list items are named by their keys where the type has them. */
export function typedSteps(type: FieldType, value: Json | undefined, pointer: Pointer): Step[] {
  const steps: Step[] = [];
  let at: { type: FieldType; value: Json | undefined } = { type, value };
  for (const part of pointer) {
    const list = Array.isArray(at.value) ? at.value : undefined;
    const index = list && typeof part === 'string' && /^\d+$/.test(part) ? Number(part) : part;
    const item = list && typeof index === 'number' ? list[index] : undefined;
    if (list && item !== undefined && typeof index === 'number') {
      steps.push(itemStep(at.type, item, index) ?? index);
      at = { type: itemType(at.type), value: item };
    } else {
      steps.push(part);
      at = {
        type: fieldType(at.type, String(part)) ?? anyType,
        value: own(at.value, String(part)),
      };
    }
  }
  return steps;
}

/** The type at the end of typed steps. */
export function typeAt(type: FieldType, steps: readonly Step[]): FieldType {
  return steps.reduce<FieldType>(
    (at, step) => (typeof step === 'string' ? (fieldType(at, step) ?? anyType) : itemType(at)),
    type,
  );
}

/** True when the steps lead to or below the prefix; keys of items may stand in any order. */
export function startsWith(steps: readonly Step[], prefix: readonly Step[]): boolean {
  return (
    prefix.length <= steps.length &&
    prefix.every((step, index) => stepText(step) === stepText(steps[index] ?? ''))
  );
}
