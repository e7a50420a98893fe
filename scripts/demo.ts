import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../src/core/lib/errors.ts';
import { history, type Step } from './demo/history.ts';

const files = join(import.meta.dirname, 'demo/fixtures/repository');
const snapshots = join(import.meta.dirname, 'demo/fixtures/live');

/**
 * The moment at which the stored snapshots count as taken; `demo/capture.ts` writes their times to
 * suit.
 */
export const takenAt = '2026-01-01T12:00:00Z';

/**
 * Writes the demo repository into a folder, which is made if need be: its git history, and in
 * `live` snapshots of its two clusters as they would be at `now`. Staging runs what git says;
 * production was edited by hand. Needs git, no server and no network; neither git settings nor
 * hooks of the user take part.
 */
export async function makeDemo(
  directory: string,
  now = new Date(),
): Promise<{ repository: string }> {
  await mkdir(directory, { recursive: true });
  await startRepository(directory);
  for (const step of history) await commit(directory, step);
  const revision = await git(directory, ['rev-parse', 'HEAD']);
  await mkdir(join(directory, 'live'));
  for (const environment of ['staging', 'production']) {
    const text = await readFile(join(snapshots, `${environment}.yaml`), 'utf8');
    const current = asOf(text, now).replaceAll(/(?<=sha1:)[0-9a-f]{40}/g, revision.trim());
    await writeFile(join(directory, 'live', `${environment}.yaml`), current);
  }
  return { repository: directory };
}

/** An empty repository with the address that Flux knows it by, in another spelling. */
export async function startRepository(directory: string): Promise<void> {
  await git(directory, ['init', '--quiet', '--template=', '--initial-branch=main']);
  await git(directory, ['remote', 'add', 'origin', 'https://git.example/shop/shop.git']);
}

/** Moves every time of a stored snapshot, so that it was taken at `now`. */
export function asOf(text: string, now: Date): string {
  const shift = now.getTime() - Date.parse(takenAt);
  return text.replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, time =>
    new Date(Date.parse(time) + shift).toISOString().replace(/\.\d+/, ''),
  );
}

export async function commit(directory: string, step: Step): Promise<void> {
  for (const path of [...(step.add ?? []), ...(step.finish ?? [])])
    await cp(join(files, path), join(directory, path), { recursive: true });
  for (const [path, text] of Object.entries(step.text ?? {})) await write(directory, path, text);
  const earlier = Map.groupBy(step.before ?? [], ([path]) => path);
  for (const [path, changes] of earlier) {
    const last = await readFile(join(files, path), 'utf8');
    await write(directory, path, changes.reduce(asBefore, last));
  }
  for (const path of step.remove ?? []) await rm(join(directory, path));
  await git(directory, ['add', '--all']);
  await git(directory, ['commit', '--quiet', `--message=${step.message}`], step);
}

function asBefore(text: string, [path, last, then]: readonly [string, string, string]): string {
  if (!text.includes(last)) throw new Error(`${path} of the demo does not say ${last}`);
  return text.replace(last, () => then);
}

async function write(directory: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), text);
}

async function git(directory: string, args: readonly string[], step?: Step): Promise<string> {
  const [, name = '', email = ''] = /^(.*) <(.*)>$/.exec(step?.author ?? '') ?? [];
  const options = ['core.autocrlf=false', 'core.fsmonitor=false', `core.hooksPath=${devNull}`];
  const settings = [...options, 'commit.gpgSign=false', 'gc.auto=0'].flatMap(option => [
    '-c',
    option,
  ]);
  const inherited = Object.entries(process.env).filter(
    ([variable]) => !variable.startsWith('GIT_'),
  );
  const running = promisify(execFile)('git', [...settings, ...args], {
    cwd: directory,
    env: {
      ...Object.fromEntries(inherited),
      GIT_CONFIG_GLOBAL: devNull,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_AUTHOR_DATE: step?.date,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
      GIT_COMMITTER_DATE: step?.date,
    },
  });
  const { stdout } = await running.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new UserError('The demo repository needs git: install it and try again.');
  });
  return stdout;
}
