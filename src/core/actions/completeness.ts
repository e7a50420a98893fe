import { isWithin } from '../environments/folders.ts';
import { foldersOf } from '../model/environment.ts';
import type { NotChecked } from '../model/finding.ts';
import type { RenderedSet } from '../validate/validate.ts';
import type { Workspace } from '../workspace.ts';

/** Rules that are only looked for by asking a cluster. */
export const onlyServerTells: ReadonlySet<string> = new Set(['server-denied', 'server-refused']);

/**
 * Tells whether all of a file was checked: in every environment (`all`), by the judge too, with nothing of it left
 * unrendered. Where it was not, a comment that leaves out nothing may have its use.
 */
export function completeness(
  { judge }: Workspace,
  sets: readonly RenderedSet[],
  notChecked: readonly NotChecked[],
  { all }: { all: boolean },
): (file: string) => boolean {
  const open = new Set(notChecked.flatMap(({ place }) => place?.file ?? []));
  const failed = sets
    .filter(({ failure }) => failure !== undefined)
    .flatMap(({ source }) => (source ? foldersOf(source) : []));
  return file =>
    all && judge !== undefined && !open.has(file) && !failed.some(folder => isWithin(folder, file));
}
