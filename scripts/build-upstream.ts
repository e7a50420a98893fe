import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, link, mkdir, rename, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { UserError } from '../src/core/lib/errors.ts';
import { fillFolder } from './lib/atomic.ts';
import { findGo } from './lib/go.ts';
import { run } from './lib/run.ts';
import { userCache } from './lib/user-cache.ts';

const root = resolve(import.meta.dirname, '..');
const suffix = process.platform === 'win32' ? '.exe' : '';
const flags = ['-trimpath', '-buildvcs=false', '-ldflags=-s -w'];

/**
 * Puts the Go programs of `upstream/` into `dist/bin`. Each is built once per state of its sources, into the
 * user's cache, so that further checkouts and builds take no time. Throws a `UserError` where it cannot.
 */
export async function buildUpstream(log: (line: string) => void): Promise<void> {
  const sources = join(root, 'upstream');
  const names = readdirSync(sources).filter(name => existsSync(join(sources, name, 'go.mod')));
  for (const name of names) await provide(name, join(sources, name), log);
}

async function provide(name: string, source: string, log: (line: string) => void): Promise<void> {
  const folder = join(userCache(), 'upstream', sourceKey(source));
  const program = join(folder, `${name}${suffix}`);
  if (!existsSync(program)) await fillFolder(folder, into => compile(name, source, into, log));
  await place(program, join(root, 'dist', 'bin', `${name}${suffix}`));
}

async function compile(
  name: string,
  source: string,
  into: string,
  log: (line: string) => void,
): Promise<void> {
  const go = await findGo(log);
  log(`Building the ${name} (Go; two to five minutes the first time, then kept) …`);
  const start = Date.now();
  const { status, error } = await run(
    go,
    ['build', ...flags, '-o', join(into, `${name}${suffix}`), '.'],
    {
      cwd: source,
      env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOWORK: 'off' },
    },
  );
  if (status !== 0)
    throw new UserError(`The ${name} could not be built; \`go build\` says:\n${error.trim()}`);
  log(`Built the ${name} in ${Math.round((Date.now() - start) / 1000)} s.`);
}

/** Changes with the sources that are compiled, the flags and the platform. */
export function sourceKey(source: string): string {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${flags}`);
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !/_test\.go$|\.md$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .filter(file => !/[\\/]testdata[\\/]/.test(file))
    .sort();
  for (const file of files) {
    const text = readFileSync(file);
    hash.update(`\n${relative(source, file).replaceAll('\\', '/')} ${text.length}\n`).update(text);
  }
  return hash.digest('hex').slice(0, 20);
}

/** Links, or copies to another disk; whoever looks sees the old program or the new one. */
async function place(program: string, target: string): Promise<void> {
  await mkdir(join(target, '..'), { recursive: true });
  const temporary = `${target}.${process.pid}`;
  await link(program, temporary).catch(() => copyFile(program, temporary));
  await rename(temporary, target);
  await rm(temporary, { force: true }); // renaming onto a link to the same file leaves it
}

if (import.meta.main) {
  try {
    await buildUpstream(line => process.stderr.write(`${line}\n`));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}
