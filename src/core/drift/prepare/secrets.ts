import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import { own, without } from '../values.ts';

export function isSecret(object: JsonObject | undefined): object is JsonObject {
  return object?.kind === 'Secret' && object.apiVersion === 'v1';
}

/**
 * A Secret as every tool's result has it: `stringData` merged over `data`, null as `""`, base64 in one
 * spelling (drift.md 2.5). What is not base64 stays, so that the judge refuses it. Other kinds stay. In a
 * client's manifest a null in `data` is kept: its patch takes the key away.
 */
export function plainSecret(object: JsonObject, { keepsNull = false } = {}): JsonObject {
  if (!isSecret(object)) return object;
  const text = own(object, 'stringData');
  const rest = without(object, 'stringData');
  if (!isObject(rest.data) && !isObject(text)) return rest;
  const data: JsonObject = {};
  for (const [key, value] of Object.entries(isObject(rest.data) ? rest.data : {}))
    data[key] = keepsNull && value === null ? null : canonical(value);
  for (const [key, value] of Object.entries(isObject(text) ? text : {}))
    data[key] = typeof value === 'string' ? encodeText(value) : (value ?? '');
  return { ...rest, data };
}

function canonical(value: Json): Json {
  if (value === null) return '';
  // Go's decoder skips line breaks.
  return typeof value === 'string' ? value.replace(/[\r\n]/g, '') : value;
}

export function encodeText(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
