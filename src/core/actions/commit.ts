import { isWithin } from '../environments/folders.ts';
import { commitPaths } from '../git/commit.ts';
import { push, pushTarget } from '../git/push.ts';
import { currentBranch, headRevision, openRepository } from '../git/repository.ts';
import { messageOf, UserError } from '../lib/errors.ts';
import { type Environment, foldersOf } from '../model/environment.ts';
import type { Workspace } from '../workspace.ts';
import { changedFiles } from './changed-files.ts';
import type { ChangedFile, CommitOutcome, CommitPlan } from './plans.ts';
import { changesOf } from './proposal-changes.ts';
import { proposalTitle } from './proposal-text.ts';
import { requireTrust } from './trusted.ts';

/**
 * The changed files that a commit can be made of: those of an environment (its applications read them, they lie
 * in its applications' folders, or it is declared there), else all. Throws a UserError where the folder is not
 * trusted or there is no such environment.
 */
export async function planCommit(
  workspace: Workspace,
  options: { environment?: string; signal?: AbortSignal } = {},
): Promise<CommitPlan> {
  const { environment: name, signal } = options;
  requireTrust(workspace.host);
  const { root } = workspace.repository;
  const [environment] = name === undefined ? [] : await workspace.choose([name]);
  const changed = await changedFiles(workspace, signal);
  const files = environment ? changed.filter(file => isOf(environment, file)) : changed;
  const target = await pushTarget(root, signal);
  const branch = await currentBranch(root);
  return {
    files,
    ...(branch !== undefined && { branch }),
    ...(target && !target.isNew && { upstream: `${target.remote}/${target.to}` }),
    message: files.length === 0 ? '' : await messageFor(workspace, files, environment, signal),
  };
}

/**
 * Commits the chosen files to the checked-out branch and, where asked for, pushes that. Throws a UserError; what
 * was committed before a push failed stays, and the sentence says so.
 */
export async function commit(
  workspace: Workspace,
  options: { paths: readonly string[]; message: string; push: boolean; signal?: AbortSignal },
): Promise<CommitOutcome> {
  const { paths, message, signal } = options;
  requireTrust(workspace.host);
  const { root } = workspace.repository;
  const branch = await currentBranch(root);
  if (branch === undefined)
    throw new UserError(
      'No branch is checked out, and a commit on none is easily lost; check out a branch.',
    );
  const made = await commitPaths(root, { paths, message, signal });
  if (!options.push) return { commit: made, branch };
  try {
    return { commit: made, branch, pushedTo: await push(root, { signal }) };
  } catch (error) {
    throw new UserError(
      `${made.slice(0, 7)} is committed to ${branch}, but not pushed. ${messageOf(error)}`,
    );
  }
}

function isOf({ name, applications }: Environment, { path, environments }: ChangedFile): boolean {
  return (
    environments.includes(name) ||
    applications.some(({ source }) => foldersOf(source).some(folder => isWithin(folder, path)))
  );
}

/** Says which rendered objects the files change, compared with the last commit. */
async function messageFor(
  workspace: Workspace,
  files: readonly ChangedFile[],
  environment: Environment | undefined,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { root } = workspace.repository;
  const paths = files.map(({ path }) => path);
  const head = await headRevision(root);
  if (head === undefined) return proposalTitle([], paths);
  const last = await openRepository(root, { revision: head, signal });
  const before = await workspace.beside(last, workspace.branch);
  const changes = await changesOf(before, workspace, paths);
  const wanted = changes.filter(change => !environment || change.environment === environment.name);
  return proposalTitle(wanted, paths);
}
