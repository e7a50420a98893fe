import { UserError } from '../lib/errors.ts';
import { currentBranch } from './repository.ts';
import { GitFailure, userGit } from './user.ts';

export interface Remote {
  name: string;
  /** As it is pushed to, with the user's `insteadOf` applied. May hold credentials: never print it. */
  url: string;
}

/** Where a change that is to be reviewed begins, and where it shall go. */
export interface ChangeBase {
  /** Absent in a repository that has none. */
  remote?: Remote;
  /** Name of the branch the change shall go to, on the remote where there is one. */
  branch: string;
  /** What that branch holds now, asked from the remote; present in the repository. */
  commit: string;
}

/**
 * The branch that changes go to: the one that the checked-out branch tracks, else the remote's default branch;
 * without a remote the checked-out one. Asks the remote, and gets its newest commit without changing a ref.
 * `wanted` is a person's choice of the branch. Throws a UserError where it cannot be told or the remote does not
 * answer.
 */
export async function changeBase(
  root: string,
  signal?: AbortSignal,
  wanted?: string,
): Promise<ChangeBase> {
  const remote = await chooseRemote(root, signal);
  if (remote === undefined) return localBase(root, signal, wanted);
  const branch =
    wanted ??
    (await trackedBranch(root, remote.name, signal)) ??
    (await defaultBranch(root, remote.name, signal));
  return { remote, branch, commit: await remoteTip(root, remote.name, branch, signal) };
}

/**
 * The remote that the checked-out branch tracks, else `origin`, else the only one; undefined where there is
 * none. Throws a UserError where there are several and nothing says which.
 */
export async function chooseRemote(
  root: string,
  signal?: AbortSignal,
): Promise<Remote | undefined> {
  const names = lines(await userGit(root, ['remote'], { signal }));
  const tracked = await ofBranch(root, 'remote', signal);
  const name = [tracked, 'origin'].find(wanted => names.includes(wanted ?? '')) ?? names[0];
  if (name === undefined) return undefined;
  if (names.length > 1 && name !== tracked && name !== 'origin')
    throw new UserError(
      `The repository has the remotes ${names.join(', ')}, and nothing says which one is meant; let the branch track one (git branch --set-upstream-to).`,
    );
  const [url = ''] = lines(
    await userGit(root, ['remote', 'get-url', '--push', '--', name], { signal }),
  );
  return { name, url };
}

/** Branch of a remote that the checked-out branch tracks; undefined where it tracks none of that remote. */
export async function trackedBranch(
  root: string,
  remote: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if ((await ofBranch(root, 'remote', signal)) !== remote) return undefined;
  return (await ofBranch(root, 'merge', signal))?.replace(/^refs\/heads\//, '');
}

/**
 * A branch name that neither the remote nor, without one, the repository has: the wanted one, else with a number
 * behind it.
 */
export async function freeBranch(
  root: string,
  remote: Remote | undefined,
  wanted: string,
  signal?: AbortSignal,
): Promise<string> {
  const pattern = `refs/heads/${wanted}*`;
  const listed =
    remote === undefined
      ? await userGit(root, ['for-each-ref', '--format=%(objectname)\t%(refname)', pattern], {
          signal,
        })
      : await userGit(root, ['ls-remote', '--', remote.name, pattern], { signal });
  const taken = new Set(
    lines(listed).map(line => line.split('\t')[1]?.slice('refs/heads/'.length)),
  );
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken.has(name)) return name;
  }
}

/** The newest commit that two have in common. Throws a UserError where there is none. */
export async function mergeBase(
  root: string,
  a: string,
  b: string,
  signal?: AbortSignal,
): Promise<string> {
  try {
    return (await userGit(root, ['merge-base', '--end-of-options', a, b], { signal })).trim();
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new UserError(
      `${a} and ${b} have no commit in common; a change cannot go from one to the other.`,
    );
  }
}

/** The commit that a name means. Throws a UserError where it means none. */
export async function commitOf(root: string, name: string, signal?: AbortSignal): Promise<string> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  const found = await userGit(root, args, { signal }).catch(noneOnFailure);
  if (found !== undefined) return found.trim();
  throw new UserError(`The repository has no commit ${name}; name one that it has.`);
}

/** `branch.<checked out>.<key>`; undefined where it is not set or no branch is checked out. */
export async function ofBranch(
  root: string,
  key: 'remote' | 'merge' | 'pushRemote',
  signal?: AbortSignal,
): Promise<string | undefined> {
  const branch = await currentBranch(root);
  return branch === undefined ? undefined : setting(root, `branch.${branch}.${key}`, signal);
}

/** A value of git's configuration; undefined where it is not set. */
export async function setting(
  root: string,
  key: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  return (await userGit(root, ['config', '--get', key], { signal }).catch(noneOnFailure))?.trim();
}

async function localBase(
  root: string,
  signal: AbortSignal | undefined,
  wanted: string | undefined,
): Promise<ChangeBase> {
  const branch = wanted ?? (await currentBranch(root));
  if (branch === undefined)
    throw new UserError(
      'No branch is checked out and the repository has no remote, so a change has nowhere to go; check out a branch.',
    );
  return { branch, commit: await commitOf(root, `refs/heads/${branch}`, signal) };
}

async function defaultBranch(root: string, remote: string, signal?: AbortSignal): Promise<string> {
  const said = await userGit(root, ['ls-remote', '--symref', '--', remote, 'HEAD'], { signal });
  const branch = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(said)?.[1];
  if (branch !== undefined) return branch;
  throw new UserError(
    `${remote} does not say which branch is its default; let the checked-out branch track one (git branch --set-upstream-to).`,
  );
}

/** Gets the objects only: no ref, no FETCH_HEAD, no tag and no configuration of the user's repository changes. */
async function remoteTip(
  root: string,
  remote: string,
  branch: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const ref = `refs/heads/${branch}`;
  const listed = lines(await userGit(root, ['ls-remote', '--', remote, ref], { signal }));
  const commit = listed.map(line => line.split('\t')).find(([, name]) => name === ref)?.[0];
  if (commit === undefined)
    throw new UserError(
      `${remote} has no branch ${branch}; push it first, or check out another one.`,
    );
  const isHere = ['cat-file', '-e', `${commit}^{commit}`];
  const known = await userGit(root, isHere, { signal }).catch(noneOnFailure);
  if (known === undefined) {
    const only = ['--no-tags', '--no-write-fetch-head', '--refmap=', '--no-prune'];
    const alone = ['--no-recurse-submodules', '--no-auto-maintenance', '--quiet'];
    await userGit(root, ['fetch', ...only, ...alone, '--', remote, ref], { signal });
  }
  return commitOf(root, commit, signal);
}

function noneOnFailure(error: unknown): undefined {
  if (!(error instanceof GitFailure)) throw error;
}

function lines(text: string): string[] {
  return text.split('\n').filter(line => line !== '');
}
