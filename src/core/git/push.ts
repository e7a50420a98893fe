import { UserError } from '../lib/errors.ts';
import { chooseRemote, ofBranch, setting, trackedBranch } from './remote.ts';
import { currentBranch } from './repository.ts';
import { GitFailure, userGit } from './user.ts';

/** Where a push of the checked-out branch goes. */
export interface PushTarget {
  /** The checked-out branch. */
  branch: string;
  remote: string;
  /** Its name on the remote. */
  to: string;
  /** The branch tracks nothing yet: the push makes it track this. */
  isNew: boolean;
}

/**
 * Where the checked-out branch is pushed to: where the user's configuration says, else to the remote under its own
 * name. Undefined for a detached HEAD and where there is no remote. Throws a UserError as `chooseRemote` does.
 */
export async function pushTarget(
  root: string,
  signal?: AbortSignal,
): Promise<PushTarget | undefined> {
  const branch = await currentBranch(root);
  if (branch === undefined) return undefined;
  const said =
    (await ofBranch(root, 'pushRemote', signal)) ??
    (await setting(root, 'remote.pushDefault', signal));
  const remote = said ?? (await chooseRemote(root, signal))?.name;
  if (remote === undefined) return undefined;
  const tracked = await trackedBranch(root, remote, signal);
  return {
    branch,
    remote,
    to: tracked ?? branch,
    isNew: tracked === undefined && said === undefined,
  };
}

/**
 * Pushes the checked-out branch and nothing else, with the user's hooks and credentials; returns where to, such as
 * `origin/main`. Throws a UserError that says what is in the way.
 */
export async function push(root: string, options: { signal?: AbortSignal } = {}): Promise<string> {
  const { signal } = options;
  const target = await pushTarget(root, signal);
  if (target === undefined)
    throw new UserError(
      'There is nothing to push to: no branch is checked out, or the repository has no remote.',
    );
  const { branch, remote, to, isNew } = target;
  const refs = `refs/heads/${branch}:refs/heads/${to}`;
  await pushRefs(root, [...(isNew ? ['--set-upstream'] : []), '--', remote, refs], signal);
  return `${remote}/${to}`;
}

/** `git push` with these arguments. Throws a UserError with the reason, ours where we know what to do. */
export async function pushRefs(
  folder: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
  config: readonly string[] = [],
): Promise<void> {
  // Nothing goes along that was not chosen: no tags, no commits of submodules.
  const alone = ['--porcelain', '--no-follow-tags', '--recurse-submodules=no'];
  try {
    await userGit(folder, ['push', ...alone, ...args], { signal, config });
  } catch (error) {
    throw error instanceof GitFailure ? new UserError(refusal(error)) : error;
  }
}

/** A line of `--porcelain`: `!`, the refs and, in brackets, what happened to them; then the reason. */
function refusal({ stdout, said }: GitFailure): string {
  const [, refs = '', what = '', reason = ''] =
    /^!\t(\S+)\t\[([^\]]+)\](?: \((.*)\))?/m.exec(stdout) ?? [];
  const branch = refs.split(':refs/heads/')[1];
  if (branch === undefined) return `Nothing was pushed: ${said}.`;
  if (/fetch first|non-fast-forward|stale info/.test(reason))
    return `The remote's ${branch} has commits that are not here, so nothing was pushed; pull first, then push.`;
  const hook = what === 'remote rejected' ? ` ${said}` : '';
  return `The remote refused ${branch}: ${reason || what}.${hook}`;
}
