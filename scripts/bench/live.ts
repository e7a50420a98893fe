import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type ControlPlane, startControlPlane } from '../../test/servers/start.ts';
import { buildAll } from '../build.ts';
import { type Run, run } from '../lib/run.ts';
import { type BenchTable, benchRow, median } from './table.ts';

const rounds = 5;
const namespace = 'bench';
const applications = 100;
/** Each application is four ConfigMaps, three Deployments, two Services and a Role. */
const perApplication = { ConfigMap: 4, Deployment: 3, Service: 2, Role: 1 };
/** How many of each kind somebody edited by hand. */
const edited = { ConfigMap: 20, Deployment: 15, Service: 10, Role: 5 };

type Kind = keyof typeof perApplication;

/**
 * 1,000 objects of which 50 were edited by hand, on a real API server: `driftline drift` as a process
 * beside `kubectl diff --server-side --force-conflicts`, by turns. Throws when either does not find
 * exactly the 50.
 */
export async function benchLive(
  log: (line: string) => void = line => process.stderr.write(`${line}\n`),
): Promise<BenchTable> {
  await buildAll(log);
  const folder = await mkdtemp(join(tmpdir(), 'driftline-bench-'));
  const { plane, stop } = await startControlPlane(log);
  try {
    await prepare(folder, plane);
    log('Applied 1,000 objects and edited 50.');
    const times = await measure(folder, plane);
    const row = benchRow('1,000 objects, 50 drifted', median(times.ours), median(times.peer));
    return {
      title: 'driftline drift / kubectl diff --server-side --force-conflicts',
      unit: `milliseconds, median of ${rounds}`,
      rows: [row],
    };
  } finally {
    await stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string, plane: ControlPlane) {
  const times = { ours: [] as number[], peer: [] as number[] };
  const cli = resolve(import.meta.dirname, '../../dist/cli.cjs');
  const ours = () =>
    run(process.execPath, [cli, 'drift', '--repo', folder, '--format', 'json'], {
      env: { ...process.env, KUBECONFIG: plane.kubeconfig },
    });
  const diff = ['diff', '--server-side', '--force-conflicts', '-f', join(folder, 'apps')];
  for (let round = 0; round < rounds; round++) {
    times.ours.push(await timed(ours, foundByUs));
    times.peer.push(await timed(() => kubectl(plane, diff), foundByKubectl));
  }
  return times;
}

async function timed(work: () => Promise<Run>, found: (run: Run) => number): Promise<number> {
  const start = performance.now();
  const result = await work();
  const time = performance.now() - start;
  const count = result.status === 1 ? found(result) : -1;
  if (count !== 50)
    throw new Error(`found ${count} of 50 differences (status ${result.status}): ${result.error}`);
  return time;
}

function foundByUs({ output }: Run): number {
  const { environments } = JSON.parse(output) as {
    environments: { counts: Record<string, number> }[];
  };
  const { synced = 0, drifted = 0 } = environments[0]?.counts ?? {};
  return synced === 950 ? drifted : -1;
}

function foundByKubectl({ output }: Run): number {
  return output.split('\n').filter(line => line.startsWith('diff -u -N')).length;
}

/** The repository, the namespace with what it says, and the edits. */
async function prepare(folder: string, plane: ControlPlane): Promise<void> {
  await mkdir(join(folder, 'apps'));
  await writeFile(join(folder, 'driftline.yaml'), settings);
  for (let app = 0; app < applications; app++) {
    const documents = objectsOf(app).map(object => JSON.stringify(object, null, 2));
    await writeFile(join(folder, 'apps', `app-${app}.yaml`), `${documents.join('\n---\n')}\n`);
  }
  const edits = join(folder, 'edits.json');
  const items = editedObjects();
  await writeFile(edits, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await must(kubectl(plane, ['create', 'namespace', namespace]));
  const apply = ['apply', '--server-side', '--force-conflicts'];
  await must(kubectl(plane, [...apply, '-f', join(folder, 'apps')]));
  await must(kubectl(plane, [...apply, '--field-manager=by-hand', '-f', edits]));
  await rm(edits);
  await settle(plane);
}

const settings = `version: 1
environments:
- name: bench
  source: { path: apps }
  cluster: { context: admin }
  namespace: ${namespace}
  manager: { mode: ssa, name: kubectl }
`;

function objectsOf(app: number): object[] {
  const kinds = Object.entries(perApplication) as [Kind, number][];
  return kinds.flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, index) => make[kind](`app-${app}-${index}`, 1)),
  );
}

/** The first object of a kind in as many applications as are edited. */
function editedObjects(): object[] {
  const kinds = Object.entries(edited) as [Kind, number][];
  return kinds.flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, app) => make[kind](`app-${app}-0`, 2)),
  );
}

/** An object of each kind; `edition` 2 is what somebody made of it by hand. */
const make: Record<Kind, (name: string, edition: number) => object> = {
  ConfigMap: (name, edition) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(name),
    data: { 'log-level': edition === 1 ? 'info' : 'debug', greeting: `Hello from ${name}` },
  }),
  Deployment: (name, edition) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(name),
    spec: {
      replicas: edition,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'app',
              image: `registry.example/${name}:1.${edition}`,
              ports: [{ containerPort: 8080 }],
              resources: { requests: { cpu: '100m', memory: '64Mi' } },
            },
          ],
        },
      },
    },
  }),
  Service: (name, edition) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(name),
    spec: {
      selector: { app: name },
      ports: [{ name: 'http', port: 80, targetPort: 8079 + edition }],
    },
  }),
  Role: (name, edition) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: metadata(name),
    rules: [
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get', edition === 1 ? 'list' : '*'] },
    ],
  }),
};

function metadata(name: string): object {
  return { name, namespace, labels: { 'app.kubernetes.io/name': name } };
}

/** The controllers make a Pod of every Deployment, which nobody schedules; then it is quiet. */
async function settle(plane: ControlPlane): Promise<void> {
  const pods = ['get', 'pods', '--namespace', namespace, '--output', 'name'];
  const expected = applications * perApplication.Deployment;
  for (let attempt = 0; attempt < 120; attempt++) {
    const { output } = await kubectl(plane, pods);
    if (output.trim().split('\n').length >= expected) break;
    await wait(500);
  }
  await wait(3000);
}

function kubectl(plane: ControlPlane, args: string[]): Promise<Run> {
  const context = ['--kubeconfig', plane.kubeconfig, '--context', 'admin'];
  return run(plane.program, ['kubectl', ...context, ...args]);
}

async function must(result: Promise<Run>): Promise<void> {
  const { status, error } = await result;
  if (status !== 0) throw new Error(error);
}

if (import.meta.main) {
  const { rows, title, unit } = await benchLive();
  process.stdout.write(`${title} (${unit})\n${JSON.stringify(rows)}\n`);
}
