import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sourceKey } from '../../scripts/build-upstream.ts';
import { fillFolder } from '../../scripts/lib/atomic.ts';
import { findGo } from '../../scripts/lib/go.ts';
import { run } from '../../scripts/lib/run.ts';
import { UserError } from '../../src/core/lib/errors.ts';
import { userCache } from '../../src/core/lib/user-cache.ts';
import { type Part, parts } from './parts.ts';

type Log = (line: string) => void;

/** Builds what is missing of all parts. Throws a `UserError` where it cannot. */
export async function buildServers(log: Log = toStderr): Promise<void> {
  for (const part of Object.values(parts)) await buildPart(part, log);
}

/** Builds a part if it is missing and answers its folder; once, whoever asks first: the others wait. */
export async function buildPart(part: Part, log: Log = toStderr): Promise<string> {
  const folder = folderOf(part);
  if (existsSync(folder)) return folder;
  const release = await lock(`${folder}.lock`);
  try {
    if (!existsSync(folder)) await fillFolder(folder, into => make(part, into, log));
  } finally {
    await release();
  }
  return folder;
}

/** Folder with the programs `kustomize`, `helm` and `kubeconform`, once they are built. */
export function toolsDirectory(): string {
  return folderOf(parts.tools);
}

/** The program that is etcd, the parts of Kubernetes and kubectl (`kube/main.go`), once it is built. */
export function kubeProgram(): string {
  return join(folderOf(parts.kube), process.platform === 'win32' ? 'kube.exe' : 'kube');
}

/** Each state of a part has a folder of its own in the user's cache. */
function folderOf({ name, module, says: _, ...built }: Part): string {
  const source = sourceKey(join(import.meta.dirname, module));
  const key = createHash('sha256').update(`${source} ${JSON.stringify(built)}`);
  return join(userCache(), 'servers', `${name}-${key.digest('hex').slice(0, 20)}`);
}

async function make(part: Part, into: string, log: Log): Promise<void> {
  const go = await findGo(log);
  log(`Building ${part.says} …`);
  const start = Date.now();
  const jobs = ['-p', String(availableParallelism())];
  const flags = [...jobs, '-trimpath', '-buildvcs=false', '-tags', part.tags ?? ''];
  await goIn(part, go, [
    ...['build', ...flags, '-ldflags', part.ldflags, '-o', `${into}/`],
    ...part.packages,
  ]);
  for (const { from, path, to } of part.data ?? []) {
    const answer = await goIn(part, go, ['mod', 'download', '-json', from]);
    const { Dir } = JSON.parse(answer) as { Dir: string };
    await copyWritable(join(Dir, path), join(into, to));
  }
  log(`Built in ${Math.round((Date.now() - start) / 1000)} s.`);
}

async function goIn(part: Part, go: string, args: string[]): Promise<string> {
  const { status, output, error } = await run(go, args, {
    cwd: join(import.meta.dirname, part.module),
    env: {
      ...process.env,
      CGO_ENABLED: part.cgo ? '1' : '0',
      GOTOOLCHAIN: 'local',
      GOWORK: 'off',
      GOFLAGS: '-mod=readonly',
    },
  });
  if (status === 0) return output;
  throw new UserError(
    `test/servers/${part.module} could not be built; \`go ${args[0]}\` says:\n${(error || output).trim()}`,
  );
}

/** What Go keeps is read-only and could not be deleted with the folder. */
async function copyWritable(from: string, to: string): Promise<void> {
  const found = await stat(from);
  if (found.isFile()) {
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, to);
    return chmod(to, found.mode | 0o200);
  }
  for (const name of await readdir(from)) await copyWritable(join(from, name), join(to, name));
}

/** A lock folder that tells who holds it; one whose holder is gone does not count. */
async function lock(folder: string): Promise<() => Promise<void>> {
  await mkdir(dirname(folder), { recursive: true });
  const holder = join(folder, 'pid');
  for (;;) {
    try {
      await mkdir(folder);
      await writeFile(holder, String(process.pid));
      return () => rm(folder, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (await isAbandoned(folder, holder)) await rm(folder, { recursive: true, force: true });
    else await wait(500);
  }
}

async function isAbandoned(folder: string, holder: string): Promise<boolean> {
  const pid = Number(await readFile(holder, 'utf8').catch(() => '0'));
  if (pid === 0) {
    // Made a moment ago and not yet signed, or left in that moment.
    const made = await stat(folder).catch(() => undefined);
    return made !== undefined && Date.now() - made.mtimeMs > 10_000;
  }
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function toStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}

if (import.meta.main) await buildServers();
