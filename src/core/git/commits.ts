import { ask } from './command.ts';

/** A commit, and the state of the files that it is: two commits with one `tree` have the same files. */
export interface KnownCommit {
  id: string;
  tree: string;
}

/**
 * The commits that names mean (`HEAD`, `refs/remotes/origin/main`, an id), all by one git process; a name that means
 * none here is absent, and so is what is no name of a ref. Empty where there is no git.
 */
export async function commitsNamed(
  root: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, KnownCommit>> {
  const asked = [...new Set(names)].filter(name => name !== '' && !noName.test(name));
  if (asked.length === 0) return new Map();
  const input = asked.map(name => `${name}^{commit}\n${name}^{tree}\n`).join('');
  const answer = await ask(root, ['cat-file', '--batch-check=%(objectname)'], { signal, input });
  const ids = (answer ?? '').split('\n').map(line => (isId(line) ? line : undefined));
  return new Map(
    asked.flatMap((name, index) => {
      const [id, tree] = [ids[index * 2], ids[index * 2 + 1]];
      return id === undefined || tree === undefined ? [] : [[name, { id, tree }] as const];
    }),
  );
}

/** What `git check-ref-format` refuses: git would take it for an expression, and some of those are fatal. */
const noName = /[\p{Control} ~^:?*[\\]|@\{|\.\./u;

/** The names and addresses of the repository's remotes as its configuration has them. */
export async function remotesOf(
  root: string,
  signal?: AbortSignal,
): Promise<{ name: string; url: string }[]> {
  const command = ['config', '--local', '--get-regexp', '^remote\\..*\\.url$'];
  const lines = ((await ask(root, command, { signal })) ?? '').split('\n');
  return lines.flatMap(line => {
    const [, name, url] = /^remote\.(.*)\.url (.*)$/.exec(line) ?? [];
    return name === undefined || url === undefined ? [] : [{ name, url: url.trim() }];
  });
}

/** True for a commit that some branch of a remote had when it was last fetched or pushed to. */
export async function isOnRemote(
  root: string,
  commit: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const only = ['--count=1', '--format=%(refname)', `--contains=${commit}`, 'refs/remotes'];
  return ((await ask(root, ['for-each-ref', ...only], { signal })) ?? '').trim() !== '';
}

/** Paths that differ between two commits; of a renamed file both. Undefined where git does not know one of them. */
export async function filesBetween(
  root: string,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<string[] | undefined> {
  const options = ['-r', '-z', '--name-only', '--no-renames', '--end-of-options'];
  const said = await ask(root, ['diff-tree', ...options, from, to], { signal });
  return said?.split('\0').filter(path => path !== '');
}

export type Ancestry =
  /** Of both; it may be one of them. */
  | { kind: 'base'; commit: string }
  /** They have no commit in common. */
  | { kind: 'unrelated' }
  /** The history is not here in full (a shallow clone, a commit that was not fetched). */
  | { kind: 'unknown' };

/** The newest commit that two have in common. */
export async function ancestryOf(
  root: string,
  a: string,
  b: string,
  signal?: AbortSignal,
): Promise<Ancestry> {
  if (a === b) return { kind: 'base', commit: a };
  const found = (await ask(root, ['merge-base', '--end-of-options', a, b], { signal }))?.trim();
  if (found !== undefined && isId(found)) return { kind: 'base', commit: found };
  const shallow = await ask(root, ['rev-parse', '--is-shallow-repository'], { signal });
  const known = await commitsNamed(root, [a, b], signal);
  return { kind: shallow?.trim() === 'false' && known.size === 2 ? 'unrelated' : 'unknown' };
}

function isId(text: string): boolean {
  return /^[0-9a-f]{40,64}$/.test(text);
}
