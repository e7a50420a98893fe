import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ApiResource, Cluster, WatchEvent } from '../../src/core/cluster/cluster.ts';
import { customResourceDefinitions } from '../../src/core/cluster/definitions.ts';
import { readLive } from '../../src/core/cluster/live.ts';
import { type OpenAnswer, openCluster } from '../../src/core/cluster/open.ts';
import { RecordingCluster } from '../../src/core/cluster/snapshot/record.ts';
import { readSnapshot } from '../../src/core/cluster/snapshot/snapshot.ts';
import { takeSnapshot } from '../../src/core/cluster/snapshot/write.ts';
import type { JsonObject, Resource } from '../../src/core/model/resource.ts';
import { dryRunOf } from '../core/cluster/dry-run-of.ts';
import { apply, kubectl, withNamespace } from './plane.ts';

const host = { log: () => {}, trusted: () => false, secret: () => undefined, forges: () => ({}) };
const { server, certificate, key, kubeconfig } = inject('plane');
const opened: Cluster[] = [];
const servers: Server[] = [];
let folder: string;
let admin: Cluster;
let types: readonly ApiResource[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-cluster-'));
  admin = await as('admin');
  const discovery = await admin.discovery();
  if (!discovery.ok) throw new Error(discovery.reason);
  types = discovery.resources;
});

afterAll(() => {
  for (const cluster of opened) cluster.close();
  for (const small of servers) small.close();
  rmSync(folder, { recursive: true });
});

async function open(context: string, file: string, uid?: string): Promise<OpenAnswer> {
  const options = { root: join(folder, 'repository'), host, env: { KUBECONFIG: file } };
  const answer = await openCluster({ kind: 'context', context, uid }, options);
  if (answer.ok) opened.push(answer.cluster);
  return answer;
}

async function as(user: string): Promise<Cluster> {
  const answer = await open(user, kubeconfig);
  if (!answer.ok) throw new Error(answer.reason);
  return answer.cluster;
}

/** Opens the control plane by a kubeconfig of its own, with the changes given. */
function openWith(cluster: object, user: object = adminUser()): Promise<OpenAnswer> {
  const file = join(folder, `kubeconfig-${Math.random()}`);
  const trust = { 'certificate-authority-data': Buffer.from(certificate).toString('base64') };
  const config = {
    clusters: [{ name: 'test', cluster: { server, ...trust, ...cluster } }],
    users: [{ name: 'me', user }],
    contexts: [{ name: 'changed', context: { cluster: 'test', user: 'me' } }],
  };
  writeFileSync(file, JSON.stringify(config));
  return open('changed', file);
}

function adminUser(): object {
  const { users } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as {
    users: { name: string; user: object }[];
  };
  return users.find(({ name }) => name === 'admin')?.user ?? {};
}

function typeOf(kind: string): ApiResource {
  const type = types.find(found => found.kind === kind);
  if (type === undefined) throw new Error(`${kind} is not served`);
  return type;
}

async function listen(small: Server): Promise<number> {
  servers.push(small);
  await new Promise<void>(resolve => small.listen(0, '127.0.0.1', resolve));
  return (small.address() as AddressInfo).port;
}

const reasonOf = (answer: { ok: boolean }) => (answer as { reason?: string }).reason ?? 'none';
const configMap = (name: string, namespace: string, data: object = { key: 'value' }) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

