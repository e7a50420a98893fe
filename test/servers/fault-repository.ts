import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { Live } from '../../src/core/live/live.ts';
import { openLive } from '../../src/core/live/live-repository.ts';
import type { EnvironmentState } from '../../src/core/live/state.ts';
import { writeKubeconfig } from './fault-proxy.ts';
import { applyOn, kubectlOn } from './kubectl.ts';
import { kubectl } from './plane.ts';
import type { ControlPlane } from './start.ts';

export interface FaultRepository {
  live: Live;
  folder: string;
  /** The kubeconfig that is used; tests may write it. */
  kubeconfig: string;
  /** States of the objects as they are now: `Deployment web: drifted`. */
  states(): string[];
  environment(): EnvironmentState;
  /** Every set of states that was shown since the last time this was asked. */
  shown(): string[];
  /** Waits until it is shown, without asking for anything. */
  until(what: string, holds: () => boolean, timeout?: number): Promise<void>;
  close(): Promise<void>;
}

/** What the cluster runs of it: one object as declared, one that was changed by hand, one that is not there. */
export const usual = [
  'ConfigMap settings: synced',
  'Deployment web: drifted',
  'Service web: missing',
];

const objects = {
  'web.yaml': (namespace: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: ${namespace}, labels: { app: web } }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: "registry.example/web:1.8.2" }]
`,
  'settings.yaml': (namespace: string) => `apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: ${namespace} }
data: { LOG_LEVEL: info }
`,
  'service.yaml': (namespace: string) => `apiVersion: v1
kind: Service
metadata: { name: web, namespace: ${namespace} }
spec: { ports: [{ port: 80 }], selector: { app: web } }
`,
};

/** Puts what is declared there, and what differs. */
export async function fill(plane: ControlPlane, namespace: string): Promise<void> {
  const { default: yaml } = await import('yaml');
  const [web, settings] = [objects['web.yaml'], objects['settings.yaml']].map(make =>
    yaml.parse(make(namespace)),
  );
  await applyOn(plane, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  await applyOn(plane, [web, settings]);
  await kubectlOn(plane, ['scale', 'deployment/web', '--replicas=7', '-n', namespace]);
}

/** Opens a repository that is compared with a namespace of the cluster behind `server`, and waits for the result. */
export async function openFaultRepository(
  plane: ControlPlane,
  server: string,
  options: {
    namespace: string;
    files?: Record<string, string>;
    uid?: string;
    user?: object;
    /** What is waited for; `usual` when absent. */
    expected?: string[];
    /** Milliseconds. */
    patience?: number;
    /** Instead of the usual ones. */
    driftline?: string;
    kubeconfig?: object;
  },
): Promise<FaultRepository> {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-faults-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeKubeconfig(kubeconfig, plane, server, options.user);
  if (options.kubeconfig) writeFileSync(kubeconfig, JSON.stringify(options.kubeconfig));
  const { namespace, uid } = options;
  const declared = Object.entries(objects).map(([name, make]) => [name, make(namespace)] as const);
  const files: Record<string, string> = {
    ...Object.fromEntries(declared.map(([name, text]) => [`production/${name}`, text])),
    ...options.files,
    'driftline.yaml':
      options.driftline ??
      `version: 1
environments:
- name: production
  source: { path: production }
  cluster: { context: admin${uid ? `, uid: ${uid}` : ''} }
`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'repository', path)), { recursive: true });
    writeFileSync(join(folder, 'repository', path), text);
  }
  const live = await openLive({
    directory: join(folder, 'repository'),
    clusters: [],
    host: {
      log: () => {},
      trusted: () => true,
      secret: () => undefined,
      forges: () => ({}),
      kubeconfig: () => kubeconfig,
    },
  });
  const repository = opened(live, folder, kubeconfig);
  try {
    const expected = options.expected ?? usual;
    await repository.until(
      'the first comparison',
      () => same(repository.states(), expected),
      options.patience,
    );
    repository.shown();
    return repository;
  } catch (error) {
    await repository.close();
    throw error;
  }
}

function opened(live: Live, folder: string, kubeconfig: string): FaultRepository {
  const seen: string[] = [];
  const environment = () => live.environments()[0] as EnvironmentState;
  const states = () =>
    environment()
      .applications.flatMap(({ objects }) => objects)
      .map(({ resource, state }) => `${resource.kind} ${resource.name}: ${state}`)
      .sort();
  const stop = live.onChanged(() => {
    const { phase, stale } = environment();
    seen.push(`${phase}${stale ? ', stale,' : ''} ${states().join(', ')}`);
  });
  return {
    live,
    folder,
    kubeconfig,
    states,
    environment,
    shown: () => [...new Set(seen.splice(0))],
    until: (what, holds, timeout = 20_000) => until(live, what, holds, timeout),
    close: async () => {
      stop();
      await live.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function until(
  live: Live,
  what: string,
  holds: () => boolean,
  timeout: number,
): Promise<void> {
  if (holds()) return;
  await new Promise<void>((resolve, reject) => {
    const end = setTimeout(() => {
      stop();
      reject(new Error(`not seen: ${what}: ${JSON.stringify(live.environments(), undefined, 1)}`));
    }, timeout);
    const stop = live.onChanged(() => {
      if (!holds()) return;
      clearTimeout(end);
      stop();
      resolve();
    });
  });
}

export function same(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Nothing was shown but what was known before the fault, stale or not. */
export function expectNothingElse(
  repository: FaultRepository,
  { never = '' }: { never?: 'stale' | '' } = {},
): void {
  const states = usual.join(', ');
  const wanted = [
    `compared ${states}`,
    ...(never === 'stale' ? [] : [`compared, stale, ${states}`]),
  ];
  expect(repository.shown().filter(text => !wanted.includes(text))).toEqual([]);
}

/** What was not known while the fault lasted is seen afterwards, and nothing of it is stale. */
export async function expectRecoveryOf(
  repository: FaultRepository,
  namespace: string,
): Promise<void> {
  const isCurrent = () => repository.environment().stale === undefined;
  await repository.until('nothing stale', isCurrent, 45_000);
  expectNothingElse(repository);
  await kubectl(['create', 'service', 'clusterip', 'web', '--tcp=80', '-n', namespace]);
  const isMissing = () => repository.states().includes('Service web: missing');
  try {
    await repository.until('the service', () => !isMissing());
  } finally {
    await kubectl(['delete', 'service', 'web', '-n', namespace]);
  }
  await repository.until('no service', isMissing);
}

/** Waits until it is said that the cluster does not answer, why and since when; what is known stands. */
export async function expectStaleOf(
  repository: FaultRepository,
  reason: RegExp,
  from: number,
): Promise<void> {
  const stale = () => repository.environment().stale;
  await repository.until('stale', () => stale() !== undefined, 45_000);
  expect(stale()?.reason).toMatch(reason);
  expect(Date.parse(stale()?.since ?? '')).toBeGreaterThanOrEqual(from - 1000);
  expect(Date.parse(stale()?.since ?? '')).toBeLessThanOrEqual(Date.now());
  expect(repository.states()).toEqual(usual);
  const marked = () => repository.live.markers('production/web.yaml')[0]?.differences[0];
  await repository.until('a marker as of then', () => marked()?.stale !== undefined, 45_000);
  expect(repository.states()).toEqual(usual);
}
