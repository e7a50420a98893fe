import type { OwnerProfile } from '../model/drift.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import type { FieldType } from '../schemas/type.ts';
import { keepsFields } from './keeps.ts';
import { lastApplied } from './prepare/last-applied.ts';
import { stands } from './stands.ts';
import { fieldType } from './typed-path.ts';
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
  if (!builtin && !isWrittenIn(desired.apiVersion, live)) return false;
  // Helm compares custom resources with the previous release alone.
  if (before === undefined) return profile.mode === 'csa' || builtin;
  const applied = input.hasStatusSubresource ? without(before, 'status') : before;
  const typed = builtin ? type : undefined;
  return profile.mode === 'csa'
    ? keepsValue(asKept(applied), asKept(desired), live, typed)
    : keepsValue(applied, desired, live, typed);
}

/** A write in another version than others before it fills in defaults of its own. */
function isWrittenIn(apiVersion: Json | undefined, live: JsonObject): boolean {
  const entries = own(own(live, 'metadata'), 'managedFields');
  return !Array.isArray(entries) || entries.every(entry => own(entry, 'apiVersion') === apiVersion);
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

/**
 * True when nothing of the manifest applied last is undeclared now, unless live lost it anyway. With a type, patches
 * are made by it: they cannot be made of what it leaves open, such as a ControllerRevision's data, where it differs.
 */
function keepsValue(
  before: Json,
  desired: Json | undefined,
  live: Json | undefined,
  type?: FieldType,
): boolean {
  if (live === undefined) return true;
  if (isObject(before) && isObject(desired)) {
    if (type && !type.fields && !type.element) return equal(before, desired);
    return Object.keys(before).every(key =>
      keepsValue(
        before[key] as Json,
        own(desired, key),
        own(live, key),
        type && fieldType(type, key),
      ),
    );
  }
  if (Array.isArray(before) || isObject(before)) return equal(before, desired);
  return desired !== undefined && desired !== null;
}
