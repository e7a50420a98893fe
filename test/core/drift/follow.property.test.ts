import { afterAll, describe, expect, it } from 'vitest';
import type { ApiResource, Cluster, WatchEvent } from '../../../src/core/cluster/cluster.ts';
import { HeldCluster } from '../../../src/core/cluster/held.ts';
import { EnvironmentComparison } from '../../../src/core/drift/environment-drift.ts';
import type { EnvironmentInput } from '../../../src/core/drift/environment-input.ts';
import { ServerWord } from '../../../src/core/drift/server/server-word.ts';
import type { Application, Environment } from '../../../src/core/model/environment.ts';
import type { RenderedObject } from '../../../src/core/model/rendered.ts';
import {
  isObject,
  type JsonObject,
  type Resource,
  resourceKey,
  resourceOf,
} from '../../../src/core/model/resource.ts';
import { createSchemas } from '../../../src/core/schemas/schemas.ts';
import { Judge } from '../../../src/core/upstream/judge.ts';
import { randomOf } from './random-pair.ts';

const judge = new Judge();
afterAll(() => judge.close());

const types: ApiResource[] = [
  ['', 'v1', 'ConfigMap', 'configmaps'],
  ['apps', 'v1', 'Deployment', 'deployments'],
  ['kustomize.toolkit.fluxcd.io', 'v1', 'Kustomization', 'kustomizations'],
].map(([group = '', version = '', kind = '', resource = '']) => ({
  ...{ group, version, kind, resource, namespaced: true },
  verbs: ['get', 'list', 'watch', 'patch'],
}));
const labels = {
  'kustomize.toolkit.fluxcd.io/name': 'shop',
  'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
};
const controller: Resource = {
  ...{ group: 'kustomize.toolkit.fluxcd.io', version: 'v1', kind: 'Kustomization' },
  ...{ namespace: 'flux-system', name: 'shop' },
};

/** A cluster in memory that tells who watches what is done to it. */
class Memory implements Cluster {
  readonly identity = { context: 'memory', version: 'v1.36.0' };
  readonly objects = new Map<string, JsonObject>();
  readonly #listeners: { type: ApiResource; namespace: string; tell(event: WatchEvent): void }[] =
    [];
  #version = 0;

  discovery = async () => ({ ok: true as const, resources: types });
  async list(type: ApiResource, namespace: string) {
    const objects = [...this.objects.values()].filter(object => isOf(object, type, namespace));
    return { ok: true as const, objects: structuredClone(objects), resourceVersion: '1' };
  }
  watch(type: ApiResource, namespace: string, tell: (event: WatchEvent) => void): () => void {
    this.#listeners.push({ type, namespace, tell });
    this.list(type, namespace).then(({ objects }) => tell({ type: 'reset', objects }));
    return () => {};
  }
  async get(type: ApiResource, resource: Resource) {
    const key = resourceKey({ ...resource, group: type.group, kind: type.kind });
    return { ok: true as const, object: structuredClone(this.objects.get(key)) };
  }
  async dryRun() {
    return { ok: false as const, status: 0, reason: 'it is in memory', causes: [] };
  }
  close(): void {}

  put(object: JsonObject): void {
    const key = keyOf(object);
    const type = this.objects.has(key) ? 'modified' : 'added';
    const metadata = { ...(object.metadata as JsonObject), resourceVersion: `${++this.#version}` };
    const stored = { ...object, metadata: { ...metadata, uid: 'u' } };
    this.objects.set(key, stored);
    this.#tell({ type, object: stored });
  }

  remove(key: string): void {
    const object = this.objects.get(key);
    this.objects.delete(key);
    if (object) this.#tell({ type: 'deleted', object });
  }

  #tell(event: { type: 'added' | 'modified' | 'deleted'; object: JsonObject }): void {
    for (const { type, namespace, tell } of this.#listeners)
      if (isOf(event.object, type, namespace)) tell(structuredClone(event));
  }
}

function isOf(object: JsonObject, { kind }: ApiResource, namespace: string): boolean {
  const { metadata } = object;
  return (
    object.kind === kind &&
    (namespace === '' || (isObject(metadata) && metadata.namespace === namespace))
  );
}

function keyOf(object: JsonObject): string {
  const resource = resourceOf(object);
  if (!resource) throw new Error('no identity');
  return resourceKey(resource);
}

function config(name: string, value: string, own = true): JsonObject {
  const metadata = { name, namespace: 'shop', ...(own ? { labels } : {}) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value } };
}

function deployment(name: string, replicas: number): JsonObject {
  const matchLabels = { app: name };
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'shop', labels } },
    spec: {
      replicas,
      selector: { matchLabels },
      template: {
        metadata: { labels: matchLabels },
        spec: { containers: [{ name: 'app', image: 'example/app:1' }] },
      },
    },
  };
}

