import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ApiResource, Cluster, ClusterWriter } from '../../src/core/cluster/cluster.ts';
import { openCluster } from '../../src/core/cluster/open.ts';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { apply, kubectl, withNamespace } from './plane.ts';
import { until } from './processes.ts';

// What is written, and what is refused, on a real API server.

const host = { log: () => {}, trusted: () => true, secret: () => undefined, forges: () => ({}) };
const clusters: Cluster[] = [];
let uid: string;

const verbs = ['get', 'patch', 'delete'];
const configMaps: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
  verbs,
};
const secrets: ApiResource = { ...configMaps, kind: 'Secret', resource: 'secrets' };

async function openAs(context: string): Promise<Cluster> {
  const options = { root: '/nowhere', host, env: { KUBECONFIG: inject('plane').kubeconfig } };
  const answer = await openCluster({ kind: 'context', context }, options);
  if (!answer.ok) throw new Error(answer.reason);
  clusters.push(answer.cluster);
  return answer.cluster;
}

async function open(context: string): Promise<ClusterWriter> {
  const { writer } = await openAs(context);
  if (!writer) throw new Error('no writer');
  return writer;
}

beforeAll(async () => {
  uid = await kubectl(['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}']);
});
afterAll(() => {
  for (const cluster of clusters) cluster.close();
});

const configMap = (namespace: string, level: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace },
  data: { level },
});
const named = (type: ApiResource, namespace: string, name: string) => ({
  ...type,
  namespace,
  name,
});
const levelIn = (namespace: string) =>
  kubectl(['get', 'configmap', 'settings', '-n', namespace, '-o', 'jsonpath={.data.level}']);

