import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sourceKey } from '../../scripts/build-upstream.ts';
import { fillFolder } from '../../scripts/lib/atomic.ts';
import { findGo } from '../../scripts/lib/go.ts';
import { run } from '../../scripts/lib/run.ts';
import { userCache } from '../../scripts/lib/user-cache.ts';
import { UserError } from '../../src/core/lib/errors.ts';

type Log = (line: string) => void;

/** Programs that the tests are run against, built from the Go modules beside this file. */
interface Part {
  /** The module's folder. */
  name: string;
  says: string;
  packages: string[];
  ldflags: string;
}

const version = 'k8s.io/component-base/version';
const kube: Part = {
  name: 'kube',
  says: 'a Kubernetes control plane and kubectl (about six minutes the first time, then kept)',
  packages: ['.'],
  ldflags: `-s -w -X ${version}.gitVersion=v1.36.4 -X ${version}.gitMajor=1 -X ${version}.gitMinor=36`,
};
const tools: Part = {
  name: 'tools',
  says: 'kustomize, helm and kubeconform (about a minute the first time, then kept)',
  packages: [
    'sigs.k8s.io/kustomize/kustomize/v5',
    'helm.sh/helm/v4/cmd/helm',
    'github.com/yannh/kubeconform/cmd/kubeconform',
  ],
  ldflags: '-s -w',
};

/** Builds what is missing of both parts. Throws a `UserError` where it cannot. */
export async function buildServers(log: Log = toStderr): Promise<void> {
  await buildKube(log);
  await buildTools(log);
}

/** Builds the control plane if it is missing; the program's path is `kubeProgram()`. */
export function buildKube(log: Log = toStderr): Promise<string> {
  return provide(kube, log);
}

/** Builds the tools if they are missing; answers `toolsDirectory()`. */
export function buildTools(log: Log = toStderr): Promise<string> {
  return provide(tools, log);
}

/** Folder with the programs `kustomize`, `helm` and `kubeconform`, once they are built. */
export function toolsDirectory(): string {
  return folderOf(tools);
}

/** The program that is etcd, kube-apiserver, kube-controller-manager and kubectl (`kube/main.go`). */
export function kubeProgram(): string {
  return join(folderOf(kube), process.platform === 'win32' ? 'kube.exe' : 'kube');
}

/** Each state of a module has a folder of its own in the user's cache. */
function folderOf(part: Part): string {
  const source = join(import.meta.dirname, part.name);
  const key = createHash('sha256').update(`${sourceKey(source)} ${part.ldflags} ${part.packages}`);
  return join(userCache(), 'servers', `${part.name}-${key.digest('hex').slice(0, 20)}`);
}

/** Builds once, whoever asks first; the others wait. */
async function provide(part: Part, log: Log): Promise<string> {
  const folder = folderOf(part);
  if (existsSync(folder)) return folder;
  const source = join(import.meta.dirname, part.name);
  const release = await lock(`${folder}.lock`);
  try {
    if (!existsSync(folder)) await fillFolder(folder, into => compile(part, source, into, log));
  } finally {
    await release();
  }
  return folder;
}

async function compile(part: Part, source: string, into: string, log: Log): Promise<void> {
  const go = await findGo(log);
  log(`Building ${part.says} …`);
  const start = Date.now();
  const args = ['build', '-p', String(availableParallelism()), '-trimpath', '-buildvcs=false'];
  const { status, error } = await run(
    go,
    [...args, '-ldflags', part.ldflags, '-o', `${into}/`, ...part.packages],
    {
      cwd: source,
      env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOWORK: 'off', GOFLAGS: '' },
    },
  );
  if (status !== 0)
    throw new UserError(
      `test/servers/${part.name} could not be built; \`go build\` says:\n${error.trim()}`,
    );
  log(`Built in ${Math.round((Date.now() - start) / 1000)} s.`);
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
