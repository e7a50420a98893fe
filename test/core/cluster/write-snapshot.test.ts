import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiResource, Cluster } from '../../../src/core/cluster/cluster.ts';
import { customResourceDefinitions } from '../../../src/core/cluster/definitions.ts';
import { RecordingCluster } from '../../../src/core/cluster/snapshot/record.ts';
import { openSnapshot, readSnapshot } from '../../../src/core/cluster/snapshot/snapshot.ts';
import { takeSnapshot, writeSnapshot } from '../../../src/core/cluster/snapshot/write.ts';
import type { JsonObject } from '../../../src/core/model/resource.ts';

const type = (group: string, kind: string, namespaced = true): ApiResource => ({
  group,
  version: 'v1',
  kind,
  resource: `${kind.toLowerCase()}s`,
  namespaced,
  verbs: ['list'],
});
const secrets = type('', 'Secret');
const configMaps = type('', 'ConfigMap');
const nodes = type('', 'Node', false);
const widgets = type('example.com', 'Widget');
const definition = (kind: string): JsonObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${kind.toLowerCase()}s.example.com` },
  spec: { group: 'example.com', names: { kind } },
});
const secret: JsonObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'shop', managedFields: [{ manager: 'kubectl' }] },
  data: { password: 'aHVudGVyMg==' },
};

/** A cluster that serves four types, keeps Nodes from this user, and has no ConfigMaps. */
const nothing = readSnapshot('none', '{"kind":"List","apiVersion":"v1","items":[]}');
const server: Cluster = Object.assign(nothing, {
  identity: { context: 'prod', server: 'https://10.0.0.1', uid: 'u-1', version: 'v1.33.2' },
  discovery: async () => ({ ok: true, resources: [secrets, configMaps, nodes, widgets] }),
  list: async ({ kind }) => {
    if (kind === 'Node')
      return { ok: false, why: 'forbidden', reason: 'no permission to list nodes' };
    const objects = kind === 'Secret' ? [secret] : [];
    return { ok: true, objects, resourceVersion: '7' };
  },
  get: async (_, { name }) => ({
    ok: true,
    object: [definition('Widget'), definition('Gadget')].find(
      ({ metadata }) => (metadata as JsonObject).name === name,
    ),
  }),
} satisfies Partial<Cluster>);
const wanted = [secrets, configMaps, nodes, widgets].map(item => ({
  type: item,
  namespace: 'shop',
}));

async function take() {
  const cluster = new RecordingCluster(server);
  for (const { type, namespace } of wanted) await cluster.list(type, namespace);
  await cluster.get(configMaps, { ...configMaps, namespace: 'other', name: 'gone' });
  return takeSnapshot(cluster, { now: new Date('2026-03-01T10:00:00Z') });
}

describe('a snapshot of ours', () => {
  it('knows what is absent, what was refused and what was not asked', async () => {
    const cluster = readSnapshot('prod.json', (await take()).text);
    expect(await cluster.list(configMaps, 'shop')).toMatchObject({ ok: true, objects: [] });
    expect(await cluster.list(configMaps, 'other')).toMatchObject({ ok: false, why: 'partial' });
    const named = (name: string) => ({ ...configMaps, namespace: 'other', name });
    expect(await cluster.get(configMaps, named('gone'))).toEqual({ ok: true, object: undefined });
    expect(await cluster.get(configMaps, named('unasked'))).toMatchObject({ ok: false });
    expect(await cluster.list(configMaps, '')).toMatchObject({ ok: false, why: 'partial' });
    expect(await cluster.list(nodes, '')).toMatchObject({
      why: 'forbidden',
      reason: 'no permission to list nodes (when the snapshot was taken)',
    });
    expect(await cluster.list(type('gone.dev', 'Gone'), 'shop')).toMatchObject({
      why: 'not-served',
    });
  });

  it('names the server, its version, the time and the types', async () => {
    const cluster = readSnapshot('prod.json', (await take()).text);
    expect(cluster.identity).toEqual({
      context: 'prod',
      uid: 'u-1',
      version: 'v1.33.2',
      snapshot: { file: 'prod.json', takenAt: '2026-03-01T10:00:00.000Z' },
    });
    const discovery = await cluster.discovery();
    expect(discovery).toEqual({ ok: true, resources: [secrets, configMaps, nodes, widgets] });
  });

  it('holds the definitions of the wanted custom resources only', async () => {
    const cluster = readSnapshot('prod.json', (await take()).text);
    const gadgets = type('example.com', 'Gadget');
    const found = await customResourceDefinitions(cluster, [widgets, gadgets]);
    expect(found).toEqual([definition('Widget')]);
  });

  it('keeps managedFields, and no value of a Secret', async () => {
    const { text, objects, notListed } = await take();
    expect(text).not.toContain('aHVudGVyMg');
    expect(text).not.toContain('hunter2');
    expect(text).toContain('"manager": "kubectl"');
    expect(objects).toBe(2);
    expect(notListed).toHaveLength(1);
  });

  it('is refused when it is cut off', async () => {
    const { text } = await take();
    for (const end of [1, 100, text.length >> 1, text.length - 3])
      expect(() => readSnapshot('prod.json', text.slice(0, end))).toThrow('cut off or damaged');
  });
});

describe('writing', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'driftline-snapshot-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('replaces the file in one step, readable for its owner only', async () => {
    const file = join(folder, 'live', 'prod.json');
    const { text } = await take();
    await writeSnapshot(file, '{}\n');
    await writeSnapshot(file, text);
    expect(await readFile(file, 'utf8')).toBe(text);
    expect(await readdir(join(folder, 'live'))).toEqual(['prod.json']);
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await openSnapshot(folder, 'live/prod.json')).identity.version).toBe('v1.33.2');
  });

  it('leaves nothing behind when it fails', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(writeSnapshot(join(folder, 'file', 'x.json'), '{}')).rejects.toThrow('written');
    expect(await readdir(folder)).toEqual(['file']);
  });
});
