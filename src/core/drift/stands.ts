import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import type { FieldType } from '../schemas/type.ts';
import { knownDefault, leavesNothing, writtenAs } from './stored-form.ts';
import { fieldType, itemType, listMerge, memberName } from './typed-path.ts';
import { own } from './values.ts';

export interface How {
  /** Server-side apply, or the patch of a client: strategic for Kubernetes' own kinds, plain JSON for others. */
  merge: 'ssa' | 'strategic' | 'json';
  builtin: boolean;
}

/**
 * True when merging `desired` into `live` changes nothing: every declared leaf stands in live as the server
 * writes it, values that are taken whole are wholly equal once the server has filled them in, and members of
 * keyed lists stand in the same order without duplicates.
 */
export function stands(desired: Json, live: Json | undefined, type: FieldType, how: How): boolean {
  if (live === undefined || desired === null) return false;
  if (Array.isArray(desired)) return Array.isArray(live) && listStands(desired, live, type, how);
  if (!isObject(desired))
    return desired === live || (how.builtin && writtenAs(type, desired, live));
  if (!isObject(live)) return false;
  if (isWhole(type, how)) return same(desired, live, type, how);
  return mapStands(desired, live, type, how);
}

/** True for maps that the apply replaces where they differ. */
function isWhole(type: FieldType, { merge }: How): boolean {
  return type.merge === 'atomic' || (merge === 'strategic' && type.patch === 'replace');
}

function mapStands(desired: JsonObject, live: JsonObject, type: FieldType, how: How): boolean {
  const keys = Object.keys(desired);
  // To a patch `{}` says nothing. Server-side apply may take away what a map held that is declared so: seen on a
  // real server where the map held an empty keyed list.
  if (keys.length === 0) return how.merge !== 'ssa' || Object.keys(live).length === 0;
  if (
    how.merge === 'strategic' &&
    type.patch === 'retainKeys' &&
    !retains(desired, live, type, how)
  )
    return false;
  // Server-side apply takes nothing for declared by a keyed list without members: a map that holds nothing
  // else counts as undeclared, and goes where it was applied before.
  let counts = false;
  for (const key of keys) {
    const field = fieldType(type, key);
    const value = desired[key];
    if (field === undefined || value === undefined) return false;
    const found = own(live, key);
    if (found === undefined) {
      if (!how.builtin || !leavesNothing(value, type, key, how.merge)) return false;
    } else if (!stands(value, found, field, how)) return false;
    counts ||= !Array.isArray(value) || value.length > 0 || listMerge(field) === 'atomic';
  }
  return counts;
}

/** True when live has only the fields that the manifest has, and defaults: the others are taken away. */
function retains(desired: JsonObject, live: JsonObject, type: FieldType, how: How): boolean {
  return Object.keys(live).every(
    key => Object.hasOwn(desired, key) || isFilled(desired, live, { type, key, how }),
  );
}

function listStands(desired: Json[], live: Json[], type: FieldType, how: How): boolean {
  const merge = listMerge(type);
  if (merge === 'atomic') return same(desired, live, type, how);
  if (how.merge === 'ssa') return desired.length > 0 && membersStand(desired, live, type, how);
  // A patch of plain JSON replaces every list, and a strategic one merges those that have a key.
  if (merge === 'set' || how.merge === 'json' || type.patch === 'replace')
    return same(desired, live, type, how);
  return itemsStand(desired, live, type, how);
}

/** Server-side apply: declared members in their order among others. */
function membersStand(desired: Json[], live: Json[], type: FieldType, how: How): boolean {
  const positions = new Map<string, number>();
  for (let at = 0; at < live.length; at++) {
    const name = memberName(type, live[at] as Json);
    if (name === undefined || positions.has(name)) return false;
    positions.set(name, at);
  }
  const element = itemType(type);
  let last = -1;
  for (const item of desired) {
    const name = memberName(type, item);
    const at = name === undefined ? undefined : positions.get(name);
    // The one before may not come again: members are declared once.
    if (at === undefined || at <= last) return false;
    if (!stands(item, live[at], element, how)) return false;
    last = at;
  }
  return true;
}

/**
 * A strategic patch merges by the first key alone, and sends the order of all members where it sends anything:
 * proven is only the same members at the same places, with a key that tells them apart.
 */
function itemsStand(desired: Json[], live: Json[], type: FieldType, how: How): boolean {
  const [key] = type.keys ?? [];
  if (key === undefined || desired.length !== live.length) return false;
  const element = itemType(type);
  const retainsKeys = type.patch === 'retainKeys';
  const seen = new Set<Json | undefined>();
  for (let at = 0; at < desired.length; at++) {
    const [item, other] = [desired[at] as Json, live[at] as Json];
    const name = own(item, key);
    if (name === undefined || name !== own(other, key) || seen.has(name)) return false;
    seen.add(name);
    if (!isObject(item) || !isObject(other) || (retainsKeys && !retains(item, other, element, how)))
      return false;
    if (!stands(item, other, element, how)) return false;
  }
  return true;
}

/**
 * True when `desired`, put in the place of a whole value, becomes `live` again: equal, but for what the server
 * writes otherwise and for the defaults it fills in.
 */
function same(desired: Json, live: Json | undefined, type: FieldType, how: How): boolean {
  if (desired === null) return false;
  if (desired === live) return true;
  if (Array.isArray(desired)) {
    if (!Array.isArray(live) || desired.length !== live.length) return false;
    const element = itemType(type);
    for (let at = 0; at < desired.length; at++)
      if (!same(desired[at] as Json, live[at], element, how)) return false;
    return true;
  }
  if (isObject(desired)) return isObject(live) && sameMap(desired, live, type, how);
  return live !== undefined && how.builtin && writtenAs(type, desired, live);
}

function sameMap(desired: JsonObject, live: JsonObject, type: FieldType, how: How): boolean {
  for (const key of Object.keys(desired)) {
    const field = fieldType(type, key);
    if (field === undefined) return false;
    if (!same(desired[key] as Json, own(live, key), field, how)) return false;
  }
  for (const key of Object.keys(live))
    if (!Object.hasOwn(desired, key) && !isFilled(desired, live, { type, key, how })) return false;
  return true;
}

/** True when the server fills in what lives at a field that the manifest leaves out. */
function isFilled(
  desired: JsonObject,
  live: JsonObject,
  { type, key, how }: { type: FieldType; key: string; how: How },
): boolean {
  const field = fieldType(type, key);
  // A definition's defaults are exact; those in the OpenAPI of Kubernetes' own kinds are not.
  const filled = how.builtin ? knownDefault(type, key, desired) : field?.default;
  return field !== undefined && filled !== undefined && same(filled, live[key], field, how);
}