describe('a real API server', () => {
  it('says who it is and what it serves', () => {
    expect(admin.identity).toMatchObject({ context: 'admin', server, version: 'v1.36.4' });
    expect(admin.identity.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(typeOf('Deployment')).toMatchObject({ group: 'apps', namespaced: true });
    expect(typeOf('Node')).toMatchObject({ group: '', resource: 'nodes', namespaced: false });
  });

  it('lists more objects than fit a page, whole', async () => {
    await withNamespace('pages', async namespace => {
      const names = Array.from({ length: 1100 }, (_, index) => `c-${index}`);
      const wanted = names.map(name => configMap(name, namespace));
      for (const start of [0, 550]) await apply(wanted.slice(start, start + 550));
      const answer = await admin.list(typeOf('ConfigMap'), namespace);
      if (!answer.ok) throw new Error(answer.reason);
      const found = answer.objects.map(object => (object.metadata as JsonObject).name);
      expect(found.filter(name => name !== 'kube-root-ca.crt').toSorted()).toEqual(
        names.toSorted(),
      );
      const object = answer.objects.find(item => (item.metadata as JsonObject).name === 'c-7');
      expect(object).toMatchObject({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { managedFields: [{ manager: 'kubectl', operation: 'Apply' }] },
      });
    });
  });

  it('tells edits made by hand', async () => {
    await withNamespace('watch', async namespace => {
      const type = typeOf('ConfigMap');
      await apply([configMap('web', namespace)]);
      const told: WatchEvent[] = [];
      const seen = (isIt: (event: WatchEvent) => boolean) =>
        expect.poll(() => told.some(isIt), { timeout: 20_000 }).toBe(true);
      const about = (event: WatchEvent, name: string) =>
        'object' in event && (event.object.metadata as JsonObject).name === name;
      const end = admin.watch(type, namespace, event => told.push(event));
      await seen(event => event.type === 'reset' && event.objects.some(({ data }) => data));
      const patch = ['patch', 'configmap', 'web', '-n', namespace, '-p', '{"data":{"key":"hand"}}'];
      await kubectl(patch);
      await seen(
        event =>
          event.type === 'modified' &&
          about(event, 'web') &&
          (event.object.data as JsonObject).key === 'hand',
      );
      await kubectl(['create', 'configmap', 'other', '-n', namespace]);
      await seen(event => event.type === 'added' && about(event, 'other'));
      await kubectl(['delete', 'configmap', 'web', '-n', namespace]);
      await seen(event => event.type === 'deleted' && about(event, 'web'));
      end();
      const before = told.length;
      await kubectl(['delete', 'configmap', 'other', '-n', namespace]);
      await admin.list(type, namespace);
      expect(told.length).toBe(before);
    });
  });

  it('tries a change without making it', async () => {
    await withNamespace('dry-run', async namespace => {
      const type = typeOf('ConfigMap');
      await apply([configMap('web', namespace)]);
      const changed = configMap('web', namespace, { key: 'tried' }) as JsonObject;
      const resource: Resource = { ...type, namespace, name: 'web' };
      const tried = await admin.dryRun(dryRunOf(type, changed, 'driftline'));
      expect(tried).toMatchObject({ ok: true, object: { data: { key: 'tried' } } });
      const wrong = { ...changed, unknown: 1 };
      expect(await admin.dryRun(dryRunOf(type, wrong, 'driftline'))).toMatchObject({
        ok: false,
        status: 500,
      });
      expect(await admin.get(type, resource)).toMatchObject({ object: { data: { key: 'value' } } });
      const gone = await admin.get(type, { ...resource, name: 'gone' });
      expect(gone).toEqual({ ok: true, object: undefined });
    });
  });
});

describe('the Secrets in which Helm keeps its releases', () => {
  it('are not listed, and not missing', async () => {
    await withNamespace('helm', async namespace => {
      const secret = (name: string, type: string) => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace },
        type,
      });
      await apply([secret('db', 'Opaque'), secret('release', 'helm.sh/release.v1')]);
      const listed = await admin.list(typeOf('Secret'), namespace);
      expect(listed).toMatchObject({ ok: true, objects: [{ metadata: { name: 'db' } }] });
      const wanted = ['db', 'release', 'gone'].map(name => ({
        ...typeOf('Secret'),
        namespace,
        name,
      }));
      const live = await readLive(admin, wanted, namespace);
      expect(wanted.map(resource => live.find(resource))).toMatchObject([
        { ok: true, object: { metadata: { name: 'db' } } },
        { ok: true, object: { metadata: { name: 'release' } } },
        { ok: true, object: undefined },
      ]);
    });
  });

  it('are read one by one: what a release deployed last', async () => {
    await withNamespace('release', async namespace => {
      const revision = (version: number, status: string) => ({
        ...{ apiVersion: 'v1', kind: 'Secret', type: 'helm.sh/release.v1' },
        metadata: {
          name: `sh.helm.release.v1.shop.v${version}`,
          namespace,
          labels: { owner: 'helm', name: 'shop', status, version: String(version) },
        },
      });
      await apply([revision(9, 'deployed'), revision(10, 'deployed'), revision(11, 'failed')]);
      const answer = await admin.helmRelease?.({ namespace, name: 'shop' });
      expect(answer).toMatchObject({
        object: { metadata: { name: 'sh.helm.release.v1.shop.v10' } },
      });
      expect(await admin.helmRelease?.({ namespace, name: 'other' })).toEqual({ ok: true });
      const viewer = await as('viewer');
      const refused = await viewer.helmRelease?.({ namespace, name: 'shop' });
      expect(refused).toMatchObject({ ok: false, why: 'forbidden' });
    });
  });
});

