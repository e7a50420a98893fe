import type { DriftPath, OwnerProfile } from '../../model/drift.ts';
import { formatPath, parsePath, resolveSteps, type Step } from '../../model/path.ts';
import { isObject, type Json, type JsonObject, type Resource } from '../../model/resource.ts';
import type { FieldType } from '../../schemas/type.ts';
import type { ApplyChange, ApplyVerdict } from '../../upstream/judge.ts';
import { type ManagedEntry, managedEntries } from '../owners/fields.ts';
import { ownersOf } from '../owners/owners.ts';
import { anyType, typeAt } from '../typed-path.ts';
import { sameMeaning } from './equivalent.ts';
import { presetFor } from './presets.ts';

/** One object as it was asked about. */
export interface Sides {
  desired: JsonObject;
  live: JsonObject;
  profile: OwnerProfile;
  input?: { scaledBy?: Resource };
  type?: FieldType | undefined;
  builtin?: boolean;
}

/** The judge's changes as paths of a report: with both values, and with the owners of the live one. */
export function pathsOf(changes: readonly ApplyChange[], sides: Sides): DriftPath[] {
  const entries = managedEntries(sides.live);
  return changes
    .flatMap(change => byField(change, sides))
    .filter(change => !leftToOthers(change, sides.profile))
    .map(change => pathOf(change, sides, entries));
}

/** A map that stays but is emptied, or was empty, is told by its fields. */
function byField(change: ApplyChange, { desired, live }: Sides): ApplyChange[] {
  const steps = parsePath(change.path);
  const field = (key: string) => formatPath([...steps, key]);
  const declared = valueAt(desired, steps);
  const found = valueAt(live, steps);
  if (!isObject(declared) || !isObject(found)) return [change];
  if (change.kind === 'stale' && Object.keys(declared).length === 0)
    return Object.entries(found).map(([key, value]) => ({
      ...change,
      path: field(key),
      live: value,
    }));
  if (change.kind === 'missing' && Object.keys(found).length === 0)
    return Object.entries(declared).map(([key, value]) => ({
      ...change,
      path: field(key),
      desired: value,
    }));
  return [change];
}

function pathOf(change: ApplyChange, sides: Sides, entries: readonly ManagedEntry[]): DriftPath {
  const steps = parsePath(change.path);
  const { path, kind, becomes, consequence } = change;
  // The manifest's own spelling is what people look for; the judge knows the rest.
  const desired =
    kind === 'order' ? change.desired : (valueAt(sides.desired, steps) ?? change.desired);
  const live = kind === 'order' ? change.live : (valueAt(sides.live, steps) ?? change.live);
  const owned = kind === 'changed' || kind === 'stale';
  const by = owned ? ownersOf(entries, sides.profile, steps) : [];
  const hint = { ...sides, scaledBy: sides.input?.scaledBy };
  const suggests = presetFor({ path, kind, by }, hint);
  return {
    path,
    kind,
    ...(desired === undefined || kind === 'stale' ? {} : { desired }),
    ...(live === undefined || kind === 'missing' ? {} : { live }),
    ...(becomes === undefined ? {} : { becomes }),
    ...(consequence === true ? { consequence } : {}),
    ...(kind === 'order' || isSpelling(desired, live, sides, steps) ? { equivalent: true } : {}),
    by,
    ...(suggests === undefined ? {} : { suggests }),
  };
}

/**
 * Two texts of one amount or instant. In built-in kinds only where the type is one: a label `1.10` is another than
 * `1.1`. A custom resource's text may well be an amount, but its port `80` is no `"80"`.
 */
function isSpelling(
  desired: Json | undefined,
  live: Json | undefined,
  { type = anyType, builtin }: Sides,
  steps: readonly Step[],
): boolean {
  if (!sameMeaning(desired, live)) return false;
  const { kind, format, pattern } = typeAt(type, steps);
  if (builtin) return kind === 'quantity' || format === 'date-time';
  const sameText = String(desired) === String(live);
  return !sameText || kind === 'quantity' || pattern?.includes('KMGTPE') === true;
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

/** True when the judge could not answer: Kubernetes' own code failed, or nobody told it the kind. */
export function failed({ unchecked, equal, refused, changes }: ApplyVerdict): boolean {
  // Neither equal nor changed is no answer: it must not be read as "nothing changes".
  return unchecked !== undefined || (!equal && !refused && changes.length === 0);
}
