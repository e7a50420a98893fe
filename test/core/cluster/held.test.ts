import { describe, expect, it } from 'vitest';
import type {
  ApiResource,
  Cluster,
  DiscoveryAnswer,
  ListAnswer,
  WatchEvent,
} from '../../../src/core/cluster/cluster.ts';
import { HeldCluster } from '../../../src/core/cluster/held.ts';
import type { JsonObject, Resource } from '../../../src/core/model/resource.ts';

const configMaps: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
  verbs: ['list', 'watch', 'get'],
};
const secrets: ApiResource = { ...configMaps, kind: 'Secret', resource: 'secrets' };

function object(kind: string, name: string, resourceVersion = '1'): JsonObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'shop', resourceVersion } };
}

const named = (type: ApiResource, name: string): Resource => ({
  group: type.group,
  version: type.version,
  kind: type.kind,
  namespace: 'shop',
  name,
});

const since = '2026-03-04T09:00:00.000Z';
const failed = (reason: string) => ({
  type: 'failed' as const,
  why: 'unreachable' as const,
  reason,
  since,
});

/** A cluster in memory that counts what it is asked, and whose watches the test feeds. */
class Memory implements Cluster {
  readonly identity = { context: 'memory' };
  readonly asked: string[] = [];
  readonly watches = new Map<string, (event: WatchEvent) => void>();
  /** What a watch says first; undefined: nothing until the test feeds it. */
  first: WatchEvent | undefined = { type: 'reset', objects: [object('ConfigMap', 'a')] };
  listed: ListAnswer = { ok: true, objects: [object('ConfigMap', 'listed')], resourceVersion: '1' };

  /** What it answers instead of single objects. */
  fault: Awaited<ReturnType<Cluster['get']>> | undefined;

  tell(event: WatchEvent): void {
    this.watches.get('configmaps')?.(event);
  }

  types: DiscoveryAnswer = { ok: true, resources: [configMaps, secrets] };

  discovery = async () => this.types;
  async list(type: ApiResource): Promise<ListAnswer> {
    this.asked.push(`list ${type.resource}`);
    return this.listed;
  }
  watch(type: ApiResource, _: string, listener: (event: WatchEvent) => void): () => void {
    this.asked.push(`watch ${type.resource}`);
    this.watches.set(type.resource, listener);
    const { first } = this;
    if (first) queueMicrotask(() => listener(first));
    return () => this.watches.delete(type.resource);
  }
  async get(type: ApiResource, { name }: Resource) {
    this.asked.push(`get ${type.resource} ${name}`);
    return this.fault ?? { ok: true as const, object: object(type.kind, name) };
  }
  async dryRun() {
    this.asked.push('dry-run');
    return { ok: false as const, status: 500, reason: 'not tried here', causes: [] };
  }
  close(): void {}
}

const names = (answer: ListAnswer) =>
  answer.ok ? answer.objects.map(({ metadata }) => (metadata as JsonObject).name) : answer.reason;