describe('permissions', () => {
  it('that are missing are said for each list', async () => {
    await withNamespace('tenant', async namespace => {
      const role = ['create', 'rolebinding', 'tenant', '-n', namespace];
      await kubectl([...role, '--clusterrole=view', '--group=tenants']);
      const tenant = await as('tenant');
      expect(tenant.identity.uid).toBeUndefined();
      expect(await tenant.list(typeOf('ConfigMap'), namespace)).toMatchObject({ ok: true });
      for (const [kind, place] of [
        ['ConfigMap', 'default'],
        ['Secret', namespace],
        ['ConfigMap', ''],
        ['Node', ''],
      ] as const) {
        const answer = await tenant.list(typeOf(kind), place);
        expect(answer, `${kind} ${place}`).toMatchObject({ ok: false, why: 'forbidden' });
        expect(reasonOf(answer)).toMatch(/^no permission to list .*User "tenant" cannot list/);
      }
    });
  });

  it('must suffice to know the pinned cluster', async () => {
    const { uid } = admin.identity;
    expect(await open('admin', kubeconfig, uid)).toMatchObject({ ok: true });
    expect(reasonOf(await open('tenant', kubeconfig, uid))).toContain('may not read the namespace');
    const other = await open('admin', kubeconfig, '00000000-0000-0000-0000-000000000000');
    expect(reasonOf(other)).toContain(`leads to another cluster (${uid})`);
  });

  it('end with a wrong token', async () => {
    const answer = await openWith({}, { token: 'expired' });
    expect(reasonOf(answer)).toBe(
      `${server} does not accept the credentials of the context "changed" (expired or wrong): sign in again`,
    );
  });
});

describe('connections', () => {
  it('are not made to a certificate that nobody vouches for', async () => {
    const answer = await openWith({ 'certificate-authority-data': undefined });
    expect(reasonOf(answer)).toContain('is self-signed or of an unknown authority');
    const trusting = { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true };
    expect(await openWith(trusting)).toMatchObject({ ok: true });
  });

  it('check the name in the certificate', async () => {
    const wrong = await openWith({ 'tls-server-name': 'elsewhere.example' });
    expect(reasonOf(wrong)).toContain('is for another name');
    expect(await openWith({ 'tls-server-name': 'kubernetes.default.svc' })).toMatchObject({
      ok: true,
    });
  });

  it('go through the proxy of the kubeconfig', async () => {
    const asked: string[] = [];
    const proxy = createHttpServer();
    proxy.on('connect', ({ url = '' }, client) => {
      asked.push(url);
      const target = connect(Number(url.split(':')[1]), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        target.pipe(client).pipe(target);
      });
      for (const socket of [client, target]) socket.on('error', () => {});
    });
    const port = await listen(proxy);
    expect(await openWith({ 'proxy-url': `http://127.0.0.1:${port}` })).toMatchObject({ ok: true });
    expect(asked).toContain(server.slice('https://'.length));
  });

  it('show the client certificate', async () => {
    const names: unknown[] = [];
    const tls = { key, cert: certificate, ca: certificate, requestCert: true };
    const small = createTlsServer({ ...tls, rejectUnauthorized: false }, (request, response) => {
      names.push((request.socket as TLSSocket).getPeerCertificate().fingerprint);
      response.end('{"metadata":{"name":"kube-system","uid":"u"}}');
    });
    const port = await listen(small);
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const user = {
      'client-certificate-data': base64(certificate),
      'client-key-data': base64(key),
    };
    expect(await openWith({ server: `https://127.0.0.1:${port}` }, user)).toMatchObject({
      ok: true,
    });
    expect(names[0]).toMatch(/^[0-9A-F:]{59}$/);
  });

  it('end after half a minute with a server that says nothing', async () => {
    const port = await listen(createServer(() => {}));
    const answer = await openWith({ server: `https://127.0.0.1:${port}` });
    expect(reasonOf(answer)).toContain('did not answer within 30 s');
  });
});

