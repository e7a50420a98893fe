import { userGit } from './user.ts';

/** A file that differs from the checked-out commit. */
export interface FileChange {
  /** Relative to the repository's root. */
  path: string;
  /** untracked files are named one by one. */
  change: 'modified' | 'added' | 'deleted' | 'untracked';
}

/**
 * The files of the working tree that differ from the checked-out commit, staged or not, sorted; content is
 * compared as the user's filters have it. A renamed file is one deleted and one added.
 */
export async function changedInWorkingTree(
  root: string,
  signal?: AbortSignal,
): Promise<FileChange[]> {
  const status = ['status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=all'];
  const entries = (await userGit(root, status, { signal })).split('\0').filter(line => line !== '');
  const changes = new Map<string, FileChange['change']>();
  for (const entry of entries) {
    const path = entry.slice('XY '.length);
    // Staged as deleted, and there again: git lists it twice.
    changes.set(path, changes.has(path) ? 'modified' : changeOf(entry.slice(0, 2)));
  }
  return [...changes]
    .map(([path, change]) => ({ path, change }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Paths that differ between two commits, sorted; of a renamed file both. */
export async function changedBetween(
  root: string,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const args = [
    'diff-tree',
    '-r',
    '-z',
    '--name-only',
    '--no-renames',
    '--end-of-options',
    from,
    to,
  ];
  return (await userGit(root, args, { signal })).split('\0').filter(path => path !== '');
}

/** Two letters: how the index differs from the commit, and how the working tree differs from the index. */
function changeOf(code: string): FileChange['change'] {
  if (code === '??') return 'untracked';
  if (code.includes('D')) return 'deleted';
  return code.includes('A') ? 'added' : 'modified';
}
