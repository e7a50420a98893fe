import type { OwnerProfile } from '../model/drift.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import type { FieldType } from '../schemas/type.ts';
import { type FieldTree, managedEntries } from './owners/fields.ts';
import { isClaimed } from './owners/owners.ts';
import { lastApplied } from './prepare/last-applied.ts';
import { fieldType, itemStep, itemType, listMerge, stepText } from './typed-path.ts';
import { equal, own } from './values.ts';

export interface ProofInput {
  /** Both sides prepared (`prepare.ts`); live with its managedFields. */
  desired: JsonObject;
  live: JsonObject;
  type: FieldType;
  profile: OwnerProfile;
  /** csa3: the object in the previous release. */
  previous?: JsonObject;
}

/**
 * True only when applying `desired` is certain to leave `live` as it is; false means that the judge
 * must say (judge.md, Decision). Every declared leaf stands in live, atomic values are wholly equal,
 * members of keyed lists and sets stand in the same order without duplicates, nothing declared is null
 * or empty where live is not, and nothing the owner applied before is undeclared now.
 */
export function provenUnchanged({ desired, live, type, profile, previous }: ProofInput): boolean {
  if (desired.apiVersion !== live.apiVersion || desired.kind !== live.kind) return false;
  if (profile.mode === 'ssa' || profile.mode === 'flux')
    return stands(desired, live, type, 'ssa') && keepsFields({ desired, live, type, profile });
  const before = lastApplied(live, profile, previous);
  if (before === 'unreadable') return false;
  return (
    stands(desired, live, type, 'patch') &&
    (before === undefined || keepsValue(before, desired, live))
  );
}

/** How the owner merges: by structured merge, or by a three-way patch with rules of its own for lists. */
type Merge = 'ssa' | 'patch';

/** True when every value declared in `desired` stands in `live` so that merging it in changes nothing. */
function stands(desired: Json, live: Json | undefined, type: FieldType, merge: Merge): boolean {
  if (live === undefined || desired === null) return false;
  if (Array.isArray(desired)) return listStands(desired, live, type, merge);
  if (!isObject(desired)) return desired === live;
  if (!isObject(live)) return false;
  const keys = Object.keys(desired);
  if (keys.length === 0) return Object.keys(live).length === 0;
  if (type.merge === 'atomic') return !hasHoles(desired) && equal(desired, live);
  return keys.every(key => {
    const field = fieldType(type, key);
    const value = desired[key];
    return (
      field !== undefined && value !== undefined && stands(value, own(live, key), field, merge)
    );
  });
}

function listStands(desired: Json[], live: Json, type: FieldType, merge: Merge): boolean {
  if (!Array.isArray(live) || desired.length === 0 || hasHoles(desired)) return false;
  // A patch replaces some lists that server-side apply merges, and what it replaces is defaulted anew.
  if (listMerge(type) === 'atomic' || merge === 'patch') return equal(desired, live);
  const positions = membersOf(type, live);
  if (!positions) return false;
  const seen = membersOf(type, desired);
  if (!seen) return false;
  let last = -1;
  for (const [name, index] of seen) {
    const at = positions.get(name);
    const item = desired[index];
    if (at === undefined || at < last || item === undefined) return false;
    if (!stands(item, live[at], itemType(type), merge)) return false;
    last = at;
  }
  return true;
}

/** Where each member stands; undefined when one has no name or two have the same. */
function membersOf(type: FieldType, list: Json[]): Map<string, number> | undefined {
  const positions = new Map<string, number>();
  for (const [index, item] of list.entries()) {
    const step = itemStep(type, item, index);
    if (step === undefined) return undefined;
    const name = stepText(step);
    if (positions.has(name)) return undefined;
    positions.set(name, index);
  }
  return positions;
}

/** True for values with a null anywhere: whether the server keeps it depends on the Go type. */
function hasHoles(value: Json): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return value.some(hasHoles);
  return isObject(value) && Object.values(value).some(hasHoles);
}

/** True when nothing that the owner's entries hold in live is undeclared now. */
function keepsFields({ desired, live, type, profile }: ProofInput): boolean {
  return managedEntries(live)
    .filter(entry => isClaimed(entry, profile))
    .every(
      ({ apiVersion, fields }) =>
        apiVersion === desired.apiVersion && keepsTree(fields, desired, live, type),
    );
}

function keepsTree(
  tree: FieldTree,
  desired: Json | undefined,
  live: Json | undefined,
  type: FieldType,
): boolean {
  if (live === undefined) return true;
  if (desired === undefined) return false;
  if (tree.children.size === 0) return isLeaf(desired, type);
  if (isLeaf(desired, type)) return false;
  for (const { step, tree: child } of tree.children.values()) {
    if (typeof step === 'number') return false;
    if (typeof step === 'string') {
      const field = fieldType(type, step);
      if (!field || !keepsTree(child, own(desired, step), own(live, step), field)) return false;
    } else {
      const name = stepText(step);
      if (!keepsTree(child, member(type, desired, name), member(type, live, name), itemType(type)))
        return false;
    }
  }
  return true;
}

/** True where a set of fields ends: scalars, atomic values and empty ones. */
function isLeaf(value: Json, type: FieldType): boolean {
  if (Array.isArray(value)) return listMerge(type) === 'atomic' || value.length === 0;
  return !isObject(value) || type.merge === 'atomic' || Object.keys(value).length === 0;
}

function member(type: FieldType, list: Json, name: string): Json | undefined {
  if (!Array.isArray(list)) return undefined;
  return list.find((item, index) => {
    const step = itemStep(type, item, index);
    return step !== undefined && stepText(step) === name;
  });
}

/** True when nothing of the manifest applied last is undeclared now, unless live lost it anyway. */
function keepsValue(before: Json, desired: Json | undefined, live: Json | undefined): boolean {
  if (live === undefined) return true;
  if (isObject(before) && isObject(desired)) {
    return Object.entries(before).every(([key, value]) =>
      keepsValue(value, own(desired, key), own(live, key)),
    );
  }
  if (Array.isArray(before) || isObject(before)) return equal(before, desired);
  return desired !== undefined && desired !== null;
}
