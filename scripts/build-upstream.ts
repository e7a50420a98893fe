import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, link, mkdir, rename, rm } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { UserError } from '../src/core/lib/errors.ts';
import { userCache } from '../src/core/lib/user-cache.ts';
import { fillFolder } from './lib/atomic.ts';
import { findGo } from './lib/go.ts';
import { run } from './lib/run.ts';

const root = resolve(import.meta.dirname, '..');
/** What `buildMetadata: [managedByLabel]` writes; the release that has the pinned version of kustomize's api. */
const kustomizeVersion = 'sigs.k8s.io/kustomize/api/provenance.version=kustomize/v5.8.1';
const flags = ['-trimpath', '-buildvcs=false', `-ldflags=-s -w -X ${kustomizeVersion}`];

type Log = (line: string) => void;

/** What a program runs on, in Node's words. */
export interface Platform {
  os: string;
  arch: string;
}

const here: Platform = { os: process.platform, arch: process.arch };
/** Go's words where they are not Node's. */
const goNames: Record<string, string> = { win32: 'windows', x64: 'amd64', ia32: '386' };

/** Puts the Go programs of `upstream/` into `dist/bin`. Throws a `UserError` where it cannot. */
export async function buildUpstream(log: Log): Promise<void> {
  for (const program of await buildPrograms(log))
    await place(program, join(root, 'dist', 'bin', basename(program)));
}

/**
 * Builds the Go programs of `upstream/` and answers where they lie. Each is built once per state of its sources
 * and platform, into the user's cache, so that further checkouts and builds take no time. Throws a `UserError`
 * where it cannot.
 */
export async function buildPrograms(log: Log, platform = here): Promise<string[]> {
  const sources = join(root, 'upstream');
  const names = readdirSync(sources).filter(name => existsSync(join(sources, name, 'go.mod')));
  const programs: string[] = [];
  for (const name of names) programs.push(await provide(name, join(sources, name), platform, log));
  return programs;
}

async function provide(
  name: string,
  source: string,
  platform: Platform,
  log: Log,
): Promise<string> {
  const folder = join(userCache(), 'upstream', sourceKey(source, platform));
  const program = join(folder, platform.os === 'win32' ? `${name}.exe` : name);
  if (!existsSync(program))
    await fillFolder(folder, into =>
      compile(name, source, join(into, basename(program)), platform, log),
    );
  return program;
}

async function compile(
  name: string,
  source: string,
  program: string,
  { os, arch }: Platform,
  log: Log,
): Promise<void> {
  const go = await findGo(log);
  log(
    `Building the ${name} for ${os}-${arch} (Go; two to five minutes the first time, then kept) …`,
  );
  const start = Date.now();
  const { status, error } = await run(go, ['build', ...flags, '-o', program, '.'], {
    cwd: source,
    env: {
      ...process.env,
      CGO_ENABLED: '0',
      GOOS: goNames[os] ?? os,
      GOARCH: goNames[arch] ?? arch,
      GOTOOLCHAIN: 'local',
      GOWORK: 'off',
    },
  });
  if (status !== 0)
    throw new UserError(`The ${name} could not be built; \`go build\` says:\n${error.trim()}`);
  log(`Built the ${name} in ${Math.round((Date.now() - start) / 1000)} s.`);
}

/** Changes with the sources that are compiled, the flags and the platform. */
export function sourceKey(source: string, { os, arch } = here): string {
  const hash = createHash('sha256').update(`${os} ${arch} ${flags}`);
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
