import type { DriftPath, OwnerProfile } from '../model/drift.ts';
import { parsePath, resolveSteps, type Step } from '../model/path.ts';
import type { Json, JsonObject } from '../model/resource.ts';
import { sameMeaning } from './equivalent.ts';
import { type ManagedEntry, managedEntries, treeAt } from './fields.ts';
import type { ApplyChange, ApplyVerdict } from './input.ts';
import { isClaimed, ownersOf } from './owners.ts';

export interface Sides {
  desired: JsonObject;
  live: JsonObject;
  profile: OwnerProfile;
  /** What a three-way merge takes as applied before. */
  before: JsonObject | undefined;
}

/** The judge's changes as paths of a report: with both values, the owners, and what kind of change each is. */
export function pathsOf(changes: readonly ApplyChange[], sides: Sides): DriftPath[] {
  const entries = managedEntries(sides.live);
  return changes
    .filter(change => !leftToOthers(change, sides.profile))
    .map(change => pathOf(change, sides, entries));
}

function pathOf(change: ApplyChange, sides: Sides, entries: readonly ManagedEntry[]): DriftPath {
  const steps = parsePath(change.path);
  const declared = valueAt(sides.desired, steps);
  const desired = declared ?? change.desired;
  const live = valueAt(sides.live, steps) ?? change.live;
  const consequence =
    change.consequence ?? (declared === undefined && !appliedBefore(steps, sides, entries));
  return {
    path: change.path,
    kind: change.kind,
    ...(desired === undefined || change.kind === 'stale' ? {} : { desired }),
    ...(live === undefined || change.kind === 'missing' ? {} : { live }),
    ...(change.becomes === undefined ? {} : { becomes: change.becomes }),
    ...(consequence ? { consequence } : {}),
    ...(change.kind === 'order' || sameMeaning(desired, live) ? { equivalent: true } : {}),
    by:
      change.kind === 'missing' || change.kind === 'order'
        ? []
        : ownersOf(entries, sides.profile, steps),
  };
}

function valueAt(object: JsonObject, steps: readonly Step[]): Json | undefined {
  const found = resolveSteps(object, steps);
  return found.complete ? found.value : undefined;
}

/** helm-controller adds and replaces labels and annotations, and leaves those a chart no longer has. */
function leftToOthers(change: ApplyChange, profile: OwnerProfile): boolean {
  return (
    profile.manager === 'helm-controller' &&
    change.kind === 'stale' &&
    /^\.metadata\.(labels|annotations)(?![A-Za-z])/.test(change.path)
  );
}

/** True when the owner's history has the path or a part of it: then its going is no mere consequence. */
function appliedBefore(
  steps: readonly Step[],
  { profile, before }: Sides,
  entries: readonly ManagedEntry[],
): boolean {
  if (before && resolveSteps(before, steps).complete) return true;
  return entries.some(entry => {
    const found = treeAt(entry.fields, steps);
    return isClaimed(entry, profile) && (found.tree !== undefined || found.coveredAbove);
  });
}

/** How a refusal of the server counts (drift.md 3.6). */
export type Refusal =
  /** The manifest itself is wrong, whatever lives. */
  | { kind: 'invalid'; reason: string }
  /** The server refuses this change of the living object; recreate: it would take a new object. */
  | { kind: 'rejected'; reason: string; recreate: boolean };

/**
 * A manifest that would change nothing and is still refused is wrong in itself, and so is one that the
 * server cannot even read (400, 500); other refusals are about the change.
 */
export function refusalOf(
  { code, message }: { code: number; message: string },
  changes: number,
): Refusal {
  const immutable = cannotChange.test(message);
  if (code === 422 && (changes > 0 || immutable))
    return {
      kind: 'rejected',
      reason: `The server refuses this change: ${message}`,
      recreate: immutable,
    };
  return { kind: 'invalid', reason: `The server refuses the manifest: ${message}` };
}

/** How the validation of Kubernetes speaks of fields that cannot change on a living object. */
const cannotChange =
  /immutable|may not (change|be changed|be unset|be removed)|cannot (change|be changed|update)|can ?not be modified|updates to .* are forbidden|once set/i;

/** True when the judge could not answer: its program failed, or it does not know the kind. */
export function failed(verdict: ApplyVerdict): boolean {
  return verdict.error !== undefined || verdict.refused?.code === 404;
}