describe('snapshots of a real server', () => {
  const kinds = ['ConfigMap', 'Secret', 'Deployment'];
  const secret = (namespace: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace },
    stringData: { password: 'hunter2' },
  });

  it('answer as the server did, without the values of Secrets', async () => {
    await withNamespace('snapshot', async namespace => {
      await apply([configMap('web', namespace), secret(namespace)]);
      const cluster = new RecordingCluster(admin);
      for (const kind of kinds) await cluster.list(typeOf(kind), namespace);
      const { text } = await takeSnapshot(cluster, { now: new Date() });
      expect(text).not.toContain(Buffer.from('hunter2').toString('base64'));
      const snapshot = readSnapshot('live.json', text);
      expect(snapshot.identity.uid).toBe(admin.identity.uid);
      for (const kind of ['ConfigMap', 'Deployment']) {
        const [live, kept] = await Promise.all([
          admin.list(typeOf(kind), namespace),
          snapshot.list(typeOf(kind), namespace),
        ]);
        expect(kept).toEqual({ ...live, resourceVersion: '' });
      }
      expect(await snapshot.list(typeOf('Secret'), namespace)).toMatchObject({
        ok: true,
        objects: [{ metadata: { name: 'db' } }],
      });
    });
  });

  it('may be made by kubectl', async () => {
    await withNamespace('kubectl', async namespace => {
      await apply([configMap('web', namespace), secret(namespace)]);
      for (const format of ['yaml', 'json']) {
        const get = [
          'get',
          'configmap,secret,deployment',
          '-n',
          namespace,
          '--show-managed-fields',
        ];
        const snapshot = readSnapshot('live.yaml', await kubectl([...get, '-o', format]));
        for (const kind of ['ConfigMap', 'Secret']) {
          const [live, kept] = await Promise.all([
            admin.list(typeOf(kind), namespace),
            snapshot.list(typeOf(kind), namespace),
          ]);
          expect(kept).toEqual({ ...live, resourceVersion: '' });
        }
        const none = await snapshot.list(typeOf('Deployment'), namespace);
        expect(none).toMatchObject({ ok: false, why: 'partial' });
      }
    });
  });
});

describe('definitions of custom resources', () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gauges.cluster.driftline.test' },
    spec: {
      group: 'cluster.driftline.test',
      names: { kind: 'Gauge', listKind: 'GaugeList', plural: 'gauges', singular: 'gauge' },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: {
              type: 'object',
              required: ['spec'],
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                spec: {
                  type: 'object',
                  properties: {
                    unit: { type: 'string', default: 'bar', enum: ['bar', 'psi'] },
                    marks: {
                      type: 'array',
                      'x-kubernetes-list-type': 'map',
                      'x-kubernetes-list-map-keys': ['at'],
                      items: {
                        type: 'object',
                        required: ['at'],
                        properties: {
                          at: { type: 'integer', minimum: 0 },
                          text: { type: 'string' },
                        },
                      },
                    },
                    any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  },
                },
                status: { type: 'object', properties: { ready: { type: 'boolean' } } },
              },
            },
          },
        },
      ],
    },
  };
  const gauge = { group: 'cluster.driftline.test', version: 'v1', kind: 'Gauge' };
  const builtin = [
    { group: 'scheduling.k8s.io', version: 'v1', kind: 'PriorityClass' },
    { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' },
    { group: 'apps', version: 'v1', kind: 'Deployment' },
  ];

  it('are read by who may, and known from what is published by who may not', async () => {
    await apply([definition]);
    await kubectl(['wait', '--for=condition=Established', 'crd/gauges.cluster.driftline.test']);
    const [asAdmin, asTenant] = await Promise.all([as('admin'), as('tenant')]);
    const wanted = [gauge, ...builtin];
    const read = await customResourceDefinitions(asAdmin, wanted);
    expect(read).toHaveLength(1);
    expect(read[0]).toMatchObject({ metadata: definition.metadata, spec: definition.spec });
    // The document follows the definition after a moment.
    let published: JsonObject[] = [];
    await expect
      .poll(
        async () => {
          published = await customResourceDefinitions(await as('tenant'), wanted);
          return published.length;
        },
        { timeout: 20_000 },
      )
      .toBe(1);
    expect(published[0]?.spec).toEqual(definition.spec);
    expect(await asTenant.get(typeOf('CustomResourceDefinition'), named())).toMatchObject({
      ok: false,
    });
  });

  function named(): Resource {
    return { ...gauge, namespace: '', name: definition.metadata.name };
  }
});
