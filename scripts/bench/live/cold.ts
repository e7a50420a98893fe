import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { ControlPlane } from '../../../test/servers/start.ts';
import { type Run, run } from '../../lib/run.ts';
import { type FleetObject, fleetObjects } from './fleet.ts';

const cli = resolve(import.meta.dirname, '../../../dist/cli.cjs');

/** How many of each kind somebody edited by hand: 50. */
const edited = { ConfigMap: 20, Deployment: 15, Service: 10, Role: 5 };

/** The first object of a kind in as many applications as are edited. */
export function editedObjects(applications: number): FleetObject[] {
  return fleetObjects(applications).filter(({ kind, name }) => {
    const [app, index] = name.split('-').slice(1).map(Number);
    return index === 0 && (app ?? 0) < edited[kind];
  });
}

/** Milliseconds of a cold process each, by turns. */
export interface ColdTimes {
  /** Where the server was not asked about this before. */
  ours: number[];
  /** The same once more. */
  again: number[];
  kubectl: number[];
  /** The same with eight objects at a time. */
  kubectlParallel: number[];
  /** A process that only lists the kinds. */
  lists: number[];
}

/** Throws when one of them does not find exactly the 50. */
export async function coldTimes(
  folder: string,
  plane: ControlPlane,
  rounds: number,
): Promise<ColdTimes> {
  const times: ColdTimes = { ours: [], again: [], kubectl: [], kubectlParallel: [], lists: [] };
  const lister = await buildLister(folder);
  const diff = ['diff', '--server-side', '--force-conflicts', '-f', join(folder, 'apps')];
  // Node keeps the program compiled from its first run on, and Driftline the types that the server serves.
  await ourTime(folder, plane);
  for (let round = 0; round < rounds; round++) {
    times.ours.push(await firstTime(folder, plane));
    times.again.push(await ourTime(folder, plane));
    times.lists.push(await timed(() => node(plane, [lister]), 0, listed));
    times.kubectl.push(await timed(() => kubectl(plane, diff), 1, foundByKubectl));
    const parallel = [...diff, '--concurrency=8'];
    times.kubectlParallel.push(await timed(() => kubectl(plane, parallel), 1, foundByKubectl));
  }
  return times;
}

/** Milliseconds of one `driftline drift` of which the server was not asked anything before. */
export async function firstTime(folder: string, plane: ControlPlane): Promise<number> {
  await rm(join(cacheOf(folder), 'driftline', 'verdicts'), { recursive: true, force: true });
  return ourTime(folder, plane);
}

function ourTime(folder: string, plane: ControlPlane): Promise<number> {
  const args = [cli, 'drift', '--repo', folder, '--format', 'json'];
  const env = { XDG_CACHE_HOME: cacheOf(folder) };
  return timed(() => node(plane, args, env), 1, foundByUs);
}

function cacheOf(folder: string): string {
  return `${folder}-cache`;
}

async function buildLister(folder: string): Promise<string> {
  const outfile = join(folder, 'lister.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'lister.ts')],
    ...{ outfile, bundle: true, minify: true, platform: 'node', format: 'cjs', target: 'node22' },
    mainFields: ['module', 'main'],
  });
  return outfile;
}

async function timed(
  work: () => Promise<Run>,
  status: number,
  found: (run: Run) => number,
): Promise<number> {
  const start = performance.now();
  const result = await work();
  const time = performance.now() - start;
  if (result.status !== status) throw new Error(`it ended with ${result.status}: ${result.error}`);
  const count = found(result);
  if (status === 1 && count !== 50) throw new Error(`found ${count} of 50 differences`);
  return time;
}

function foundByUs({ output }: Run): number {
  const { environments } = JSON.parse(output) as {
    environments: { counts: Record<string, number> }[];
  };
  const { synced = 0, drifted = 0, ...others } = environments[0]?.counts ?? {};
  return synced > 0 && Object.values(others).every(count => count === 0) ? drifted : -1;
}

function foundByKubectl({ output }: Run): number {
  return output.split('\n').filter(line => line.startsWith('diff -u -N')).length;
}

function listed({ output }: Run): number {
  return Number(output);
}

function node({ kubeconfig }: ControlPlane, args: string[], more = {}): Promise<Run> {
  const env = { ...process.env, KUBECONFIG: kubeconfig, ...more };
  return run(process.execPath, args, { env });
}

export function kubectl(plane: ControlPlane, args: string[]): Promise<Run> {
  const context = ['--kubeconfig', plane.kubeconfig, '--context', 'admin'];
  return run(plane.program, ['kubectl', ...context, ...args]);
}
