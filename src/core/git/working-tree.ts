import {
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { messageOf, UserError } from '../lib/errors.ts';
import type { Repository } from '../model/repository.ts';
import { gitIn, gitMessage, repositoryAround, troubleOf } from './command.ts';
import { linkedFiles, resolveLinks, type TreeEntry } from './links.ts';

export const workingTree = 'working tree';

/** Larger files are no manifests that anybody wrote or any server takes. */
export const maxFileSize = 32 * 1024 * 1024;
const smallFile = 256 * 1024;

/** The files of a folder as they are on disk: what git lists there, else all of them. */
export async function openWorkingTree(folder: string, signal?: AbortSignal): Promise<Repository> {
  const root = realpathSync(folder);
  const left: { file: string; reason: string }[] = [];
  const paths = await listFiles(root, left, signal);
  const entries = new Map<string, TreeEntry>();
  for (const path of paths) addEntry(entries, left, root, path);
  const tree = resolveLinks(entries, root);
  const realRoot = realpathSync.native(root);
  return {
    root,
    revision: workingTree,
    files: [...tree.files.keys()].sort(),
    linked: linkedFiles(tree),
    left: [...left, ...tree.left],
    read: file => readInside(realRoot, file, tree.files.get(file)),
  };
}

async function listFiles(
  root: string,
  left: { file: string; reason: string }[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  if (repositoryAround(root) === undefined) return walk(root);
  try {
    const listed = await gitIn(root, { signal }).raw('ls-files', '-co', '--exclude-standard', '-z');
    const paths = [...new Set(listed.split('\0'))].filter(path => path !== '');
    // A folder that an outer repository ignores has no files there, and is read as one without git.
    return paths.length > 0 ? paths : walk(root);
  } catch (error) {
    if (signal?.aborted) throw error;
    const trouble = troubleOf(error);
    if (trouble === 'missing')
      left.push({
        file: '',
        reason: 'git is not installed, so files that it ignores are read too',
      });
    else if (trouble === 'other')
      left.push({
        file: '',
        reason: `git cannot list this folder (${gitMessage(error)}), so files that it ignores are read too`,
      });
    return walk(root);
  }
}

/** Every file below a folder but git's own; links are listed, not followed. */
function walk(root: string): string[] {
  const paths: string[] = [];
  const visit = (folder: string) => {
    for (const entry of readFolder(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.name === '.git') continue;
      if (entry.isDirectory()) visit(path);
      else paths.push(path);
    }
  };
  visit('');
  return paths;
}

function readFolder(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function addEntry(
  entries: Map<string, TreeEntry>,
  left: { file: string; reason: string }[],
  root: string,
  path: string,
): void {
  const full = join(root, path);
  const stat = lstatSync(full, { throwIfNoEntry: false });
  // Tracked but deleted: the working tree does not have it.
  if (!stat) return;
  if (stat.isSymbolicLink())
    entries.set(path, { kind: 'link', target: readlinkSync(full).replaceAll(sep, '/') });
  else if (stat.isFile()) entries.set(path, { kind: 'file' });
  else {
    const file = path.replace(/\/$/, '');
    const reason = stat.isDirectory()
      ? 'is another git repository (a submodule or a nested one), whose files are not read'
      : 'is no ordinary file';
    left.push({ file, reason });
  }
}

async function readInside(
  root: string,
  file: string,
  real: string | undefined,
): Promise<Uint8Array> {
  if (real === undefined) throw new UserError(`${file} is not a file of this repository.`);
  const full = join(root, real);
  try {
    // A folder on the way may have become a link since the files were listed.
    const actual = realpathSync.native(full);
    if (!actual.startsWith(root.endsWith(sep) ? root : root + sep))
      throw new UserError(`${file} leads out of the repository and is not read.`);
    const { size } = statSync(actual);
    if (size > maxFileSize)
      throw new UserError(
        `${file} is larger than ${maxFileSize / 1024 / 1024} MB and is not read.`,
      );
    // Small files are read in less time than it takes to have another thread read them.
    return size < smallFile ? readFileSync(actual) : await readFile(actual);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file} cannot be read: ${messageOf(error)}.`);
  }
}
