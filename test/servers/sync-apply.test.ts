import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { apply, kubectl, withNamespace } from './plane.ts';
import { configMap, Folder, manifests } from './sync-harness.ts';

// Plain apply on a real API server: what the preview says is what happens, and nothing else.

const { kubeconfig } = inject('plane');
const folders: Folder[] = [];
let uid: string;

beforeAll(async () => {
  uid = await kubectl(['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}']);
});
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

interface Settings {
  pin?: string;
  context?: string;
  more?: string;
}

function folder(namespace: string, files: Record<string, string>, settings: Settings = {}): Folder {
  const { pin = uid, context = 'admin', more = '' } = settings;
  const cluster = pin === '' ? `{ context: ${context} }` : `{ context: ${context}, uid: ${pin} }`;
  const config = `version: 1
environments:
- name: staging
  source: { path: app }
  cluster: ${cluster}
  namespace: ${namespace}
${more}`;
  const made = new Folder(kubeconfig, { 'driftline.yaml': config, ...files });
  folders.push(made);
  return made;
}

const run = { environment: 'staging' };
const get = (namespace: string, what: string, path: string) =>
  kubectl(['get', what, '-n', namespace, '-o', `jsonpath=${path}`]);
const said = ({
  changes,
}: {
  changes: { object: { kind: string; name: string }; change: string }[];
}) => changes.map(({ object, change }) => `${change} ${object.kind} ${object.name}`);

