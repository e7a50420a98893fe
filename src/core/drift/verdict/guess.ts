import { formatPath, type Step } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { ApplyChange } from '../../upstream/judge.ts';
import { equal, own } from '../values.ts';

/**
 * What differs where nobody knows the type: maps are walked, lists and scalars are one value. The
 * server may merge them differently, so that the answer is a suspicion (drift.md 2.3).
 */
export function guessChanges(desired: JsonObject, live: JsonObject): ApplyChange[] {
  return changesBelow(desired, live, []);
}

function changesBelow(desired: Json, live: Json | undefined, steps: Step[]): ApplyChange[] {
  const path = formatPath(steps);
  if (live === undefined) return [{ path, kind: 'missing', desired }];
  if (isObject(desired) && isObject(live)) {
    return Object.entries(desired).flatMap(([key, value]) =>
      changesBelow(value, own(live, key), [...steps, key]),
    );
  }
  return equal(desired, live) ? [] : [{ path, kind: 'changed', desired, live }];
}

/**
 * True when nothing is left to guess: the manifest's values are all that stands in live, beside its
 * metadata and status, so that no rule of merging could tell them apart.
 */
export function sameInEveryType(desired: JsonObject, live: JsonObject): boolean {
  const fields = new Set([...Object.keys(desired), ...Object.keys(live)]);
  for (const field of fields) {
    if (field === 'metadata' || (field === 'status' && desired.status === undefined)) continue;
    if (!equal(own(desired, field), own(live, field))) return false;
  }
  return changesBelow(desired.metadata ?? {}, live.metadata, []).length === 0;
}
