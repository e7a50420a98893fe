import { isObject, type Json } from '../model/resource.ts';

/** `${name}`, with or without a default or another operation; `$${name}` is an escape for text. */
const variable = /(?<!\$)\$\{[A-Za-z_][^}]*\}/;

/** True when a text in the value still holds a variable of Flux's post-build substitution. */
export function hasVariables(value: Json): boolean {
  if (typeof value === 'string') return variable.test(value);
  if (Array.isArray(value)) return value.some(hasVariables);
  return isObject(value) && Object.values(value).some(hasVariables);
}
