import type { OwnerProfile } from '../model/drift.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import type { FieldType } from '../schemas/type.ts';
import { keepsFields } from './keeps.ts';
import { lastApplied } from './prepare/last-applied.ts';
import { stands } from './stands.ts';
import { equal, own, without } from './values.ts';

export interface ProofInput {
  /** Both sides prepared (`prepare.ts`); live with its managedFields. */
  desired: JsonObject;
  live: JsonObject;
  type: FieldType;
  /** True for Kubernetes' own kinds, whose values go through Go's types; false where nobody knows. */
  builtin: boolean;
  /** True where status is a subresource, so that an apply does not touch it. */
  hasStatusSubresource?: boolean;
  profile: OwnerProfile;
  /** csa3: the object in the previous release. */
  previous?: JsonObject;
}

/**
 * True only when applying `desired` is certain to leave `live` as it is; false means that the judge
 * must say (judge.md, Decision): everything declared stands in live as the server writes it (`stands.ts`),
 * and nothing the owner applied before is undeclared now.
 */
export function provenUnchanged(input: ProofInput): boolean {
  const { desired, live, type, builtin, profile, previous } = input;
  if (desired.apiVersion !== live.apiVersion || desired.kind !== live.kind) return false;
  if (profile.mode === 'ssa' || profile.mode === 'flux')
    return stands(desired, live, type, { merge: 'ssa', builtin }) && keepsFields(input);
  const before = lastApplied(live, profile, previous);
  if (before === 'unreadable') return false;
  if (!stands(desired, live, type, { merge: builtin ? 'strategic' : 'json', builtin }))
    return false;
  // Helm compares custom resources with the previous release alone.
  if (before === undefined) return profile.mode === 'csa' || builtin;
  const applied = input.hasStatusSubresource ? without(before, 'status') : before;
  return profile.mode === 'csa'
    ? keepsValue(asKept(applied), asKept(desired), live)
    : keepsValue(applied, desired, live);
}

/**
 * A manifest as kubectl compares it with the one before: its note about the last apply is an annotation, so that
 * they are never wholly undeclared; and the server keeps the time of creation whatever is sent.
 */
function asKept(manifest: JsonObject): JsonObject {
  const metadata = own(manifest, 'metadata');
  if (!isObject(metadata)) return manifest;
  const { creationTimestamp: _, annotations = {}, ...rest } = metadata;
  return { ...manifest, metadata: { ...rest, annotations } };
}

/** True when nothing of the manifest applied last is undeclared now, unless live lost it anyway. */
function keepsValue(before: Json, desired: Json | undefined, live: Json | undefined): boolean {
  if (live === undefined) return true;
  if (isObject(before) && isObject(desired)) {
    for (const key of Object.keys(before))
      if (!keepsValue(before[key] as Json, own(desired, key), own(live, key))) return false;
    return true;
  }
  if (Array.isArray(before) || isObject(before)) return equal(before, desired);
  return desired !== undefined && desired !== null;
}
