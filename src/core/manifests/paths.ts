import { posix } from 'node:path';

/** The folder of a repository path; `''` is the root. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Every folder a path is in, the nearest first; the root (`''`) last. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  let at = path;
  do {
    at = folderOf(at);
    folders.push(at);
  } while (at !== '');
  return folders;
}

/** A reference written in a file of `folder`, as a path from the root; undefined when it leads out. */
export function resolveReference(folder: string, reference: string): string | undefined {
  if (posix.isAbsolute(reference)) return undefined;
  const path = posix.join(folder, reference).replace(/\/$/, '');
  if (path === '..' || path.startsWith('../')) return undefined;
  return path === '.' ? '' : path;
}
