import type { ManagedEntry } from '../../drift/owners/fields.ts';
import { managedEntries, treeAt } from '../../drift/owners/fields.ts';
import type { Cause, DriftPath, Owner, OwnerProfile } from '../../model/drift.ts';
import { newestFirst } from '../../model/newest-first.ts';
import { parsePath } from '../../model/path.ts';
import type { JsonObject } from '../../model/resource.ts';

/** What is known of an object whose repository says the same at every stage that is known. */
export interface InCluster {
  live: JsonObject;
  profile: OwnerProfile;
  /**
   * applied: the engine itself says that it applied this very value. stated: only what deploys the engine's object
   * says so, or the last-applied manifest has it. unknown: nobody says what was applied.
   */
  applied: 'applied' | 'stated' | 'unknown';
}

/**
 * Why a field differs although the repository has one value for it all the way: somebody changed it in the cluster,
 * or what was applied was changed on its way in (a default, a webhook). Undefined where neither can be shown.
 */
export function causeInCluster(path: DriftPath, known: InCluster): Cause | undefined {
  const entries = managedEntries(known.live);
  const foreign = foreignOwners(path, known.profile);
  if (known.applied === 'unknown') {
    const since = lastApply(entries, known.profile);
    const later = foreign.some(({ time }) => isLater(time, since));
    return later ? { kind: 'changed-in-cluster' } : undefined;
  }
  if (foreign.length > 0) return { kind: 'changed-in-cluster' };
  if (path.consequence) return { kind: 'default-or-webhook' };
  const ours = entries.filter(({ manager }) => manager === known.profile.manager);
  const held = ours.some(entry => holds(entry, path.path));
  if (path.kind === 'missing') return missingCause(entries, known, held);
  if (known.applied !== 'applied') return undefined;
  // Another order leaves no trace in managedFields.
  if (path.kind === 'order') return undefined;
  if (path.kind === 'changed') return ours.length > 0 ? { kind: 'default-or-webhook' } : undefined;
  // Held by our own last apply, which was then of another manifest than the engine says.
  return held ? undefined : { kind: 'default-or-webhook' };
}

/** Who holds the live value besides the one who applies the object. */
export function foreignOwners({ by }: DriftPath, { manager }: OwnerProfile): Owner[] {
  return by.filter(owner => owner.manager !== manager);
}

/** A field that was taken away is held by nobody; one that was dropped on its way in is still held by the apply. */
function missingCause(
  entries: readonly ManagedEntry[],
  { profile, applied }: InCluster,
  held: boolean,
): Cause | undefined {
  const ours = entries.filter(({ manager }) => manager === profile.manager);
  if (ours.length === 0) return undefined;
  if (held) return applied === 'applied' ? { kind: 'default-or-webhook' } : undefined;
  const since = lastApply(entries, profile);
  const others = entries
    .filter(({ manager, subresource }) => manager !== profile.manager && subresource !== 'status')
    .filter(({ time }) => isLater(time, since));
  const [later] = newestFirst(others);
  if (later)
    return { kind: 'changed-in-cluster', reason: `${later.manager} wrote the object since.` };
  return applied === 'applied' ? { kind: 'changed-in-cluster' } : undefined;
}

function holds(entry: ManagedEntry, path: string): boolean {
  const { tree, coveredAbove } = treeAt(entry.fields, parsePath(path));
  return tree !== undefined || coveredAbove;
}

/** When the one who applies the object wrote it last. */
function lastApply(entries: readonly ManagedEntry[], profile: OwnerProfile): string | undefined {
  const times = entries
    .filter(({ manager, subresource }) => manager === profile.manager && subresource === undefined)
    .flatMap(({ time }) => time ?? []);
  return times.sort().at(-1);
}

/** Times are of whole seconds, so that two in one second do not tell which was first. */
function isLater(time: string | undefined, since: string | undefined): boolean {
  return time !== undefined && since !== undefined && Date.parse(time) > Date.parse(since);
}
