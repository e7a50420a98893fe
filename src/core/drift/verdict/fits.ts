import { isObject, type Json } from '../../model/resource.ts';
import type { FieldType } from '../../schemas/type.ts';
import { fieldType, itemType } from '../typed-path.ts';

/**
 * True when a value is what its schema says: no unknown field, no wrong type, and text in the format that is
 * demanded. A server that still cannot read it refuses the change, not the manifest (drift.md 2.7: a time
 * without its six decimals, an amount that is none, a number that is too great).
 */
export function fits(value: Json, type: FieldType): boolean {
  if (value === null) return true;
  switch (type.kind) {
    case 'any':
      return true;
    case 'map':
      return isObject(value) && Object.entries(value).every(([key, each]) => fieldFits(key, each));
    case 'list':
      return Array.isArray(value) && value.every(item => fits(item, itemType(type)));
    case 'string':
      return typeof value === 'string' && hasFormat(value, type.format);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'int-or-string':
    case 'quantity':
      return typeof value === 'string' || typeof value === 'number';
  }

  function fieldFits(key: string, each: Json): boolean {
    const field = fieldType(type, key);
    return field !== undefined && fits(each, field);
  }
}

const dateTime = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)$/;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Formats that a server insists on; it passes over line breaks in base64. */
function hasFormat(text: string, format: string | undefined): boolean {
  if (format === 'date-time') return dateTime.test(text);
  if (format !== 'byte') return true;
  const dense = text.replace(/[\r\n]/g, '');
  return dense.length % 4 === 0 && base64.test(dense);
}
