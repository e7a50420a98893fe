import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';
import { messageOf, UserError } from '../lib/errors.ts';

export interface GitOptions {
  signal?: AbortSignal;
  /** Standard input of the command. */
  input?: string;
  /** Names of the repository's content filters (`filter.<name>`), which are programs, to switch off. */
  filters?: readonly string[];
}

/**
 * git in a folder, such that the folder decides nothing: what its configuration may name as a program
 * (file system monitor, hooks, filters) or as an address (lazy fetches of a partial clone) is switched off.
 * Throws a `UserError` when there is no such folder.
 */
export function gitIn(folder: string, options: GitOptions = {}): SimpleGit {
  assertFolder(folder);
  const { signal, input, filters = [] } = options;
  const git = simpleGit({
    baseDir: folder,
    config: [
      'core.fsmonitor=false',
      `core.hooksPath=${nowhere}`,
      ...filters.flatMap(withoutFilter),
    ],
    unsafe: { allowUnsafeFsMonitor: true, allowUnsafeHooksPath: true, allowUnsafeFilter: true },
    allowEnvironment: Object.keys(quiet),
    ...(signal && { abort: signal }),
    ...(input !== undefined && { input: () => input }),
  });
  return git.env(environment());
}

/** Throws a `UserError` when the path is no folder. */
export function assertFolder(folder: string): void {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`There is no folder ${folder}; name the repository's folder with --repo.`);
}

/** What git prints, without the last line break; undefined when it fails, as without a repository. */
export async function ask(
  root: string,
  command: string[],
  options: GitOptions = {},
): Promise<string | undefined> {
  // Where there is no repository git need not be started to say so.
  if (!hasGit(root)) return undefined;
  try {
    return (await gitIn(root, options).raw(command)).replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof UserError || options.signal?.aborted) throw error;
    return undefined;
  }
}

/** The folder of the repository that a folder is in, which may be itself; undefined where there is none. */
export function repositoryAround(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (hasGit(at)) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** True for the root folder of a repository, bare ones too. */
function hasGit(folder: string): boolean {
  return existsSync(join(folder, '.git')) || isBare(folder);
}

function isBare(folder: string): boolean {
  return ['HEAD', 'objects', 'refs'].every(name => existsSync(join(folder, name)));
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

/** A folder of hooks that has none. */
export const nowhere = process.platform === 'win32' ? 'NUL' : '/dev/null';

/** Neither network nor prompts nor locks, whatever the repository's configuration allows. */
const quiet: Record<string, string> = {
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_LAZY_FETCH: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
};

/** What git needs of ours: where it is, and where the person's own configuration is; messages in English. */
function environment(): Record<string, string> {
  const names = [
    'PATH',
    'HOME',
    'XDG_CONFIG_HOME',
    'TMPDIR',
    'USERPROFILE',
    'APPDATA',
    'SystemRoot',
    'PATHEXT',
    'TEMP',
  ];
  const own = names.flatMap(name => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(own), LC_ALL: 'C', ...quiet };
}

function withoutFilter(name: string): string[] {
  const keys = ['clean', 'smudge', 'process'].map(key => `filter.${name}.${key}=`);
  return [...keys, `filter.${name}.required=false`];
}
