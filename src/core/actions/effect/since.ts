import { openRepository } from '../../git/repository.ts';
import type { Workspace } from '../../workspace.ts';
import { type KnownEdits, knownEdits } from '../reach/known-edits.ts';
import { LiveEdits } from '../reach/live-edits.ts';
import type { EffectReport } from '../reports.ts';
import { effectOf } from './effect.ts';

/**
 * What the repository as it is opened changes against one of its revisions, in these environments (all where none is
 * named). Throws a UserError where there is no such revision.
 */
export async function effectSince(
  workspace: Workspace,
  since: string,
  { environments, signal }: { environments: readonly string[]; signal?: AbortSignal },
): Promise<EffectReport> {
  const { root } = workspace.repository;
  const isChosen = (name: string) => environments.length === 0 || environments.includes(name);
  const then = await openRepository(root, { revision: since, signal });
  const before = await workspace.beside(then, workspace.branch);
  let known: KnownEdits = { edits: new LiveEdits(), compared: [], notCompared: [] };
  const files = await workspace.differingFiles(before);
  const effect = await effectOf(before, workspace, files, async names => {
    known = await knownEdits(workspace, names.filter(isChosen), signal);
    return known.edits;
  });
  const { compared, notCompared } = known;
  return {
    environments: effect.environments.filter(({ environment }) => isChosen(environment)),
    ...{ since, compared, notCompared },
  };
}
