import { statSync } from 'node:fs';
import { type SimpleGit, simpleGit } from 'simple-git';
import { messageOf, UserError } from '../lib/errors.ts';

/**
 * git in a folder, such that the folder decides nothing: what its configuration may name as a program
 * (file system monitor, hooks) or as an address (lazy fetches of a partial clone) is switched off.
 * Throws a `UserError` when there is no such folder.
 */
export function gitIn(
  folder: string,
  options: { signal?: AbortSignal; input?: string } = {},
): SimpleGit {
  assertFolder(folder);
  const { signal, input } = options;
  return simpleGit({
    baseDir: folder,
    config: ['core.fsmonitor=false', `core.hooksPath=${nowhere}`, 'protocol.allow=never'],
    unsafe: {
      allowUnsafeFsMonitor: true,
      allowUnsafeHooksPath: true,
      allowUnsafeProtocolOverride: true,
    },
    ...(signal && { abort: signal }),
    ...(input !== undefined && { input: () => input }),
  });
}

/** Throws a `UserError` when the path is no folder. */
export function assertFolder(folder: string): void {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`There is no folder ${folder}; name the repository's folder with --repo.`);
}

export type GitTrouble = 'missing' | 'no-repository' | 'other';

/** Why git did not answer: it is not installed, the folder is no repository of its own, or it said so. */
export function troubleOf(error: unknown): GitTrouble {
  const message = messageOf(error);
  if (/spawn git ENOENT|spawn .*ENOENT/.test(message)) return 'missing';
  if (/not a git repository|must be run in a work tree/i.test(message)) return 'no-repository';
  return 'other';
}

/** The first line of what git said, without its `fatal:`. */
export function gitMessage(error: unknown): string {
  const line = messageOf(error)
    .split('\n')
    .find(text => text.trim() !== '');
  return (line ?? 'git failed').replace(/^(?:Error: )?(?:fatal|error): /, '').trim();
}

const nowhere = process.platform === 'win32' ? 'NUL' : '/dev/null';
