import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Live } from '../../src/core/live/live.ts';
import { openLive } from '../../src/core/live/live-repository.ts';
import { apply, kubectl } from './plane.ts';

// What runs changes while the repository is open: markers and states follow without being asked.

const { kubeconfig } = inject('plane');
const folder = mkdtempSync(join(tmpdir(), 'driftline-live-'));
const replicas = 'production/replicas.yaml';
let live: Live;
let uid: string;

const files: Record<string, string> = {
  'base/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: "registry.example/web:1.8.2" }]
`,
  'base/settings.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { LOG_LEVEL: info }\n',
  'base/kustomization.yaml': 'resources: [web.yaml, settings.yaml]\n',
  'production/kustomization.yaml':
    'namespace: live\nresources: [../base]\npatches: [{ path: replicas.yaml }]\n',
  'production/replicas.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n',
  'driftline.yaml': `version: 1
environments:
- name: production
  source: { path: production }
  cluster: { context: admin }
`,
};

beforeAll(async () => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const system = JSON.parse(await kubectl(['get', 'namespace', 'kube-system', '-o', 'json']));
  uid = system.metadata.uid;
  live = await openLive({
    directory: folder,
    clusters: [],
    host: {
      log: () => {},
      trusted: () => true,
      secret: () => undefined,
      forges: () => ({}),
      kubeconfig: () => kubeconfig,
    },
  });
  await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'live' } }]);
  await live.settled();
}, 120_000);

afterAll(async () => {
  await live?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Waits until the repository says so by itself. */
async function until(what: string, holds: () => boolean): Promise<void> {
  if (holds()) return;
  await new Promise<void>((resolve, reject) => {
    const end = setTimeout(() => {
      stop();
      reject(new Error(`not seen: ${what}: ${JSON.stringify(live.environments())}`));
    }, 15_000);
    const stop = live.onChanged(() => {
      if (!holds()) return;
      clearTimeout(end);
      stop();
      resolve();
    });
  });
}

const marked = () =>
  live.markers(replicas).map(({ differences }) => differences.map(({ path }) => path?.live));
const counts = () => live.environments()[0]?.counts;

describe('a cluster that changes', () => {
  it('shows what is not there yet, and that it is there', async () => {
    await until('missing', () => counts()?.missing === 2);
    const { objects } = live.environments()[0]?.applications[0] ?? { objects: [] };
    expect(objects.map(({ state }) => state)).toEqual(['missing', 'missing']);
    const rendered = await live.workspace().discovery();
    const [application] = rendered.environments[0]?.applications ?? [];
    if (!application) throw new Error('no application');
    const { objects: desired } = await live.workspace().render(application);
    await apply(desired.map(({ value }) => value));
    await until('in sync', () => counts()?.missing === 0 && counts()?.drifted === 0);
    expect(counts()?.synced).toBe(2);
  });

  it('marks a hand edit within moments, and takes the marker away with its cause', async () => {
    await kubectl(['scale', 'deployment/web', '--replicas=7', '-n', 'live']);
    await until('7 replicas', () => marked()[0]?.[0] === 7);
    const [difference] = live.markers(replicas)[0]?.differences ?? [];
    expect(difference?.path?.by[0]).toMatchObject({ manager: 'kubectl', subresource: 'scale' });
    await kubectl(['scale', 'deployment/web', '--replicas=3', '-n', 'live']);
    await until('no marker', () => live.markers(replicas).length === 0);
  });

  it('holds an edit against what runs, without asking the server for what it holds', async () => {
    const text = readFileSync(join(live.root, replicas), 'utf8');
    live.edit(replicas, text.replace('replicas: 3', 'replicas: 9'));
    await live.settled();
    expect(live.markers(replicas)[0]?.differences[0]).toMatchObject({
      edited: true,
      path: { desired: 9, live: 3 },
    });
    live.edit(replicas, undefined);
    await live.settled();
    expect(live.markers(replicas)).toEqual([]);
  });

  it('compares nothing with another cluster than the chosen one', async () => {
    live.choose('production', { context: 'admin', uid: 'another' });
    await until('blocked', () => live.environments()[0]?.phase === 'blocked');
    expect(live.environments()[0]?.reason).toMatch(/leads to another cluster/);
    live.choose('production', { context: 'admin', uid });
    await until('compared', () => live.environments()[0]?.phase === 'compared');
    expect(live.environments()[0]?.cluster).toMatchObject({ kind: 'context', pinned: uid, uid });
  });
});
