import type { OwnerProfile } from '../model/drift.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import type { FieldType } from '../schemas/type.ts';
import type { ManagedEntry } from './owners/fields.ts';
import { isClaimed } from './owners/owners.ts';
import { fieldType, itemType, listMerge } from './typed-path.ts';
import { equal, own } from './values.ts';

interface Sides {
  desired: JsonObject;
  live: JsonObject;
  type: FieldType;
  builtin: boolean;
  profile: OwnerProfile;
}

/**
 * True when nothing that the owner's entries of managedFields hold in live is undeclared now. Reads `fieldsV1`
 * as it stands; what is not understood there proves nothing.
 */
export function keepsFields({ desired, live, type, builtin, profile }: Sides): boolean {
  const entries = own(own(live, 'metadata'), 'managedFields');
  if (!Array.isArray(entries)) return true;
  for (const entry of entries) {
    if (!isObject(entry)) return false;
    // The server reads all entries, and refuses the apply where a definition's versions do not fit each other.
    if (!builtin && entry.apiVersion !== desired.apiVersion) return false;
    if (!isClaimed(claimOf(entry), profile)) continue;
    if (entry.apiVersion !== desired.apiVersion || !isObject(entry.fieldsV1)) return false;
    if (!keeps(entry.fieldsV1, desired, live, type)) return false;
  }
  return true;
}

const noFields = { member: false, children: new Map() };

function claimOf({ manager, operation, subresource }: JsonObject): ManagedEntry {
  return {
    manager: typeof manager === 'string' ? manager : '',
    operation: operation === 'Apply' ? 'Apply' : 'Update',
    subresource: typeof subresource === 'string' && subresource !== '' ? subresource : undefined,
    apiVersion: '',
    fields: noFields,
  };
}

function keeps(
  fields: JsonObject,
  desired: Json | undefined,
  live: Json | undefined,
  type: FieldType,
): boolean {
  if (live === undefined) return true;
  if (desired === undefined) return false;
  const leaf = isLeaf(desired, type);
  let below = false;
  for (const step in fields) {
    if (step === '.') continue;
    if (leaf) return false;
    below = true;
    const inner = fields[step];
    if (!isObject(inner) || !keepsStep(step, inner, desired, live, type)) return false;
  }
  return below || leaf;
}

function keepsStep(
  step: string,
  inner: JsonObject,
  desired: Json,
  live: Json,
  type: FieldType,
): boolean {
  if (step.startsWith('f:')) {
    const name = step.slice(2);
    const field = fieldType(type, name);
    return field !== undefined && keeps(inner, own(desired, name), own(live, name), field);
  }
  const named = step.startsWith('k:') || step.startsWith('v:');
  const wanted = named ? parsed(step.slice(2)) : undefined;
  if (wanted === undefined) return false;
  const found = member(type, live, wanted);
  return keeps(inner, member(type, desired, wanted), found, itemType(type));
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The item with these keys, or the member of a set that is this value. */
function member(type: FieldType, list: Json, wanted: Json): Json | undefined {
  if (!Array.isArray(list)) return undefined;
  if (listMerge(type) === 'set') return list.find(item => equal(item, wanted));
  return isObject(wanted) ? list.find(item => hasKeys(type, item, wanted)) : undefined;
}

function hasKeys(type: FieldType, item: Json, wanted: JsonObject): boolean {
  for (const key in wanted) {
    const value = own(item, key) ?? type.element?.fields?.get(key)?.default;
    if (value !== wanted[key]) return false;
  }
  return true;
}

/** True where a set of fields ends: scalars, atomic values and empty ones. */
function isLeaf(value: Json, type: FieldType): boolean {
  if (Array.isArray(value)) return listMerge(type) === 'atomic' || value.length === 0;
  if (!isObject(value) || type.merge === 'atomic') return true;
  for (const _ in value) return false;
  return true;
}
