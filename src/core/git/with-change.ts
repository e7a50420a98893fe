import { isAbsolute, resolve } from 'node:path';
import { UserError } from '../lib/errors.ts';
import { nowhere } from './command.ts';
import { removeLeftovers, removeWorktree, temporaryFolder } from './leftovers.ts';
import { pushRefs } from './push.ts';
import { type ChangeBase, setting } from './remote.ts';
import { GitFailure, type UserGitOptions, userGit } from './user.ts';

export interface Change {
  /** Where it begins, and the remote it is pushed to. */
  base: Pick<ChangeBase, 'remote' | 'commit'>;
  /** Name of a branch that does not exist yet. */
  branch: string;
  message: string;
  signal?: AbortSignal;
}

export interface Changed {
  commit: string;
  branch: string;
  /** `origin/<branch>`; absent without a remote: then the branch is made in the repository itself. */
  pushedTo?: string;
}

/**
 * Makes one commit on a new branch without touching the user's checkout. `work` changes files in a temporary
 * worktree and returns their paths; exactly these are committed, with the user's hooks and signing, and pushed.
 *
 * The worktree is detached and the commit is pushed as `HEAD:refs/heads/<branch>`, so there is no local branch to
 * take away again. The user's files, index, HEAD, branches, stash and configuration stay as they are, also when
 * this is killed at any moment; what a killed run leaves (`leftovers.ts`) is taken away by the next one. Throws a
 * UserError; nothing is pushed then.
 */
export async function withChange(
  root: string,
  change: Change,
  work: (folder: string) => Promise<readonly string[]>,
): Promise<Changed> {
  const { base, signal } = change;
  const where = await userGit(root, ['rev-parse', '--git-common-dir'], { signal });
  const common = resolve(root, where.replace(/\n$/, ''));
  await removeLeftovers(common);
  const folder = await temporaryFolder();
  try {
    // Hooks are for the user's own checkouts; this one they will not see.
    const config = [...aside, `core.hooksPath=${nowhere}`];
    const add = ['worktree', 'add', '--quiet', '--detach', '--', folder, base.commit];
    await userGit(root, add, { signal, config });
    await stage(folder, await work(folder), signal);
    const hooks = await hooksOf(root, signal);
    const commit = await commitStaged(folder, change, hooks);
    return { commit, ...(await publish(root, folder, change, commit, hooks)) };
  } finally {
    // Where that fails (a scanner holds a file) the next run does it; what was done is done.
    await removeWorktree(folder, common).catch(() => {});
  }
}

/** The user's git in a temporary worktree. */
export function inside(
  folder: string,
  args: readonly string[],
  options: UserGitOptions,
): Promise<string> {
  return userGit(folder, args, { ...options, config: [...aside, ...(options.config ?? [])] });
}

/** No upkeep of the user's repository on the way, no watcher of a folder that goes at once, and all of the files. */
const aside = [
  'gc.auto=0',
  'maintenance.auto=false',
  'core.fsmonitor=false',
  'core.sparseCheckout=false',
];

async function stage(
  folder: string,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const input = paths.map(path => `${path}\0`).join('');
  // Takes paths as they are, ignored files too: they were chosen. What is not there is removed.
  const update = ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'];
  await inside(folder, update, { signal, input });
  const staged = await inside(folder, ['diff-index', '--cached', '--name-only', 'HEAD', '--'], {
    signal,
  });
  if (staged === '')
    throw new UserError(
      'Nothing would change: the branch it shall go to has these files as they are.',
    );
}

/**
 * A folder of hooks that is named relative to a checkout is the user's: they may be made there by a tool, so that
 * no commit has them.
 */
async function hooksOf(root: string, signal: AbortSignal | undefined): Promise<string[]> {
  const path = await setting(root, 'core.hooksPath', signal);
  const isRelative = path !== undefined && !isAbsolute(path) && !path.startsWith('~');
  return isRelative ? [`core.hooksPath=${resolve(root, path)}`] : [];
}

async function commitStaged(
  folder: string,
  { message, signal }: Change,
  config: readonly string[],
): Promise<string> {
  try {
    const options = { signal, input: message, config };
    await inside(folder, ['commit', '--quiet', '--file=-'], options);
  } catch (error) {
    if (error instanceof GitFailure) throw new UserError(`Nothing was committed: ${error.said}.`);
    throw error;
  }
  return (await inside(folder, ['rev-parse', 'HEAD'], { signal })).trim();
}

async function publish(
  root: string,
  folder: string,
  { base: { remote }, branch, signal }: Change,
  commit: string,
  hooks: readonly string[],
): Promise<Omit<Changed, 'commit'>> {
  const ref = `refs/heads/${branch}`;
  if (remote === undefined) {
    // No old value: a branch of that name is not moved.
    await userGit(root, ['branch', '--no-track', '--end-of-options', branch, commit], { signal });
    return { branch };
  }
  // A lease on nothing: a branch of that name on the remote is not moved either.
  const args = [`--force-with-lease=${ref}:`, '--', remote.name, `HEAD:${ref}`];
  await pushRefs(folder, args, signal, [...aside, ...hooks]);
  return { branch, pushedTo: `${remote.name}/${branch}` };
}
