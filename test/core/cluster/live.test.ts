import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cluster } from '../../../src/core/cluster/cluster.ts';
import { readLive } from '../../../src/core/cluster/live.ts';
import { readSnapshot } from '../../../src/core/cluster/snapshot/snapshot.ts';
import { type Resource, resourceKey } from '../../../src/core/model/resource.ts';
import { type Answer, json, openSmall, type SmallServer, smallServer } from './small-server.ts';

const resource = (kind: string, name: string, namespace = '', group = ''): Resource => ({
  group,
  version: 'v1',
  kind,
  namespace,
  name,
});
const object = (kind: string, name: string, namespace?: string) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...(namespace ? { namespace } : {}) },
});

describe('on a server', () => {
  let folder: string;
  let server: SmallServer;
  let cluster: Cluster;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'driftline-live-'));
  });
  afterEach(async () => {
    cluster.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const forbidden = json({ kind: 'Status', message: 'forbidden' }, 403);
  const list = (...items: object[]): Answer => json({ metadata: {}, items });
  const served = (kind: string, plural: string, scope = 'Namespaced') => ({
    resource: plural,
    responseKind: { kind },
    scope,
    verbs: ['list'],
  });
  async function start(routes: Record<string, Answer>): Promise<void> {
    const resources = [
      served('ConfigMap', 'configmaps'),
      served('Secret', 'secrets'),
      served('Node', 'nodes', 'Cluster'),
    ];
    const core = { metadata: { name: '' }, versions: [{ version: 'v1', resources }] };
    server = await smallServer({
      '/api': json({ kind: 'APIGroupDiscoveryList', items: [core] }),
      '/apis': json({ kind: 'APIGroupDiscoveryList', items: [] }),
      ...routes,
    });
    const answer = await openSmall(folder, server.url);
    if (!answer.ok) throw new Error(answer.reason);
    cluster = answer.cluster;
  }
  const lists = () => server.asked.filter(line => line.includes('limit='));

  it('lists each kind once per namespace, and finds what is there and what is not', async () => {
    await start({
      '/api/v1/namespaces/shop/configmaps': list(object('ConfigMap', 'a', 'shop')),
      '/api/v1/nodes': list(object('Node', 'n')),
    });
    const [a, b, node] = [
      resource('ConfigMap', 'a'),
      resource('ConfigMap', 'b', 'shop'),
      resource('Node', 'n', 'ignored'),
    ] as [Resource, Resource, Resource];
    const live = await readLive(cluster, [a, b, node], 'shop');
    expect(live.find(a)).toMatchObject({ ok: true, object: object('ConfigMap', 'a') });
    expect(live.find(b)).toEqual({ ok: true, object: undefined });
    expect(live.find(node)).toMatchObject({ ok: true, object: object('Node', 'n') });
    expect([live.namespaced(a), live.namespaced(node)]).toEqual([true, false]);
    expect([...live.objects()]).toHaveLength(2);
    expect([...live.objects(new Set([resourceKey({ ...a, namespace: 'shop' })]))]).toHaveLength(1);
    expect(lists()).toHaveLength(2);
  });

  it('lists all namespaces at once when there are many, where it may', async () => {
    const wanted = Array.from({ length: 6 }, (_, index) => resource('ConfigMap', 'a', `n${index}`));
    await start({ '/api/v1/configmaps': list(object('ConfigMap', 'a', 'n3')) });
    const live = await readLive(cluster, wanted, 'shop');
    expect(lists()).toHaveLength(1);
    expect(
      wanted.map(item => live.find(item)).filter(found => found.ok && found.object),
    ).toHaveLength(1);
  });

  it('gets single objects where it may not list', async () => {
    await start({
      '/api/v1/namespaces/shop/secrets': forbidden,
      '/api/v1/namespaces/shop/secrets/mine': json(object('Secret', 'mine', 'shop')),
      '/api/v1/namespaces/shop/secrets/other': forbidden,
    });
    const [mine, other] = [resource('Secret', 'mine'), resource('Secret', 'other')];
    const live = await readLive(cluster, [mine, other], 'shop');
    expect(live.find(mine)).toMatchObject({ ok: true, object: object('Secret', 'mine') });
    expect(live.find(other)).toMatchObject({
      ok: false,
      reason: 'no permission to read Secret shop/other (forbidden)',
    });
  });

  it('says which kinds and versions are not served', async () => {
    await start({});
    const widget = resource('Widget', 'w', 'shop', 'example.com');
    const old = { ...resource('ConfigMap', 'a', 'shop'), version: 'v1beta1' };
    const live = await readLive(cluster, [widget, old], 'shop');
    expect(live.find(widget)).toEqual({
      ok: false,
      notServed: true,
      reason: 'the server does not serve example.com/v1 Widget: its definition is not installed',
    });
    expect(live.find(old)).toEqual({
      ok: false,
      reason: 'the server does not serve v1beta1 ConfigMap, only v1',
    });
    expect(lists()).toEqual([]);
  });
});

describe('in a snapshot', () => {
  it('knows what it holds, what is missing, and what it cannot know', async () => {
    const items = [object('ConfigMap', 'a', 'shop'), object('Namespace', 'shop')];
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const wanted = [
      resource('ConfigMap', 'a'),
      resource('ConfigMap', 'b'),
      resource('Namespace', 'shop'),
      resource('Service', 's'),
      resource('ConfigMap', 'a', 'other'),
    ];
    const live = await readLive(readSnapshot('live.json', text), wanted, 'shop');
    expect(wanted.map(item => live.find(item))).toMatchObject([
      { ok: true, object: items[0] },
      { ok: true, object: undefined },
      { ok: true, object: items[1] },
      { ok: false, reason: expect.stringContaining('live.json holds no Service') },
      { ok: false, reason: expect.stringContaining('holds no ConfigMap in the namespace other') },
    ]);
  });
});
