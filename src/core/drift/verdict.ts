import type { DriftPath, OwnerProfile } from '../model/drift.ts';
import { parsePath, resolveSteps, type Step } from '../model/path.ts';
import type { Json, JsonObject } from '../model/resource.ts';
import { sameMeaning } from './equivalent.ts';
import { type ManagedEntry, managedEntries, treeAt } from './fields.ts';
import type { ApplyChange, ApplyVerdict } from './input.ts';
import { isClaimed, ownersOf } from './owners.ts';
import { refineChanges } from './refine.ts';

export interface Sides {
  desired: JsonObject;
  live: JsonObject;
  profile: OwnerProfile;
  /** What a three-way merge takes as applied before. */
  before: JsonObject | undefined;
  /** True for kinds that Kubernetes does not define itself. */
  custom: boolean;
}

/** The judge's changes as paths of a report: with both values, the owners, and what kind of change each is. */
export function pathsOf(changes: readonly ApplyChange[], sides: Sides): DriftPath[] {
  const entries = managedEntries(sides.live);
  const told = changes.map(change => ({
    ...change,
    consequence: change.consequence ?? isConsequence(change, sides, entries),
  }));
  return refineChanges(told, { ...sides, wholeLists: sides.custom && patches(sides.profile) })
    .filter(change => !leftToOthers(change, sides.profile))
    .map(change => pathOf(change, sides, entries));
}

function pathOf(change: ApplyChange, sides: Sides, entries: readonly ManagedEntry[]): DriftPath {
  const steps = parsePath(change.path);
  const desired = valueAt(sides.desired, steps) ?? change.desired;
  const live = valueAt(sides.live, steps) ?? change.live;
  return {
    path: change.path,
    kind: change.kind,
    ...(desired === undefined || change.kind === 'stale' ? {} : { desired }),
    ...(live === undefined || change.kind === 'missing' ? {} : { live }),
    ...(change.becomes === undefined ? {} : { becomes: change.becomes }),
    ...(change.consequence ? { consequence: true } : {}),
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

function patches({ mode }: OwnerProfile): boolean {
  return mode === 'csa' || mode === 'csa3';
}

/** True when neither the manifest nor the owner's history has the path: it follows from another change. */
function isConsequence(
  change: ApplyChange,
  sides: Sides,
  entries: readonly ManagedEntry[],
): boolean {
  const steps = parsePath(change.path);
  return valueAt(sides.desired, steps) === undefined && !appliedBefore(steps, sides, entries);
}

/** True when the owner's history has the path or a part of it. */
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

/** True when the judge could not answer: its program failed, or it does not know the kind. */
export function failed(verdict: ApplyVerdict): boolean {
  return verdict.error !== undefined || verdict.refused?.code === 404;
}
