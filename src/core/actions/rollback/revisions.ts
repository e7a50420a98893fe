import { type Commit, history } from '../../git/history.ts';
import { headRevision, upstreamRevision } from '../../git/repository.ts';
import { UserError } from '../../lib/errors.ts';
import type { Workspace } from '../../workspace.ts';
import type { RollbackRevision } from '../plans.ts';
import { filesOf, findApplication, type NamedApplication } from './application-files.ts';
import { deployedCommits } from './deployed-commits.ts';

/**
 * The commits that changed an application's files, the newest first, with what its engine says it deployed. Reads
 * what is here: commits that were not fetched are not among them. Throws a UserError where there is no such
 * application or no history.
 */
export async function rollbackRevisions(
  workspace: Workspace,
  options: NamedApplication & { signal?: AbortSignal },
): Promise<RollbackRevision[]> {
  const { signal } = options;
  const { root } = workspace.repository;
  const { environment, application } = await findApplication(workspace, options);
  const tips = await newest(root);
  const [paths, deployed] = await Promise.all([
    filesOf(workspace, application),
    deployedCommits(workspace, environment, application, signal),
  ]);
  if (paths.length === 0) return [];
  const commits = await history(root, paths, { limit: most, from: tips, signal });
  const stateAt = (commit: string) => stateOf(root, commit, paths, signal);
  const now = deployed.now && (await stateAt(deployed.now));
  const before = new Set(await Promise.all(deployed.before.map(stateAt)));
  return commits.map(({ id, ...said }) => ({
    commit: id,
    ...said,
    ...(id === now ? { deployed: 'now' } : before.has(id) ? { deployed: 'before' } : {}),
  }));
}

const most = 50;

async function newest(root: string): Promise<string[]> {
  const tips = [await headRevision(root), await upstreamRevision(root)];
  const known = tips.filter(tip => tip !== undefined);
  if (known.length > 0) return known;
  throw new UserError(`${root} has no git history, so there is nothing to roll back to.`);
}

/** The commit that made the files what they were at another: engines deploy commits that change other files, too. */
async function stateOf(
  root: string,
  commit: string,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const found: Commit[] = await history(root, paths, { limit: 1, from: [commit], signal }).catch(
    () => [],
  );
  return found[0]?.id;
}
