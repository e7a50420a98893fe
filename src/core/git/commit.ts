import { chmod, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../lib/errors.ts';
import { changedInWorkingTree } from './changes.ts';
import { literal } from './history.ts';
import { temporaryFolder } from './leftovers.ts';
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
 * files that it knows. The index is made aside and put in place at once, right before the commit, so that a run
 * that is killed before has changed nothing. Returns what puts the index back, byte for byte.
 */
async function announce(
  root: string,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<() => Promise<void>> {
  const where = await userGit(root, ['rev-parse', '--git-path', 'index'], { signal });
  const index = resolve(root, where.replace(/\n$/, ''));
  const before = await readIndex(index);
  const folder = await temporaryFolder();
  try {
    const aside = join(folder, 'index');
    if (before) await writeIndex(aside, before);
    const variables = { GIT_INDEX_FILE: aside };
    const add = ['add', '--intent-to-add', ...pathsFromInput];
    await userGit(root, add, { signal, input: inputOf(paths), variables });
    const announced = await readIndex(aside);
    if (!(await replaceIndex(index, before, announced)))
      throw new UserError(
        'Something else changed what is staged in the meantime, so nothing was committed; try again.',
      );
    return async () => void (await replaceIndex(index, announced, before));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The bytes of an index and when they were written: from that git tells whether a file can have changed since
 * without its size and time showing it, so an index must never look younger than it is.
 */
interface Index {
  bytes: Uint8Array;
  mode: number;
  written: Date;
}

/** Under git's own lock, and only where the index is `from`: somebody else's change to it is not undone. */
async function replaceIndex(
  index: string,
  from: Index | undefined,
  to: Index | undefined,
): Promise<boolean> {
  const lock = `${index}.lock`;
  const file = await open(lock, 'wx').catch(() => undefined);
  if (file === undefined) return false;
  await file.close();
  const isExpected = isSame(await readIndex(index), from);
  if (isExpected && to) await writeIndex(lock, to);
  if (isExpected && !to) await rm(index, { force: true });
  await (isExpected && to ? rename(lock, index) : rm(lock));
  return isExpected;
}

async function readIndex(file: string): Promise<Index | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return undefined;
  const written = new Date(Math.floor(found.mtimeMs));
  return { bytes: await readFile(file), mode: found.mode, written };
}

async function writeIndex(file: string, { bytes, mode, written }: Index): Promise<void> {
  await writeFile(file, bytes);
  await chmod(file, mode);
  await utimes(file, written, written);
}

function isSame(a: Index | undefined, b: Index | undefined): boolean {
  return a && b ? Buffer.compare(a.bytes, b.bytes) === 0 : a === b;
}