describe('writing', () => {
  it('applies, patches in both ways and deletes, under the given manager', () =>
    withNamespace('writer', async namespace => {
      const writer = await open('admin');
      const options = { expected: uid, manager: 'driftline', force: false };
      const applied = await writer.apply(configMaps, configMap(namespace, 'info'), options);
      expect(applied).toMatchObject({ ok: true, object: { kind: 'ConfigMap' } });
      const settings = named(configMaps, namespace, 'settings');
      await writer.patch(configMaps, settings, { data: { level: 'debug' } }, options);
      expect(await levelIn(namespace)).toBe('debug');
      const replace = [{ op: 'replace', path: '/data/level', value: 'warn' }];
      const patched = await writer.patch(configMaps, settings, replace, options);
      expect(patched).toMatchObject({ ok: true, object: { data: { level: 'warn' } } });
      const fields = [
        '-o',
        'jsonpath={.metadata.managedFields[*].manager}',
        '--show-managed-fields',
      ];
      const get = ['get', 'configmap', 'settings', '-n', namespace];
      expect(new Set((await kubectl([...get, ...fields])).split(' '))).toEqual(
        new Set(['driftline']),
      );
      expect(await writer.delete(configMaps, settings, options)).toMatchObject({ ok: true });
      await expect(levelIn(namespace)).rejects.toThrow('not found');
    }));

  it('changes nothing in a dry-run', () =>
    withNamespace('writer', async namespace => {
      const writer = await open('admin');
      await apply([configMap(namespace, 'info')]);
      const options = { expected: uid, manager: 'driftline', force: true, dryRun: true };
      const settings = named(configMaps, namespace, 'settings');
      const tried = await writer.apply(configMaps, configMap(namespace, 'debug'), options);
      expect(tried).toMatchObject({ ok: true, object: { data: { level: 'debug' } } });
      const body = { data: { level: 'debug' } };
      expect(await writer.patch(configMaps, settings, body, options)).toMatchObject({ ok: true });
      expect(await writer.delete(configMaps, settings, options)).toMatchObject({ ok: true });
      expect(await levelIn(namespace)).toBe('info');
    }));

  it('writes nothing when the cluster is not the pinned one, by whichever verb', () =>
    withNamespace('writer', async namespace => {
      const writer = await open('admin');
      await apply([configMap(namespace, 'info')]);
      const settings = named(configMaps, namespace, 'settings');
      for (const expected of ['11111111-2222-3333-4444-555555555555', '']) {
        const options = { expected, manager: 'driftline', force: true };
        const answers = [
          await writer.apply(configMaps, configMap(namespace, 'debug'), options),
          await writer.patch(configMaps, settings, { data: { level: 'debug' } }, options),
          await writer.delete(configMaps, settings, options),
        ];
        for (const answer of answers) {
          expect(answer).toMatchObject({ ok: false, status: 0 });
          expect(!answer.ok && answer.reason).toContain('leads to another cluster');
        }
      }
      expect(await levelIn(namespace)).toBe('info');
    }));

  it('writes nothing where the UID cannot be read, whatever else is permitted', () =>
    withNamespace('writer', async namespace => {
      await kubectl([
        'create',
        'rolebinding',
        'all',
        '-n',
        namespace,
        '--clusterrole=admin',
        '--user=tenant',
      ]);
      const writer = await open('tenant');
      const options = { expected: uid, manager: 'driftline', force: true };
      const answer = await writer.apply(configMaps, configMap(namespace, 'info'), options);
      expect(answer).toMatchObject({ ok: false, status: 0 });
      expect(!answer.ok && answer.reason).toMatch(/^nothing shows that the context "tenant" leads/);
      await expect(levelIn(namespace)).rejects.toThrow('not found');
    }));

  it('says what is not permitted', () =>
    withNamespace('writer', async namespace => {
      const role = `writer-${namespace}`;
      const what = ['--verb=get', '--resource=namespaces', '--resource-name=kube-system'];
      await kubectl(['create', 'clusterrole', role, ...what]);
      await kubectl([
        'create',
        'clusterrolebinding',
        role,
        `--clusterrole=${role}`,
        '--user=viewer',
      ]);
      try {
        const writer = await open('viewer');
        const options = { expected: uid, manager: 'driftline', force: true };
        const answer = await writer.apply(configMaps, configMap(namespace, 'info'), options);
        expect(answer).toEqual({
          ok: false,
          status: 403,
          reason: `no permission to apply ConfigMap ${namespace}/settings (User "viewer" cannot patch resource "configmaps" in API group "" in the namespace "${namespace}")`,
        });
      } finally {
        await kubectl(['delete', 'clusterrolebinding,clusterrole', role]);
      }
    }));

  it('puts conflicts on one line, and takes the fields with force only', () =>
    withNamespace('writer', async namespace => {
      const writer = await open('admin');
      const object = { ...configMap(namespace, 'info'), data: { level: 'info', mode: 'fast' } };
      await apply([object], '--field-manager=other');
      const options = { expected: uid, manager: 'driftline' };
      const mine = { ...object, data: { level: 'debug', mode: 'slow' } };
      const refused = await writer.apply(configMaps, mine, { ...options, force: false });
      expect(refused).toEqual({
        ok: false,
        status: 409,
        reason: 'Apply failed with 2 conflicts: conflicts with "other": .data.level, .data.mode',
      });
      expect(await writer.apply(configMaps, mine, { ...options, force: true })).toMatchObject({
        ok: true,
      });
      expect(await levelIn(namespace)).toBe('debug');
    }));

  it('of a definition is followed by the kind that it defines', async () => {
    const cluster = await openAs('admin');
    const isServed = async () => {
      const discovery = await cluster.discovery();
      return discovery.ok && discovery.resources.some(({ kind }) => kind === 'Cog');
    };
    expect(await isServed()).toBe(false);
    const names = { kind: 'Cog', plural: 'cogs', singular: 'cog', listKind: 'CogList' };
    const schema = { openAPIV3Schema: { type: 'object' } };
    const version = { name: 'v1', served: true, storage: true, schema };
    const type = {
      group: 'apiextensions.k8s.io',
      version: 'v1',
      kind: 'CustomResourceDefinition',
      resource: 'customresourcedefinitions',
      namespaced: false,
      verbs,
    };
    const definition: JsonObject = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: type.kind,
      metadata: { name: 'cogs.writer.driftline.test' },
      spec: { group: 'writer.driftline.test', names, scope: 'Namespaced', versions: [version] },
    };
    const options = { expected: uid, manager: 'driftline', force: false };
    expect(await cluster.writer?.apply(type, definition, options)).toMatchObject({ ok: true });
    await until('the kind', 20_000, isServed);
    await kubectl(['delete', 'crd', 'cogs.writer.driftline.test', '--wait=false']);
  });

  it('never quotes a Secret', () =>
    withNamespace('writer', async namespace => {
      const writer = await open('admin');
      const options = { expected: uid, manager: 'driftline', force: false };
      const secret = (value: object): JsonObject => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'db', namespace },
        ...value,
      });
      const wrong = [
        secret({ data: { password: 'hunter2-not-base64!' } }),
        secret({ stringData: { 'hunter2 key': 'hunter2-value' } }),
        secret({ stringData: 'hunter2' }),
        secret({
          type: 'kubernetes.io/dockerconfigjson',
          stringData: { '.dockerconfigjson': 'hunter2' },
        }),
      ];
      for (const object of wrong) {
        const answer = await writer.apply(secrets, object, options);
        expect(answer).toMatchObject({ ok: false });
        expect(!answer.ok && answer.reason).toContain(`Secret ${namespace}/db`);
        expect(!answer.ok && answer.reason).not.toMatch(/hunter2[^ ]/);
      }
    }));
});
