import { copyFile, lstat, mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../lib/errors.ts';
import { literal } from './history.ts';
import { inside } from './with-change.ts';

// Ways to change the files of a temporary worktree, for `withChange`.

/** Brings files as they are in the user's working tree, deletions too. */
export function changeFrom(
  root: string,
  paths: readonly string[],
): (folder: string) => Promise<readonly string[]> {
  return async folder => {
    // What goes, goes first: where a file was a folder may be now, and the other way round.
    const states = await Promise.all(
      paths.map(async path => ({ path, stat: await fileAt(root, path) })),
    );
    for (const { path, stat } of states) if (stat === undefined) await removeBelow(folder, path);
    for (const { path, stat } of states) {
      if (stat === undefined) continue;
      await makeRoom(folder, path);
      if (stat.isSymbolicLink())
        await symlink(await readlink(join(root, path)), join(folder, path));
      else await copyFile(join(root, path), join(folder, path));
    }
    return paths;
  };
}

/** Brings files as a commit has them; those that it does not have are deleted. */
export function changeTo(
  commit: string,
  paths: readonly string[],
  signal?: AbortSignal,
): (folder: string) => Promise<readonly string[]> {
  return async folder => {
    const from = [
      `--source=${commit}`,
      '--worktree',
      '--staged',
      '--pathspec-from-file=-',
      '--pathspec-file-nul',
    ];
    const input = paths.map(path => `${literal(path)}\0`).join('');
    await inside(folder, ['restore', ...from], { signal, input });
    return paths;
  };
}

/** Undefined where there is no file, which includes a folder that stands where a file was. */
async function fileAt(root: string, path: string) {
  const stat = await statOf(join(root, path));
  if (!stat?.isDirectory()) return stat;
  if ((await statOf(join(root, path, '.git'))) === undefined) return undefined;
  throw new UserError(
    `${path} is a repository of its own (a submodule); change it with git itself.`,
  );
}

async function removeBelow(folder: string, path: string): Promise<void> {
  if (await isThrough(folder, path)) return;
  await rm(join(folder, path), { recursive: true, force: true });
}

/** Folders down to the path, nothing at it. What was a file or a link on the way is a folder in the user's tree. */
async function makeRoom(folder: string, path: string): Promise<void> {
  const parts = path.split('/');
  for (let depth = 1; depth < parts.length; depth++) {
    const above = join(folder, ...parts.slice(0, depth));
    const stat = await statOf(above);
    if (stat !== undefined && !stat.isDirectory()) await rm(above);
  }
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await rm(join(folder, path), { recursive: true, force: true });
}

/** True when the path leads through a link or a file: then it is not there, and nothing may be removed by way of it. */
async function isThrough(folder: string, path: string): Promise<boolean> {
  const parts = path.split('/');
  for (let depth = 1; depth < parts.length; depth++) {
    const stat = await statOf(join(folder, ...parts.slice(0, depth)));
    if (stat === undefined || !stat.isDirectory()) return true;
  }
  return false;
}

async function statOf(path: string) {
  return lstat(path).catch(() => undefined);
}
