import { createHash } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { UserError } from '../lib/errors.ts';
import { changedInWorkingTree } from './changes.ts';
import { literal } from './history.ts';
import { GitFailure, userGit } from './user.ts';

export interface CommitOptions {
  /** Files of the working tree, relative to the root; as they are there they are committed, deletions too. */
  paths: readonly string[];
  message: string;
  signal?: AbortSignal;
}

/**
 * Commits exactly these files, with the user's hooks and signing, and returns the commit. Whatever else is staged
 * stays staged as it was. Where the commit is refused the index is as before. Throws a UserError.
 */
export async function commitPaths(root: string, options: CommitOptions): Promise<string> {
  const { paths, message, signal } = options;
  if (paths.length === 0) throw new UserError('No file was chosen, so there is nothing to commit.');
  if (message.trim() === '') throw new UserError('The commit has no message; write one.');
  const changed = new Map(
    (await changedInWorkingTree(root, signal)).map(each => [each.path, each.change]),
  );
  const unchanged = paths.find(path => !changed.has(path));
  if (unchanged !== undefined)
    throw new UserError(`${unchanged} is as it was committed, so it cannot be committed again.`);
  const untracked = paths.filter(path => changed.get(path) === 'untracked');
  const takeBack = untracked.length > 0 ? await announce(root, untracked, signal) : undefined;
  try {
    // `--only`: the files as they are on disk, on top of the last commit; not what is staged of others.
    await userGit(
      root,
      ['commit', '--quiet', '--only', `--message=${message}`, ...pathsFromInput],
      { signal, input: inputOf(paths) },
    );
  } catch (error) {
    await takeBack?.();
    if (error instanceof GitFailure) throw new UserError(`Nothing was committed: ${error.said}.`);
    throw error;
  }
  return (await userGit(root, ['rev-parse', 'HEAD'])).trim();
}

const pathsFromInput = ['--pathspec-from-file=-', '--pathspec-file-nul'];

const inputOf = (paths: readonly string[]) => paths.map(path => `${literal(path)}\0`).join('');

/**
 * Tells the index that the files are going to be added, without their content: `git commit --only` takes only
 * files that it knows. Returns what puts the index back, byte for byte.
 */
async function announce(
  root: string,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<() => Promise<void>> {
  const path = ['rev-parse', '--path-format=absolute', '--git-path', 'index'];
  const index = (await userGit(root, path, { signal })).replace(/\n$/, '');
  const before = await contentOf(index);
  await userGit(root, ['add', '--intent-to-add', ...pathsFromInput], {
    signal,
    input: inputOf(paths),
  });
  const announced = digestOf(await contentOf(index));
  return () => restore(index, before, announced);
}

/** Under git's own lock, and only when the index is what we left: somebody else's change to it is not undone. */
async function restore(
  index: string,
  before: Uint8Array | undefined,
  announced: string,
): Promise<void> {
  const lock = `${index}.lock`;
  const file = await open(lock, 'wx').catch(() => undefined);
  if (file === undefined) return;
  const isOurs = digestOf(await contentOf(index)) === announced;
  if (isOurs && before !== undefined) {
    await file.writeFile(before);
    await file.chmod((await stat(index)).mode);
  }
  await file.close();
  if (isOurs && before === undefined) await rm(index);
  await (isOurs && before !== undefined ? rename(lock, index) : rm(lock));
}

async function contentOf(file: string): Promise<Uint8Array | undefined> {
  return readFile(file).catch(() => undefined);
}

function digestOf(content: Uint8Array | undefined): string {
  return createHash('sha256')
    .update(content ?? '')
    .digest('hex');
}
