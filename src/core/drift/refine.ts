import { formatPath, parsePath, resolveSteps, type Step } from '../model/path.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import type { ApplyChange } from './input.ts';
import { equal, own } from './values.ts';

/** How the changes of one object are told. */
export interface Telling {
  desired: JsonObject;
  live: JsonObject;
  /** A patch of a custom resource replaces every list as a whole. */
  wholeLists: boolean;
}

/**
 * The judge's changes in the words of the manifest (drift.md 2.1): what the manifest does not declare
 * any more is *stale*, a map that is compared whole is told by its fields, a list with duplicates or
 * one that is replaced is told as a whole, and an order only where nothing else differs.
 */
export function refineChanges(changes: readonly ApplyChange[], telling: Telling): ApplyChange[] {
  const lifted = mergeDuplicates(changes.map(change => lift(change, telling)));
  const refined = lifted.flatMap(change => splitMap(asStale(change, telling), telling));
  const changed = new Set(refined.filter(({ kind }) => kind !== 'order').map(({ path }) => path));
  return refined.filter(({ kind, path }) => kind !== 'order' || !changed.has(path));
}

function valueAt(object: JsonObject, steps: readonly Step[]): Json | undefined {
  const found = resolveSteps(object, steps);
  return found.complete ? found.value : undefined;
}

/** A change inside a list that is replaced is a change of the list. */
function lift(change: ApplyChange, { desired, live, wholeLists }: Telling): ApplyChange {
  if (!wholeLists || change.kind === 'order') return change;
  const steps = parsePath(change.path);
  const list = steps.findIndex(step => typeof step !== 'string');
  const above = steps.slice(0, list);
  if (list < 0 || !Array.isArray(valueAt(desired, above))) return change;
  return wholeChange(above, desired, live);
}

function wholeChange(steps: readonly Step[], desired: JsonObject, live: JsonObject): ApplyChange {
  return {
    path: formatPath(steps),
    kind: 'changed',
    desired: valueAt(desired, steps),
    live: valueAt(live, steps),
  };
}

/** One change per path; the rest of a list's duplicates makes its member both missing and stale. */
function mergeDuplicates(changes: readonly ApplyChange[]): ApplyChange[] {
  const kinds = new Map<string, Set<string>>();
  for (const { path, kind } of changes) kinds.set(path, (kinds.get(path) ?? new Set()).add(kind));
  const merged = new Map<string, ApplyChange>();
  for (const change of changes) {
    const both = kinds.get(change.path);
    if (both?.has('missing') && both.has('stale')) {
      const list = formatPath(parsePath(change.path).slice(0, -1));
      merged.set(list, { path: list, kind: 'changed' });
    } else merged.set(`${change.path} ${change.kind}`, change);
  }
  return [...merged.values()];
}

/** A value that the apply changes though the manifest does not declare it goes back to a default. */
function asStale(change: ApplyChange, { desired }: Telling): ApplyChange {
  if (change.kind !== 'changed') return change;
  if ((valueAt(desired, parsePath(change.path)) ?? null) !== null) return change;
  const { desired: becomes, ...rest } = change;
  return { ...rest, kind: 'stale', ...(becomes === undefined ? {} : { becomes }) };
}

/** A map that is told by its fields, where both sides have one; the change as it is otherwise. */
function splitMap(change: ApplyChange, { desired, live }: Telling): ApplyChange[] {
  if (change.kind === 'order') return [change];
  const steps = parsePath(change.path);
  const declared = valueAt(desired, steps);
  const after = isObject(change.desired) ? change.desired : declared;
  const before = valueAt(live, steps);
  if (!isObject(declared) || !isObject(after) || !isObject(before)) return [change];
  // A map that goes as a whole though the manifest declares fields of it is told as a whole.
  if (change.kind === 'stale' && Object.keys(declared).length > 0) return [change];
  const parts = mapChanges(after, before, steps);
  const { consequence } = change;
  if (parts.length === 0) return [change];
  return consequence === undefined ? parts : parts.map(part => ({ ...part, consequence }));
}

function mapChanges(after: JsonObject, before: JsonObject, steps: readonly Step[]): ApplyChange[] {
  const keys = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return keys.flatMap((key): ApplyChange[] => {
    const desired = own(after, key);
    const live = own(before, key);
    const below = [...steps, key];
    const path = formatPath(below);
    if (equal(desired, live)) return [];
    if (live === undefined) return [{ path, kind: 'missing', desired }];
    if (desired === undefined) return [{ path, kind: 'stale', live }];
    if (isObject(desired) && isObject(live)) return mapChanges(desired, live, below);
    return [{ path, kind: 'changed', desired, live }];
  });
}
