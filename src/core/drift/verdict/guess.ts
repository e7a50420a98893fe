import { formatPath, type Step } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { FieldType } from '../../schemas/type.ts';
import type { ApplyChange } from '../../upstream/judge.ts';
import { anyType, fieldType, itemStep, itemType, stepText } from '../typed-path.ts';
import { equal, own } from '../values.ts';

/**
 * What the manifest declares and live has otherwise, where nobody can say what the apply would make of it:
 * maps are walked, and lists whose members the type names; all else is one value. The server may still merge
 * them differently, so that the answer is a suspicion (drift.md 2.3).
 */
export function guessChanges(
  desired: JsonObject,
  live: JsonObject,
  type: FieldType = anyType,
): ApplyChange[] {
  return changesBelow(desired, live, type, []);
}

function changesBelow(
  desired: Json,
  live: Json | undefined,
  type: FieldType,
  steps: Step[],
): ApplyChange[] {
  const path = formatPath(steps);
  if (live === undefined) return [{ path, kind: 'missing', desired }];
  if (type.merge !== 'atomic' && isObject(desired) && isObject(live)) {
    return Object.entries(desired).flatMap(([key, value]) =>
      changesBelow(value, own(live, key), fieldType(type, key) ?? anyType, [...steps, key]),
    );
  }
  if (equal(desired, live)) return [];
  const ours = membersOf(desired, type);
  const theirs = membersOf(live, type);
  if (!ours || !theirs) return [{ path, kind: 'changed', desired, live }];
  return [...ours].flatMap(([name, { step, item }]) =>
    changesBelow(item, theirs.get(name)?.item, itemType(type), [...steps, step]),
  );
}

/** The members of a list by their names; undefined where the list is one value. */
function membersOf(
  list: Json,
  type: FieldType,
): Map<string, { step: Step; item: Json }> | undefined {
  if (!Array.isArray(list)) return undefined;
  const members = new Map<string, { step: Step; item: Json }>();
  for (const [index, item] of list.entries()) {
    const step = itemStep(type, item, index);
    if (step === undefined || typeof step !== 'object' || members.has(stepText(step)))
      return undefined;
    members.set(stepText(step), { step, item });
  }
  return members;
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
  return changesBelow(desired.metadata ?? {}, live.metadata, anyType, []).length === 0;
}
