import { gitIn } from './command.ts';

export interface Commit {
  id: string;
  /** First line of its message. */
  subject: string;
  author: string;
  /** RFC 3339; when it was made. */
  date: string;
}

/**
 * The commits that changed one of the paths, the newest first, following first parents: of a merged branch the
 * merge, since that is what was deployed. `from` names commits, by default what is checked out. Reads only, and
 * starts nothing that the folder names. Throws what git said where a commit is not known.
 */
export async function history(
  root: string,
  paths: readonly string[],
  options: { limit: number; from?: readonly string[]; signal?: AbortSignal },
): Promise<Commit[]> {
  const { limit, from = ['HEAD'], signal } = options;
  // A repository's configuration could let `git log` verify signatures, by a program of its choice.
  const only = ['--first-parent', '--no-show-signature', '--no-decorate', `--max-count=${limit}`];
  const format = '--format=%H%x00%s%x00%an%x00%cI%x00';
  const args = ['log', ...only, format, '--end-of-options', ...from, '--', ...paths.map(literal)];
  const fields = (await gitIn(root, { signal }).raw(args)).split('\0');
  const commits: Commit[] = [];
  for (let at = 0; at + 4 <= fields.length; at += 4) {
    const [id = '', subject = '', author = '', date = ''] = fields.slice(at, at + 4);
    commits.push({ id: id.trim(), subject, author, date });
  }
  return commits;
}

/** A path as git takes it whatever characters it has, from the root of the repository. */
export function literal(path: string): string {
  return `:(top,literal)${path}`;
}
