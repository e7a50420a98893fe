import { realpathSync } from 'node:fs';
import { UserError } from '../lib/errors.ts';
import type { Repository } from '../model/repository.ts';
import { ask, assertFolder, repositoryAround } from './command.ts';
import { openRevision } from './revision.ts';
import { openWorkingTree } from './working-tree.ts';

/**
 * Opens the repository at a folder: its working tree, or the commit that `revision` names. A folder
 * without git, or a machine without it, has a working tree too. Throws a `UserError` when there is no such
 * folder or revision, or the repository is bare and no revision is named.
 */
export async function openRepository(
  root: string,
  options: { revision?: string; signal?: AbortSignal } = {},
): Promise<Repository> {
  const { revision, signal } = options;
  assertFolder(root);
  if (revision !== undefined) return openRevision(root, revision, signal);
  if ((await ask(root, ['rev-parse', '--is-bare-repository'])) === 'true')
    throw new UserError(
      `${root} is a bare repository, which has no files of its own; name what to read with --revision.`,
    );
  return openWorkingTree(root, signal);
}

/**
 * The root folder of the repository around a folder, or a bare repository's own; the folder itself where
 * there is none. Found by looking for `.git`, since git would believe a configuration that names another
 * place. Throws a `UserError` when there is no such folder.
 */
export function findRoot(folder: string): string {
  assertFolder(folder);
  const start = realpathSync(folder);
  return repositoryAround(start) ?? start;
}

/** The commit that is checked out; undefined before the first commit and where there is no git. */
export async function headRevision(root: string): Promise<string | undefined> {
  return (await ask(root, ['rev-parse', '--verify', '--quiet', 'HEAD'])) || undefined;
}

/** The commit that the checked-out branch's upstream was at when it was last fetched; undefined without one. */
export async function upstreamRevision(root: string): Promise<string | undefined> {
  return (await ask(root, ['rev-parse', '--verify', '--quiet', '@{upstream}'])) || undefined;
}

/** The branch that is checked out; undefined for a detached HEAD and where there is no git. */
export async function currentBranch(root: string): Promise<string | undefined> {
  return (await ask(root, ['symbolic-ref', '--quiet', '--short', 'HEAD'])) || undefined;
}

/** The addresses of the repository's remotes as its configuration has them, without duplicates. */
export async function remoteUrls(root: string): Promise<string[]> {
  const text = await ask(root, ['config', '--local', '--get-regexp', '^remote\\..*\\.url$']);
  const urls = (text ?? '').split('\n').map(line => line.slice(line.indexOf(' ') + 1).trim());
  return [...new Set(urls.filter(url => url !== ''))];
}

/** How many commits `to` has that `from` has not; undefined where git does not know one of them. */
export async function commitsBetween(
  root: string,
  from: string,
  to: string,
): Promise<number | undefined> {
  const count = await ask(root, [
    'rev-list',
    '--count',
    '--end-of-options',
    `${from}..${to}`,
    '--',
  ]);
  return count === undefined ? undefined : Number(count);
}

/**
 * The files that differ from the checked-out commit, untracked ones included, sorted; undefined where there
 * is no git. Content is compared as it is on disk: filters are programs of the repository's choice.
 */
export async function changedFiles(root: string): Promise<string[] | undefined> {
  const keys = (await ask(root, ['config', '--name-only', '--get-regexp', '^filter\\.'])) ?? '';
  const names = keys.split('\n').map(key => /^filter\.(.*)\.\w+$/.exec(key)?.[1]);
  const filters = [...new Set(names.filter(name => name !== undefined))];
  const status = ['status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=all'];
  const entries = (await ask(root, status, { filters }))?.split('\0');
  return entries
    ?.filter(entry => entry !== '')
    .map(entry => entry.slice('XY '.length))
    .sort();
}
