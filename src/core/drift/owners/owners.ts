import type { Owner, OwnerProfile } from '../../model/drift.ts';
import { formatPath, resolveSteps, type Step } from '../../model/path.ts';
import type { JsonObject } from '../../model/resource.ts';
import { type FieldTree, type ManagedEntry, treeAt } from './fields.ts';

/** True for the entry that records what the profile's manager applied itself. */
export function isOurs(entry: ManagedEntry, profile: OwnerProfile): boolean {
  return (
    entry.manager === profile.manager &&
    entry.operation === 'Apply' &&
    entry.subresource === undefined
  );
}

/**
 * True for entries whose fields the next apply treats as its own. Flux takes over what was written
 * with kubectl (drift.md 1.4 step 4); client-side apply knows its own by the last-applied manifest.
 */
export function isClaimed(entry: ManagedEntry, profile: OwnerProfile): boolean {
  if (profile.mode === 'csa' || profile.mode === 'csa3') return false;
  if (isOurs(entry, profile)) return true;
  if (profile.mode !== 'flux' || entry.subresource !== undefined) return false;
  return (
    entry.manager.startsWith('kubectl') ||
    (entry.operation === 'Update' &&
      (entry.manager === 'before-first-apply' || entry.manager === profile.manager))
  );
}

/**
 * Who else holds the live value at a path: every entry, except our own apply, that has the path, a
 * part of it, or a value it belongs to.
 */
export function ownersOf(
  entries: readonly ManagedEntry[],
  profile: OwnerProfile,
  steps: readonly Step[],
): Owner[] {
  return entries.filter(entry => !isOurs(entry, profile) && owns(entry.fields, steps)).map(ownerOf);
}

function owns(fields: FieldTree, steps: readonly Step[]): boolean {
  const found = treeAt(fields, steps);
  return found.tree !== undefined || found.coveredAbove;
}

function ownerOf(entry: ManagedEntry): Owner {
  const { manager, operation, subresource, time } = entry;
  return {
    manager,
    operation,
    ...(subresource === undefined ? {} : { subresource }),
    ...(time === undefined ? {} : { time }),
  };
}

/** Live fields that others own and the manifest does not declare: information, never drift. */
export function foreignAdditions(
  entries: readonly ManagedEntry[],
  profile: OwnerProfile,
  desired: JsonObject,
  live: JsonObject,
): { path: string; by: Owner }[] {
  return entries
    .filter(entry => !isClaimed(entry, profile) && entry.subresource !== 'status')
    .flatMap(entry => {
      const by = ownerOf(entry);
      return undeclared(entry.fields, [], desired, live).map(path => ({ path, by }));
    })
    .filter(({ path }) => !/^\.status(?![\w-])/.test(path));
}

function undeclared(
  tree: FieldTree,
  steps: Step[],
  desired: JsonObject,
  live: JsonObject,
): string[] {
  const found: string[] = [];
  for (const { step, tree: child } of tree.children.values()) {
    const path = [...steps, step];
    if (!resolveSteps(live, path).complete) continue;
    if (child.member && !resolveSteps(desired, path).complete) found.push(formatPath(path));
    else found.push(...undeclared(child, path, desired, live));
  }
  return found;
}
