import { isWithin } from '../environments/folders.ts';
import { commitPaths } from '../git/commit.ts';
import { overlay } from '../git/overlay.ts';
import { push, pushTarget } from '../git/push.ts';
import { currentBranch, headRevision, openRepository } from '../git/repository.ts';
import { messageOf as errorText, UserError } from '../lib/errors.ts';
import { type Environment, foldersOf } from '../model/environment.ts';
import type { Workspace } from '../workspace.ts';
import { type EditsOf, type Effect, effectFrom } from './effect/effect.ts';
import { effectLines } from './effect/text.ts';
import type { ChangedFile, CommitOutcome, CommitPlan } from './plans.ts';
import { changedFiles } from './propose/changed-files.ts';
import { changesOf, type EnvironmentChange } from './propose/changes.ts';
import { proposalTitle } from './propose/text.ts';
import { requireTrust } from './trusted.ts';

/**
 * The changed files that a commit can be made of: those of an environment (its applications read them, they lie
 * in its applications' folders, or it is declared there), else all. Throws a UserError where the folder is not
 * trusted or there is no such environment.
 */
export async function planCommit(
  workspace: Workspace,
  options: { environment?: string; editsOf?: EditsOf; signal?: AbortSignal } = {},
): Promise<CommitPlan> {
  const { environment: name, signal } = options;
  requireTrust(workspace.host);
  const { root } = workspace.repository;
  const [environment] = name === undefined ? [] : await workspace.choose([name]);
  const changed = await changedFiles(workspace, signal);
  const files = environment ? changed.filter(file => isOf(environment, file)) : changed;
  const target = await pushTarget(root, signal);
  const branch = await currentBranch(root);
  const paths = files.map(({ path }) => path);
  const { changes, effect } = await effectOfFiles(workspace, paths, options);
  const wanted = changes.filter(change => !environment || change.environment === environment.name);
  return {
    files,
    ...(branch !== undefined && { branch }),
    ...(target && !target.isNew && { upstream: `${target.remote}/${target.to}` }),
    message: files.length === 0 ? '' : proposalTitle(wanted, paths),
    summary: effectLines(effect),
  };
}

export interface CommitOptions {
  paths: readonly string[];
  message: string;
  /** Where the message is one line, say below it what the files change in each environment. */
  describe?: boolean;
  editsOf?: EditsOf;
  push: boolean;
  signal?: AbortSignal;
}

/**
 * Commits the chosen files to the checked-out branch and, where asked for, pushes that. Throws a UserError; what
 * was committed before a push failed stays, and the sentence says so.
 */
export async function commit(workspace: Workspace, options: CommitOptions): Promise<CommitOutcome> {
  const { paths, signal } = options;
  requireTrust(workspace.host);
  const { root } = workspace.repository;
  const branch = await currentBranch(root);
  if (branch === undefined)
    throw new UserError(
      'No branch is checked out, and a commit on none is easily lost; check out a branch.',
    );
  const message = await messageOf(workspace, options);
  const made = await commitPaths(root, { paths, message, signal });
  if (!options.push) return { commit: made, branch };
  try {
    return { commit: made, branch, pushedTo: await push(root, { signal }) };
  } catch (error) {
    throw new UserError(
      `${made.slice(0, 7)} is committed to ${branch}, but not pushed. ${errorText(error)}`,
    );
  }
}

async function messageOf(workspace: Workspace, options: CommitOptions): Promise<string> {
  const { message, paths, describe } = options;
  if (!describe || message.trim().includes('\n')) return message;
  const { effect } = await effectOfFiles(workspace, paths, options);
  return [message.trim(), effectLines(effect).join('\n')].join('\n\n').trim();
}

function isOf({ name, applications }: Environment, { path, environments }: ChangedFile): boolean {
  return (
    environments.includes(name) ||
    applications.some(({ source }) => foldersOf(source).some(folder => isWithin(folder, path)))
  );
}

/** What the files change in the environments, compared with the last commit. */
async function effectOfFiles(
  workspace: Workspace,
  paths: readonly string[],
  { editsOf, signal }: { editsOf?: EditsOf; signal?: AbortSignal },
): Promise<{ changes: EnvironmentChange[]; effect: Effect }> {
  const { root } = workspace.repository;
  const head = await headRevision(root);
  if (head === undefined) return { changes: [], effect: { environments: [] } };
  const last = await openRepository(root, { revision: head, signal });
  const now = overlay(last, await openRepository(root, { signal }), paths);
  const before = await workspace.beside(last, workspace.branch);
  const after = await workspace.beside(now, workspace.branch);
  const changes = await changesOf(before, after, paths);
  return { changes, effect: await effectFrom(after, changes, editsOf) };
}