describe('plain apply', () => {
  it('creates what is missing: namespaces, definitions and their objects in one go', () =>
    withNamespace('sync', async namespace => {
      const kind = `Gear${namespace.replace('-', '')}`;
      const plural = `${kind.toLowerCase()}s`;
      const group = 'sync.driftline.test';
      const metadata = { name: 'first', namespace: `${namespace}-more` };
      const gear = { apiVersion: `${group}/v1`, kind, metadata, spec: { teeth: 12 } };
      const definition = {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: `${plural}.${group}` },
        spec: {
          group,
          names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
          scope: 'Namespaced',
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: {
                  type: 'object',
                  properties: {
                    spec: { type: 'object', properties: { teeth: { type: 'integer' } } },
                  },
                },
              },
            },
          ],
        },
      };
      const more = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-more` } };
      const written = manifests(gear, configMap('settings', { level: 'info' }), definition, more);
      const made = folder(namespace, { 'app/all.yaml': written });
      try {
        const plan = await made.plan('staging');
        expect(said(plan).sort()).toEqual([
          `create ConfigMap settings`,
          `create CustomResourceDefinition ${plural}.${group}`,
          `create ${kind} first`,
          `create Namespace ${namespace}-more`,
        ]);
        expect(plan).toMatchObject({ protected: false, cluster: { context: 'admin', uid } });
        const outcome = await made.run({ ...run, uid });
        expect(outcome.applications).toEqual([
          { name: 'app', kind: 'succeeded', message: 'Applied 4 objects.' },
        ]);
        expect(made.progress[0]).toBe(`app: applying Namespace ${namespace}-more (1 of 4)`);
        expect(await get(`${namespace}-more`, `${plural}.${group}/first`, '{.spec.teeth}')).toBe(
          '12',
        );
        expect(await made.drift('staging')).toEqual([]);
        expect(await made.plan('staging')).toMatchObject({ changes: [], unchanged: 4 });
      } finally {
        await kubectl([
          'delete',
          'namespace',
          `${namespace}-more`,
          '--wait=false',
          '--ignore-not-found',
        ]);
        await kubectl([
          'delete',
          'crd',
          `${plural}.${group}`,
          '--wait=false',
          '--ignore-not-found',
        ]);
      }
    }));

  it('takes back what was changed by hand, and leaves the rest alone', () =>
    withNamespace('sync', async namespace => {
      const files = {
        'app/a.yaml': manifests(configMap('a', { level: 'info' })),
        'app/b.yaml': manifests(configMap('b', { level: 'info' })),
      };
      const made = folder(namespace, files);
      await made.run({ ...run, uid });
      const version = () => get(namespace, 'configmap/b', '{.metadata.resourceVersion}');
      const before = await version();
      const edit = ['patch', 'configmap', 'a', '-n', namespace, '--field-manager=somebody'];
      await kubectl([...edit, '-p', '{"data":{"level":"debug","extra":"mine"}}']);
      expect(await made.drift('staging')).toEqual(['ConfigMap a drifted']);
      const plan = await made.plan('staging');
      expect(plan).toMatchObject({
        unchanged: 1,
        changes: [
          {
            change: 'update',
            application: 'app',
            paths: [
              {
                path: '.data.level',
                desired: 'info',
                live: 'debug',
                by: [{ manager: 'somebody' }],
              },
            ],
          },
        ],
      });
      expect(await get(namespace, 'configmap/a', '{.data.level}')).toBe('debug');
      const outcome = await made.run({ ...run, uid });
      expect(outcome.applications).toMatchObject([
        { kind: 'succeeded', message: 'Applied 1 object.' },
      ]);
      expect(await get(namespace, 'configmap/a', '{.data}')).toBe(
        '{"extra":"mine","level":"info"}',
      );
      expect(await made.drift('staging')).toEqual([]);
      expect(await version()).toBe(before);
    }));

  it('removes what client-side apply set and the manifest no longer has', () =>
    withNamespace('sync', async namespace => {
      const older = configMap('a', { level: 'info', old: 'gone' }, namespace);
      await kubectl(['apply', '-f', '-'], { input: JSON.stringify(older) });
      const made = folder(namespace, {
        'app/a.yaml': manifests(configMap('a', { level: 'info' })),
      });
      const plan = await made.plan('staging');
      expect(plan.changes).toMatchObject([
        { change: 'update', paths: [{ path: '.data.old', kind: 'stale' }] },
      ]);
      expect((await made.run({ ...run, uid })).applications).toMatchObject([{ kind: 'succeeded' }]);
      expect(await get(namespace, 'configmap/a', '{.data}')).toBe('{"level":"info"}');
      expect(await made.drift('staging')).toEqual([]);
    }));

  it('leaves what is ignored on purpose as it runs', () =>
    withNamespace('sync', async namespace => {
      const ignore = `ignore:
- kind: ConfigMap
  jsonPointers: [/data/level]
`;
      const made = folder(
        namespace,
        { 'app/a.yaml': manifests(configMap('a', { level: 'info', mode: 'fast' })) },
        { more: ignore },
      );
      await apply(
        [configMap('a', { level: 'debug', mode: 'slow' }, namespace)],
        '--field-manager=other',
      );
      const plan = await made.plan('staging');
      expect(plan.changes[0]?.paths.map(({ path }) => path)).toEqual(['.data.mode']);
      await made.run({ ...run, uid });
      expect(await get(namespace, 'configmap/a', '{.data}')).toBe(
        '{"level":"debug","mode":"fast"}',
      );
      expect(await made.drift('staging')).toEqual([]);
    }));

  it('applies the others when the server refuses one, and says which and why', () =>
    withNamespace('sync', async namespace => {
      const service: JsonObject = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web' },
        spec: { clusterIP: '1.2.3.4', ports: [{ port: 80 }] },
      };
      const written = manifests(service, configMap('a', { level: 'info' }));
      const made = folder(namespace, { 'app/all.yaml': written });
      const plan = await made.plan('staging');
      expect(said(plan).sort()).toEqual(['create ConfigMap a', 'refused Service web']);
      expect(plan.changes.find(({ change }) => change === 'refused')?.reason).toContain('1.2.3.4');
      const { applications } = await made.run({ ...run, uid });
      expect(applications).toMatchObject([{ name: 'app', kind: 'failed' }]);
      expect(applications[0]?.message).toMatch(/^1 of 2 objects could not be applied: Service /);
      expect(await get(namespace, 'configmap/a', '{.data.level}')).toBe('info');
    }));

  it('never writes what another engine applies, what is encrypted, or what is not permitted', () =>
    withNamespace('sync', async namespace => {
      const labels = {
        'kustomize.toolkit.fluxcd.io/name': 'apps',
        'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
      };
      const live = configMap('flux', { level: 'debug' }, namespace);
      const labelled = { ...live, metadata: { ...(live.metadata as JsonObject), labels } };
      await apply([labelled], '--field-manager=kustomize-controller');
      const secret: JsonObject = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'db' },
        stringData: { password: 'ENC[AES256_GCM,data:abc,iv:def,tag:ghi,type:str]' },
        sops: { mac: 'ENC[AES256_GCM,data:abc,iv:def,tag:ghi,type:str]', version: '3.9.0' },
      };
      const written = manifests(configMap('flux', { level: 'info' }), secret);
      const made = folder(namespace, { 'app/all.yaml': written });
      const plan = await made.plan('staging');
      expect(plan.changes.map(({ change, reason }) => `${change}: ${reason}`)).toEqual([
        'refused: Flux applies it; sync it there.',
        'refused: It is encrypted (SOPS), and nothing here may decrypt it.',
      ]);
      const { applications } = await made.run({ ...run, uid });
      expect(applications).toMatchObject([{ kind: 'failed' }]);
      expect(await get(namespace, 'configmap/flux', '{.data.level}')).toBe('debug');
      await expect(get(namespace, 'secret/db', '{.data}')).rejects.toThrow('not found');
    }));

  it('never passes for done where something could not be rendered or compared', () =>
    withNamespace('sync', async namespace => {
      const broken = 'resources: [settings.yaml, gone.yaml]\n';
      const settings = manifests(configMap('settings', { level: 'info' }));
      const files = { 'app/kustomization.yaml': broken, 'app/settings.yaml': settings };
      const made = folder(namespace, files);
      const plan = await made.plan('staging');
      expect(plan.applications[0]?.refused).toMatch(/^It cannot be rendered: .*gone\.yaml/);
      const { applications } = await made.run({ ...run, uid });
      expect(applications).toMatchObject([{ kind: 'skipped' }]);
      await expect(get(namespace, 'configmap/settings', '{.data}')).rejects.toThrow('not found');

      const unknown = { apiVersion: 'nowhere.test/v1', kind: 'Thing', metadata: { name: 'a' } };
      const partly = folder(namespace, {
        'app/settings.yaml': settings,
        'app/thing.yaml': manifests(unknown),
      });
      expect((await partly.plan('staging')).notChecked).toMatchObject([
        { object: { kind: 'Thing' } },
      ]);
      const outcome = await partly.run({ ...run, uid });
      expect(outcome.applications[0]?.message).toBe(
        'Applied 1 object. 1 object could not be compared and was left alone.',
      );
    }));

  it('shows no value of a Secret', () =>
    withNamespace('sync', async namespace => {
      const secret = (password: string): JsonObject => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'db', namespace },
        stringData: { password },
      });
      await apply([secret('hunter2')], '--field-manager=other');
      const made = folder(namespace, { 'app/db.yaml': manifests(secret('correct-horse')) });
      const plan = await made.plan('staging');
      expect(said(plan)).toEqual(['update Secret db']);
      const outcome = await made.run({ ...run, uid });
      expect(outcome.applications).toMatchObject([{ kind: 'succeeded' }]);
      const all = JSON.stringify([plan, outcome, made.progress]);
      for (const password of ['hunter2', 'correct-horse'])
        for (const text of [password, Buffer.from(password).toString('base64')])
          expect(all).not.toContain(text);
      expect(await get(namespace, 'secret/db', '{.data.password}')).toBe(
        Buffer.from('correct-horse').toString('base64'),
      );
    }));
});

describe('a sync is refused', () => {
  const files = { 'app/a.yaml': manifests(configMap('a', { level: 'info' })) };
  const absent = (namespace: string) =>
    expect(get(namespace, 'configmap/a', '{.data}')).rejects.toThrow('not found');

  it('on another cluster than the pinned one, and says how to pin where nobody did', () =>
    withNamespace('sync', async namespace => {
      const other = '11111111-2222-3333-4444-555555555555';
      const wrong = folder(namespace, files, { pin: other });
      await expect(wrong.plan('staging')).rejects.toThrow('leads to another cluster');
      await expect(wrong.run({ ...run, uid })).rejects.toThrow('leads to another cluster');
      const right = folder(namespace, files);
      await expect(right.run({ ...run, uid: other })).rejects.toThrow(
        /another cluster .* than was confirmed/,
      );
      const unpinned = folder(namespace, files, { pin: '' });
      await expect(unpinned.plan('staging')).rejects.toThrow(
        `cluster: { context: admin, uid: ${uid} }`,
      );
      await expect(unpinned.run({ ...run, uid })).rejects.toThrow('not pinned');
      await absent(namespace);
    }));

  it('in an untrusted folder, offline, and with a broken driftline.yaml', () =>
    withNamespace('sync', async namespace => {
      const made = folder(namespace, files);
      const options = { trusted: false };
      await expect(made.plan('staging', undefined, 'sync', options)).rejects.toThrow('--trust');
      await expect(made.plan('staging', undefined, 'sync', { offline: true })).rejects.toThrow(
        'offline',
      );
      const broken = folder(namespace, files, { more: '  protected: treu\n' });
      await expect(broken.plan('staging')).rejects.toThrow(/driftline.yaml:\d+/);
      await expect(broken.run({ ...run, uid })).rejects.toThrow(/driftline.yaml:\d+/);
      await absent(namespace);
    }));

  it('of a protected environment that was not confirmed by its name', () =>
    withNamespace('sync', async namespace => {
      const made = folder(namespace, files, { more: '  protected: true\n' });
      expect(await made.plan('staging')).toMatchObject({ protected: true });
      await expect(made.run({ ...run, uid })).rejects.toThrow('protected');
      await expect(made.run({ ...run, uid, confirmation: 'Staging' })).rejects.toThrow('protected');
      await absent(namespace);
      const outcome = await made.run({ ...run, uid, confirmation: 'staging' });
      expect(outcome.applications).toMatchObject([{ kind: 'succeeded' }]);
    }));

  it('of an application that there is not, and by a verb that there is not', async () => {
    const made = folder('default', files);
    await expect(made.plan('staging', 'ap')).rejects.toThrow('did you mean app?');
    await expect(made.plan('stagin')).rejects.toThrow('did you mean staging?');
    const plan = await made.plan('staging', 'app', 'suspend');
    expect(plan.applications).toEqual([
      { name: 'app', engine: 'apply', refused: 'kubectl apply cannot suspend app.' },
    ]);
  });

  it('object by object where it is not permitted', () =>
    withNamespace('sync', async namespace => {
      const role = `sync-${namespace}`;
      await kubectl([
        'create',
        'clusterrole',
        role,
        '--verb=get,list',
        '--resource=namespaces,configmaps',
      ]);
      await kubectl([
        'create',
        'clusterrolebinding',
        role,
        `--clusterrole=${role}`,
        '--user=viewer',
      ]);
      try {
        const made = folder(namespace, files, { context: 'viewer' });
        const plan = await made.plan('staging');
        expect(plan.changes).toMatchObject([{ change: 'refused' }]);
        expect(plan.changes[0]?.reason).toContain(
          `No permission to apply ConfigMap ${namespace}/a`,
        );
        const { applications } = await made.run({ ...run, uid });
        expect(applications).toMatchObject([{ kind: 'failed' }]);
        await absent(namespace);
      } finally {
        await kubectl(['delete', 'clusterrolebinding,clusterrole', role]);
      }
    }));

  it('half-way by whoever stops it, and says how far it came', () =>
    withNamespace('sync', async namespace => {
      const many = Array.from({ length: 20 }, (_, at) => configMap(`a${at}`, { level: 'info' }));
      const made = folder(namespace, { 'app/all.yaml': manifests(...many) });
      const stop = new AbortController();
      const running = made.run({ ...run, uid, signal: stop.signal });
      while (!made.progress.some(line => line.includes('(3 of 20)')))
        await new Promise(resolve => setTimeout(resolve, 5));
      stop.abort();
      const { applications } = await running;
      expect(applications).toMatchObject([{ name: 'app', kind: 'failed' }]);
      const message = /^Stopped: (\d+) of 20 objects were applied, and perhaps ConfigMap/;
      const done = Number(message.exec(applications[0]?.message ?? '')?.[1]);
      const names = await kubectl(['get', 'configmap', '-n', namespace, '-o', 'name']);
      const made_ = names.split('\n').filter(name => /\/a\d+$/.test(name)).length;
      expect(made_ === done || made_ === done + 1).toBe(true);
    }));
});
