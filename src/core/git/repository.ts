import { UserError } from '../lib/errors.ts';
import type { Repository } from '../model/repository.ts';
import { assertFolder, gitIn } from './command.ts';
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

/** The root folder of the repository around a folder; the folder itself where there is none. */
export async function findRoot(folder: string): Promise<string> {
  try {
    const top = await gitIn(folder).raw('rev-parse', '--show-toplevel');
    return top.trim() === '' ? folder : top.replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof UserError) throw error;
    return folder;
  }
}

/** The commit that is checked out; undefined before the first commit and where there is no git. */
export async function headRevision(root: string): Promise<string | undefined> {
  return ask(root, ['rev-parse', '--verify', '--quiet', 'HEAD']);
}

/** The branch that is checked out; undefined for a detached HEAD and where there is no git. */
export async function currentBranch(root: string): Promise<string | undefined> {
  return ask(root, ['symbolic-ref', '--quiet', '--short', 'HEAD']);
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

async function ask(root: string, command: string[]): Promise<string | undefined> {
  try {
    const answer = (await gitIn(root).raw(command)).trim();
    return answer === '' ? undefined : answer;
  } catch (error) {
    if (error instanceof UserError) throw error;
    return undefined;
  }
}