describe('a cluster held current', () => {
  it('asks once and answers from its watch from then on', async () => {
    const memory = new Memory();
    let changes = 0;
    const held = new HeldCluster(memory, { changed: () => changes++ });
    const [one, other] = await Promise.all([held.list(configMaps, ''), held.list(configMaps, '')]);
    expect([names(one), names(other)]).toEqual([['a'], ['a']]);
    expect(changes).toBe(0);
    memory.watches.get('configmaps')?.({ type: 'added', object: object('ConfigMap', 'b') });
    expect(names(await held.list(configMaps, ''))).toEqual(['a', 'b']);
    memory.watches.get('configmaps')?.({ type: 'deleted', object: object('ConfigMap', 'a') });
    expect(names(await held.list(configMaps, ''))).toEqual(['b']);
    expect(changes).toBe(2);
    expect(await held.get(configMaps, named(configMaps, 'b'))).toMatchObject({ ok: true });
    expect(await held.get(configMaps, named(configMaps, 'a'))).toEqual({ ok: true });
    expect(memory.asked).toEqual(['watch configmaps']);
    expect(held.polls).toBe(false);
  });

  it('tells which objects changed, and finds each as it is now with another version', async () => {
    const memory = new Memory();
    const changed: (string | undefined)[] = [];
    const held = new HeldCluster(memory, { changed: resource => changed.push(resource?.name) });
    const answer = await held.list(configMaps, '');
    const source = answer.ok ? answer.source : undefined;
    const key = '/ConfigMap/shop/a';
    expect([source?.version(key), source?.version('/ConfigMap/shop/b')]).toEqual(['/1', undefined]);
    const feed = (event: WatchEvent) => memory.watches.get('configmaps')?.(event);
    feed({ type: 'modified', object: object('ConfigMap', 'a', '2') });
    expect(source?.version(key)).toBe('/2');
    expect(source?.find(key)).toEqual(object('ConfigMap', 'a', '2'));
    feed({ type: 'modified', object: object('ConfigMap', 'a', '2') });
    feed({
      type: 'reset',
      objects: [object('ConfigMap', 'a', '2'), object('ConfigMap', 'b', '3')],
    });
    feed({ type: 'reset', objects: [object('ConfigMap', 'b', '3')] });
    expect([...(source?.keys() ?? [])]).toEqual(['/ConfigMap/shop/b']);
    expect(changed).toEqual(['a', 'b', 'a']);
  });

  it('lists where it may not watch, says why where it may not list, and knows that it polls', async () => {
    const memory = new Memory();
    const held = new HeldCluster(memory, { changed: () => {} });
    await held.list(configMaps, '');
    memory.tell({ ...failed('no permission to watch'), why: 'forbidden', refused: 'watch' });
    expect(names(await held.list(configMaps, ''))).toEqual(['listed']);
    expect(names(await held.list(configMaps, ''))).toEqual(['listed']);
    expect(memory.asked).toEqual(['watch configmaps', 'list configmaps']);
    expect(held.polls).toBe(true);
    memory.listed = { ok: false, why: 'forbidden', reason: 'no permission to list' };
    held.forget();
    expect(await held.list(configMaps, '')).toMatchObject({ ok: true });
    memory.tell({ ...failed('no permission to list'), why: 'forbidden', refused: 'list' });
    expect(await held.list(configMaps, '')).toMatchObject({ ok: false, why: 'forbidden' });
  });

  it('keeps what it knew when a watch breaks, says since when, and knows when it is back', async () => {
    const memory = new Memory();
    let changes = 0;
    const held = new HeldCluster(memory, { changed: () => changes++ });
    const before = await held.list(configMaps, '');
    memory.tell(failed('connection lost'));
    memory.tell(failed('connection lost'));
    const stale = { since, reason: 'connection lost' };
    const meanwhile = await held.list(configMaps, '');
    expect(meanwhile).toMatchObject({ ok: true, stale });
    expect(meanwhile.ok && before.ok && meanwhile.objects).toEqual(before.ok && before.objects);
    expect(await held.get(configMaps, named(configMaps, 'a'))).toMatchObject({ ok: true, stale });
    expect([held.stale, changes]).toEqual([stale, 1]);
    memory.tell({ type: 'current' });
    expect(await held.list(configMaps, '')).not.toHaveProperty('stale');
    expect([held.stale, changes]).toEqual([undefined, 2]);
    expect(memory.asked).toEqual(['watch configmaps']);
  });

  it('keeps objects that a new list has unchanged, so that what was judged of them stands', async () => {
    const memory = new Memory();
    const changed: (string | undefined)[] = [];
    memory.first = { type: 'reset', objects: [object('ConfigMap', 'a'), object('ConfigMap', 'b')] };
    const held = new HeldCluster(memory, { changed: resource => changed.push(resource?.name) });
    await held.list(configMaps, '');
    const objects = [object('ConfigMap', 'a'), object('ConfigMap', 'b', '2')];
    memory.tell({ type: 'reset', objects });
    expect(names(await held.list(configMaps, ''))).toEqual(['a', 'b']);
    expect(changed).toEqual(['b']);
  });

  it('believes that a kind is gone when the server says so of its kinds, not when a proxy knows no address', async () => {
    const memory = new Memory();
    const held = new HeldCluster(memory, { changed: () => {} });
    await held.list(configMaps, '');
    await held.discovery();
    const gone = { ...failed('not found'), why: 'not-served' as const, refused: 'watch' as const };
    memory.tell(gone);
    expect(await held.list(configMaps, '')).toMatchObject({
      ok: true,
      stale: { reason: 'not found' },
    });
    memory.types = { ok: false, reason: 'not found' };
    expect(await held.list(configMaps, '')).toMatchObject({
      ok: true,
      stale: { reason: 'not found' },
    });
    memory.types = { ok: true, resources: [secrets] };
    expect(await held.list(configMaps, '')).toMatchObject({ ok: false, why: 'not-served' });
    held.close();
  });

  it('keeps the last answer about what cannot be watched', async () => {
    const memory = new Memory();
    memory.first = { ...failed('no permission'), why: 'forbidden', refused: 'list' };
    const held = new HeldCluster(memory, { changed: () => {}, maxAge: -1 });
    const a = named(configMaps, 'a');
    expect(await held.list(configMaps, '')).toMatchObject({ ok: false, why: 'forbidden' });
    const before = await held.get(configMaps, a);
    memory.fault = { ok: false, reason: 'no answer', why: 'timeout' };
    const meanwhile = await held.get(configMaps, a);
    expect(meanwhile).toMatchObject({ ...before, stale: { reason: 'no answer' } });
    expect(held.stale).toMatchObject({ reason: 'no answer' });
    memory.fault = { ok: false, reason: 'no permission', why: 'forbidden' };
    expect(await held.get(configMaps, a)).toEqual(memory.fault);
    memory.fault = undefined;
    expect(await held.get(configMaps, a)).not.toHaveProperty('stale');
    expect(held.stale).toBeUndefined();
  });

  it('asks for a Secret by name that the list leaves out', async () => {
    const memory = new Memory();
    memory.first = { type: 'reset', objects: [] };
    const held = new HeldCluster(memory, { changed: () => {} });
    await held.list(secrets, '');
    const answer = await held.get(secrets, named(secrets, 'sh.helm.release.v1.web.v1'));
    expect(answer).toMatchObject({ ok: true, object: { kind: 'Secret' } });
    expect(memory.asked).toContain('get secrets sh.helm.release.v1.web.v1');
  });

  it('asks the server for what is wanted fresh', async () => {
    const memory = new Memory();
    const held = new HeldCluster(memory, { changed: () => {} });
    await held.list(configMaps, '');
    await held.get(configMaps, named(configMaps, 'a'));
    expect(memory.asked).not.toContain('get configmaps a');
    await held.get(configMaps, named(configMaps, 'a'), undefined, { fresh: true });
    expect(memory.asked).toContain('get configmaps a');
    expect(held.polls).toBe(false);
  });

  it('ends its watches when it is closed', async () => {
    const memory = new Memory();
    const held = new HeldCluster(memory, { changed: () => {} });
    await held.list(configMaps, '');
    held.close();
    expect(memory.watches.size).toBe(0);
  });
});
