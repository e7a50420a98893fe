import type { OwnerProfile } from '../../model/drift.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import { marked } from './policy.ts';

/** `${name}`, with or without a default or another operation; `$${name}` is an escape for text. */
const variable = /(?<!\$)\$\{[A-Za-z_][^}]*\}/;

/** True when a text in the value still holds a variable of Flux's post-build substitution. */
export function hasVariables(value: Json): boolean {
  if (typeof value === 'string') return variable.test(value);
  if (Array.isArray(value)) return value.some(hasVariables);
  return isObject(value) && Object.values(value).some(hasVariables);
}

/** True when variables in a manifest stand for what Flux would put there, and nobody did. */
export function awaitsSubstitution(
  desired: JsonObject,
  profile: OwnerProfile,
  substituted: boolean | undefined,
): boolean {
  return (
    profile.manager === 'kustomize-controller' &&
    substituted !== true &&
    !marked('kustomize.toolkit.fluxcd.io/substitute', 'disabled', desired) &&
    hasVariables(desired)
  );
}