/** The engine's own object with what it applied. */
function kustomization(ids: string[], prune: boolean): JsonObject {
  const { name, namespace } = controller;
  return {
    ...{ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' },
    metadata: { name, namespace },
    spec: { prune },
    status: { inventory: { entries: ids.map(id => ({ id, v: 'v1' })) } },
  };
}

const names = Array.from({ length: 8 }, (_, index) => `n${index}`);
const declared = [...names.slice(0, 5).map(name => config(name, '1')), deployment('web', 1)];

function rendered(value: JsonObject): RenderedObject {
  const resource = resourceOf(value);
  if (!resource) throw new Error('no identity');
  const source = { file: 'apps/shop.yaml', line: 1, column: 1 };
  return { resource, value, source, locate: () => ({ ...source, how: 'exact', via: [] }) };
}

const origin = { file: 'clusters/shop.yaml', line: 1, column: 1 };
const application: Application = {
  ...{ name: 'shop', engine: 'flux', dependsOn: [], origin, ignore: [], controller },
  source: { kind: 'kustomize', path: 'apps', flux: { name: 'shop', namespace: 'flux-system' } },
  owner: { mode: 'flux', manager: 'kustomize-controller' },
};
const environment: Environment = {
  ...{ name: 'production', engine: 'flux', applications: [], namespace: 'shop', origin },
  ...{ cluster: { kind: 'none', reason: 'a test' }, protected: false, ignore: [], unresolved: [] },
};
const schemas = createSchemas({ version: '1.36', crds: [] });

function inputOf(cluster: Cluster): EnvironmentInput {
  const objects = declared.map(rendered);
  const result = { objects, text: '', reads: [], notChecked: [] };
  return {
    ...{ environment, cluster, judge, schemas, target: '1.36' },
    applications: [{ application, rendered: result }],
    word: new ServerWord(cluster, { localOnly: () => true }),
    followed: { later: () => {} },
  };
}

const shown = ({ compared }: EnvironmentComparison) =>
  [...compared].map(([key, { result, health }]) => JSON.stringify([key, result, health])).sort();

interface Random {
  of<T>(values: readonly T[]): T;
}

function randomFrom(seed: number): Random {
  const next = randomOf(seed);
  return { of: values => values[Math.floor(next() * values.length)] as (typeof values)[number] };
}

/** Something happens to the cluster. */
function happen(memory: Memory, random: Random): void {
  const name = random.of(names);
  const kind = random.of(['put', 'put', 'put', 'remove', 'scale', 'inventory', 'foreign']);
  if (kind === 'put') memory.put(config(name, random.of(['1', '2'])));
  else if (kind === 'foreign') memory.put(config(name, '1', false));
  else if (kind === 'remove') memory.remove(`/ConfigMap/shop/${name}`);
  else if (kind === 'scale') memory.put(deployment('web', random.of([1, 2, 3])));
  else {
    const ids = names.filter(() => random.of([true, false])).map(each => `shop_${each}__ConfigMap`);
    memory.put(kustomization(ids, random.of([true, true, false])));
  }
}

describe('a comparison that follows what happens', () => {
  it('shows at every moment what a comparison of everything would, and tells what is another', async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1e9);
    const random = randomFrom(seed);
    for (let round = 0; round < 12; round++) {
      const memory = new Memory();
      for (let count = 0; count < 12; count++) happen(memory, random);
      const changed = new Map<string, Resource>();
      const held = new HeldCluster(memory, {
        changed: resource => resource && changed.set(resourceKey(resource), resource),
      });
      let comparison = await EnvironmentComparison.of(inputOf(held));
      for (let step = 0; step < 15; step++) {
        for (let count = random.of([0, 1, 1, 2, 5]); count > 0; count--) happen(memory, random);
        const before = new Map([...comparison.compared].map(([key, { result }]) => [key, result]));
        const wanted = [...changed.values()];
        changed.clear();
        const told = await comparison.follow(wanted);
        const fresh = await EnvironmentComparison.of(inputOf(held));
        const about = `seed ${seed}, round ${round}, step ${step}`;
        expect(shown(comparison), about).toEqual(shown(fresh));
        for (const [key, { result }] of comparison.compared)
          if (JSON.stringify(before.get(key)) !== JSON.stringify(result))
            expect(told.has(key), `${about}: ${key} is told`).toBe(true);
        // Now and then everything is compared, with what is known.
        if (step % 6 === 5) comparison = await EnvironmentComparison.of(inputOf(held), comparison);
        expect(shown(comparison), about).toEqual(shown(fresh));
      }
      held.close();
    }
  }, 60_000);
});

describe('a comparison whose server is slow', () => {
  it('is shown before its word, and is settled when that was told', async () => {
    const cluster = new Memory();
    for (const object of declared) cluster.put(object);
    cluster.put(config('n0', '2'));
    let asked = 0;
    cluster.dryRun = async () => {
      asked++;
      await new Promise(resolve => setTimeout(resolve, 500));
      return { ok: false as const, status: 403, reason: 'not you', causes: [] };
    };
    const told: string[] = [];
    const comparison = await EnvironmentComparison.of({
      ...inputOf(cluster),
      word: new ServerWord(cluster),
      followed: { later: keys => told.push(...keys) },
    });
    const key = keyOf(config('n0', '1'));
    const result = () => comparison.compared.get(key)?.result;
    expect(result()?.state).toBe('drifted');
    expect(result()?.reason).toBeUndefined();
    expect(told).toEqual([]);
    await comparison.settled();
    expect(asked).toBe(1);
    expect(told).toEqual([key]);
    expect(result()?.reason).toBeDefined();
    comparison.end();
  });
});
