import { beforeAll, describe, expect, it } from 'vitest';
import { healthOf } from '../../src/core/cluster/health.ts';
import { openCluster } from '../../src/core/cluster/open.ts';
import { argocd, argocdWith } from '../../src/core/engines/argocd/argocd.ts';
import type { Application, Environment } from '../../src/core/model/environment.ts';
import type { JsonObject, Resource } from '../../src/core/model/resource.ts';
import { driftline } from '../cli/run.ts';
import { applyOn, kubectlOn } from './kubectl.ts';
import { until } from './processes.ts';
import { argo } from './servers.ts';
import { type Shop, withShop } from './shop.ts';
import { configMap, manifests } from './sync-harness.ts';

// The whole walk with a real Argo CD: what is changed by hand is seen, and a sync brings it back; what Argo CD
// says, we say; what its API server would refuse, we refuse.

let cd: Awaited<ReturnType<typeof argo>>;
let uid: string;
beforeAll(async () => {
  cd = await argo();
  const get = ['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}'];
  uid = await kubectlOn(cd.plane, get);
}, 300_000);

const app = { 'app/settings.yaml': manifests(configMap('settings', { level: 'info' })) };
const level = (shop: Shop) =>
  shop.kubectl('get', 'configmap/settings', '-o', 'jsonpath={.data.level}');
const edit = (shop: Shop) =>
  shop.kubectl(
    ...['patch', 'configmap', 'settings', '--field-manager=kubectl-edit'],
    ...['-p', '{"data":{"level":"debug"}}'],
  );

describe('an Application of Argo CD', () => {
  it('takes back what was changed by hand, and applies what was committed since', () =>
    withShop(app, async shop => {
      const head = await shop.work.git('rev-parse', 'HEAD');
      expect(await shop.run()).toEqual({
        name: shop.namespace,
        kind: 'succeeded',
        message: `Synced to ${head.slice(0, 7)} and healthy.`,
        revision: head,
      });
      expect(await shop.folder.drift('staging')).toEqual([]);

      await edit(shop);
      expect(await shop.folder.drift('staging')).toEqual(['ConfigMap settings drifted']);
      expect(await shop.folder.plan('staging')).toMatchObject({
        applications: [{ name: shop.namespace, engine: 'argocd' }],
        changes: [{ change: 'update', paths: [{ path: '.data.level', live: 'debug' }] }],
      });
      expect(await shop.run()).toMatchObject({ kind: 'succeeded', revision: head });
      expect(await level(shop)).toBe('info');
      expect(await shop.folder.drift('staging')).toEqual([]);

      const text = manifests(configMap('settings', { level: 'warn' }));
      const next = await shop.work.commit('Warn', { 'app/settings.yaml': text });
      expect(await shop.run()).toMatchObject({ kind: 'succeeded', revision: next });
      expect(await level(shop)).toBe('warn');
      const { status, operation } = await shop.application();
      expect(operation).toBeUndefined();
      expect(status).toMatchObject({
        sync: { status: 'Synced', revision: next },
        operationState: { phase: 'Succeeded' },
      });
    }));

  it('is synced by the command line, which shows the drift before and not after', () =>
    withShop(app, async shop => {
      await shop.run();
      await edit(shop);
      const env = { KUBECONFIG: cd.plane.kubeconfig };
      const cli = (...args: string[]) =>
        driftline([...args, '-C', shop.folder.path, '-e', 'staging', '--format', 'json'], { env });
      const before = await cli('drift');
      expect(before.status, before.stderr).toBe(1);
      expect(JSON.parse(before.stdout).environments[0].objects).toMatchObject([
        { object: { kind: 'ConfigMap', name: 'settings' }, state: 'drifted' },
      ]);
      const synced = await cli('sync', '--yes', '--trust');
      expect(synced.status, synced.stderr).toBe(0);
      expect(synced.stdout).toContain('and healthy');
      const after = await cli('drift');
      expect(after.status, after.stderr).toBe(0);
    }));

  it('tells what Argo CD tells of a manifest that cannot be applied', () =>
    withShop(
      {
        'app/service.yaml': manifests({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'web' },
          spec: { clusterIP: '1.2.3.4', ports: [{ port: 80 }] },
        }),
      },
      async shop => {
        const outcome = await shop.run();
        expect(outcome.kind).toBe('failed');
        expect(outcome.message).toContain('failed to apply');
        expect(outcome.message).toContain('1.2.3.4');
        const { status } = await shop.application();
        expect(status.operationState?.phase).toBe('Failed');
      },
    ));

  it('tells what Argo CD tells of a manifest that cannot be read', () =>
    withShop({ 'app/broken.yaml': 'apiVersion: v1\nkind: [\nmetadata:\n' }, async shop => {
      expect(await shop.run()).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining('broken.yaml'),
      });
      expect(await shop.run('refresh')).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining('broken.yaml'),
      });
    }));

  it('says what it did not prune, and that a new revision was applied all the same', () =>
    withShop({ ...app, 'app/old.yaml': manifests(configMap('old', {})) }, async shop => {
      await shop.run();
      await shop.work.git('rm', '--quiet', 'app/old.yaml');
      const head = await shop.work.commit('Remove', {});
      expect(await shop.run()).toMatchObject({
        kind: 'succeeded',
        revision: head,
        message: `Synced to ${head.slice(0, 7)}; not pruned: ConfigMap ${shop.namespace}/old.`,
      });
      expect(await shop.kubectl('get', 'configmap', 'old', '-o', 'name')).toContain('old');
    }));

  it('is synced from several sources', () =>
    withShop(
      { ...app, 'more/more.yaml': manifests(configMap('more', { level: 'info' })) },
      async shop => {
        const head = await shop.work.git('rev-parse', 'HEAD');
        expect(await shop.run()).toMatchObject({ kind: 'succeeded', revision: head });
        expect(await shop.kubectl('get', 'configmap', 'more', '-o', 'name')).toContain('more');
        expect(await shop.folder.drift('staging')).toEqual([]);
      },
      work => ({
        source: undefined as unknown as JsonObject,
        sources: ['app', 'more'].map(path => ({
          repoURL: `file://${work.folder}`,
          path,
          targetRevision: 'main',
        })),
      }),
    ));

  it('is paused and resumed, and is left alone in between', () =>
    withShop(app, async shop => {
      await shop.run();
      expect(await shop.run('suspend')).toMatchObject({ kind: 'succeeded' });
      await edit(shop);
      expect(await shop.refused('sync')).toContain('is paused (skip-reconcile): resume it first');
      expect(await shop.run('sync')).toMatchObject({ kind: 'skipped' });
      const { status } = await shop.application();
      // Nobody compared it.
      expect(status.sync.status).toBe('Synced');
      const resumed = await shop.run('resume');
      expect(resumed).toMatchObject({ kind: 'succeeded', message: 'Resumed: OutOfSync, Healthy.' });
      const { metadata } = await shop.application();
      expect(metadata.annotations ?? {}).toEqual({});
      expect(await shop.run('sync')).toMatchObject({ kind: 'succeeded' });
      expect(await level(shop)).toBe('info');
    }));
});

describe('an Application that an ApplicationSet made', () => {
  it('is said not to be paused where the annotation is taken away', () =>
    withShop(app, async shop => {
      // Its controller does not run: what it does is done here.
      const type = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet' };
      const named = ['-n', cd.namespace, `applicationset/${shop.namespace}`];
      const metadata = { name: shop.namespace, namespace: cd.namespace };
      const { spec } = (await shop.application()) as unknown as JsonObject;
      const template = { metadata: { name: shop.namespace }, spec };
      await applyOn(cd.plane, [{ ...type, metadata, spec: { generators: [], template } }]);
      const set = await kubectlOn(cd.plane, ['get', ...named, '-o', 'jsonpath={.metadata.uid}']);
      const ownerReferences = [{ ...type, name: shop.namespace, uid: set }];
      await shop.patchApplication({ metadata: { ownerReferences } });
      const pausing = shop.run('suspend');
      await until('the annotation', 30_000, async () => {
        const { annotations } = (await shop.application()).metadata;
        return JSON.stringify(annotations ?? {}).includes('skip-reconcile');
      });
      const annotations = { 'argocd.argoproj.io/skip-reconcile': null };
      await shop.patchApplication({ metadata: { annotations } });
      expect(await pausing).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining(`The ApplicationSet ${shop.namespace} did not let`),
      });
      expect(await shop.run('suspend')).toMatchObject({ kind: 'succeeded' });
      // Set free first: the garbage collector learns of owners with a delay, even with
      // `--cascade=orphan`, and would delete the Application with its set.
      await shop.patchApplication({ metadata: { ownerReferences: null } });
      await kubectlOn(cd.plane, ['delete', ...named]);
    }));
});

const job: JsonObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    name: 'before',
    annotations: { 'argocd.argoproj.io/hook': 'PreSync' },
  },
  spec: {
    template: {
      spec: {
        restartPolicy: 'Never',
        // No node has it: the hook never ends.
        nodeSelector: { nowhere: 'true' },
        containers: [{ name: 'before', image: 'registry.example/before:1' }],
      },
    },
  },
};

describe('what is in the way of a sync', () => {
  const window = {
    kind: 'deny',
    schedule: '* * * * *',
    duration: '1h',
    applications: ['*'],
    description: 'change freeze',
  };
  const project = (shop: Shop, name: string, metadata: JsonObject, spec: JsonObject) =>
    applyOn(cd.plane, [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AppProject',
        metadata: { name, namespace: cd.namespace, ...metadata },
        spec: {
          sourceRepos: ['*'],
          destinations: [{ namespace: shop.namespace, server: '*' }],
          ...spec,
        },
      },
    ]);

  it('is a deny window, which a person may be let through by hand', () =>
    withShop(app, async shop => {
      await project(shop, shop.namespace, {}, { syncWindows: [{ ...window, manualSync: true }] });
      await shop.patchApplication({ spec: { project: shop.namespace } });
      expect(await shop.refused()).toBeUndefined();
      expect(await shop.run()).toMatchObject({ message: expect.stringContaining('and healthy') });
      await project(shop, shop.namespace, {}, { syncWindows: [window] });
      const refused = await shop.refused();
      expect(refused).toMatch(
        /^A sync window of the AppProject argo-\w+ denies syncs until .* UTC \(deny \* \* \* \* \* for 1h, change freeze\)\.$/,
      );
      const { status } = await shop.application();
      expect(await shop.run()).toMatchObject({ kind: 'skipped', message: refused });
      expect((await shop.application()).status.operationState).toEqual(status.operationState);
    }));

  it('is a window of a global project, which only Argo CD knows: the operation is ended', () =>
    withShop(app, async shop => {
      const label = `${shop.namespace}-global`;
      await project(shop, label, {}, { syncWindows: [window] });
      await project(shop, shop.namespace, { labels: { [label]: 'yes' } }, {});
      const selector = { labelSelector: { matchLabels: { [label]: 'yes' } }, projectName: label };
      const globalProjects = JSON.stringify([selector]);
      await kubectlOn(cd.plane, [
        ...['patch', 'configmap', 'argocd-cm', '-n', cd.namespace, '--type=merge'],
        ...['-p', JSON.stringify({ data: { globalProjects } })],
      ]);
      await shop.patchApplication({ spec: { project: shop.namespace } });
      expect(await shop.refused()).toBeUndefined();
      expect(await shop.run()).toEqual({
        name: shop.namespace,
        kind: 'failed',
        message: `A sync window does not let Application argocd/${shop.namespace} be synced; the sync was ended.`,
      });
      await until('the end of the operation', 10_000, async () => {
        const { operation } = await shop.application();
        return operation === undefined;
      });
    }));

  it('is an operation that runs, until it is terminated', () =>
    withShop({ ...app, 'app/job.yaml': manifests(job) }, async shop => {
      const running = shop.run();
      await until('the hook', 30_000, async () => {
        const { status } = await shop.application();
        return status.operationState?.message?.includes('before') === true;
      });
      const refused = await shop.refused();
      expect(refused).toMatch(
        /^Application argocd\/argo-\w+ runs an operation already \(waiting for completion of hook batch\/Job\/before\): wait/,
      );
      expect(await shop.run()).toMatchObject({ kind: 'skipped', message: refused });
      expect(await shop.run('terminate')).toMatchObject({
        kind: 'succeeded',
        message: expect.stringContaining('Operation terminated'),
      });
      expect(await running).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining('Operation terminated'),
      });
      expect(await shop.refused('terminate')).toContain('runs no operation');
    }));

  it('is that the cluster does not let us', () =>
    withShop(app, async shop => {
      await kubectlOn(cd.plane, [
        ...['create', 'clusterrolebinding', `${shop.namespace}-viewer`],
        ...['--clusterrole=view', '--user=viewer'],
      ]);
      const reading = ['--verb=get,list', '--resource=applications.argoproj.io,namespaces'];
      await kubectlOn(cd.plane, ['create', 'clusterrole', shop.namespace, ...reading]);
      await kubectlOn(cd.plane, [
        ...['create', 'clusterrolebinding', `${shop.namespace}-applications`],
        ...[`--clusterrole=${shop.namespace}`, '--user=viewer'],
      ]);
      const { cluster, ...at } = await target(shop, 'viewer');
      const refused = await argocd.refuses('sync', { ...at, cluster, objects: [] });
      cluster.close();
      expect(refused).toMatch(/no permission|forbidden/i);
    }));

  it('is nobody who would do it: the request is taken back', () =>
    withShop(app, async shop => {
      const named = { name: 'nobody', namespace: shop.namespace };
      const { metadata: _, spec, ...rest } = (await shop.application()) as unknown as JsonObject;
      const { apiVersion, kind } = rest;
      await applyOn(cd.plane, [{ apiVersion, kind, metadata: named, spec }]);
      const { cluster, ...at } = await target(shop);
      const application = { ...at.application, controller: { ...controllerOf(shop), ...named } };
      const patience = {
        start: 1500,
        blocked: 1500,
        kept: 1500,
        compared: 1500,
        health: 1500,
        degraded: 500,
      };
      const outcome = await argocdWith(patience).run(
        'sync',
        { ...at, application, cluster, objects: [] },
        () => {},
      );
      cluster.close();
      expect(outcome).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining('the request was taken back'),
      });
      const path = 'applications.argoproj.io/nobody';
      expect(await shop.kubectl('get', path, '-o', 'jsonpath={.operation}')).toBe('');
    }));
});

describe('the health after a sync', () => {
  const web = manifests({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          nodeSelector: { nowhere: 'true' },
          containers: [{ name: 'web', image: 'registry.example/web:1' }],
        },
      },
    },
  });

  it('is waited for, and said when it lags behind', () =>
    withShop({ 'app/web.yaml': web }, async shop => {
      const { cluster, ...at } = await target(shop);
      const said: string[] = [];
      const engine = argocdWith({
        start: 30_000,
        blocked: 1500,
        kept: 1500,
        compared: 5000,
        health: 2000,
        degraded: 500,
      });
      const outcome = await engine.run('sync', { ...at, cluster, objects: [] }, message => {
        said.push(message);
      });
      expect(outcome).toMatchObject({
        kind: 'succeeded',
        message: expect.stringMatching(/^Synced to \w{7}; its health is still Progressing\.$/),
      });
      expect(said).toContain(`argocd/${shop.namespace}: synced, progressing`);
      const live = await kubectlOn(cd.plane, [
        ...['get', 'deployment', 'web', '-n', shop.namespace, '-o', 'json'],
      ]);
      // As we see the object ourselves.
      expect(healthOf(JSON.parse(live), new Date())).toMatchObject({ status: 'Progressing' });
      cluster.close();
    }));

  it('is what we say of the objects ourselves', () => {
    const runs = web.replace(/"nodeSelector": \{[^}]*\},/, '');
    const service = { ports: [{ port: 80 }], selector: { app: 'web' } };
    const type = { apiVersion: 'v1', kind: 'Service' };
    const more = manifests({ ...type, metadata: { name: 'web' }, spec: service });
    return withShop({ 'app/web.yaml': runs, 'app/service.yaml': more }, async shop => {
      expect(await shop.run()).toMatchObject({ message: expect.stringMatching(/ and healthy\.$/) });
      const kinds = 'deployment,replicaset,pod,service,configmap';
      const list = JSON.parse(await shop.kubectl('get', kinds, '-o', 'json'));
      const said = list.items.map((item: JsonObject) => [
        item.kind,
        healthOf(item, new Date()).status,
      ]);
      expect(Object.fromEntries(said)).toEqual({
        Deployment: 'Healthy',
        ReplicaSet: 'Healthy',
        Pod: 'Healthy',
        Service: 'Healthy',
        ConfigMap: 'None',
      });
    });
  });
});

function controllerOf({ namespace }: Shop): Resource {
  const type = { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application' };
  return { ...type, namespace: cd.namespace, name: namespace };
}

/** What an engine is told about the shop's Application. */
async function target(shop: Shop, context = 'admin') {
  const host = {
    log: () => {},
    trusted: () => true,
    secret: () => undefined,
    forges: () => ({}),
    kubeconfig: () => cd.plane.kubeconfig,
  };
  const environment = {
    name: 'staging',
    cluster: { kind: 'context', context, uid },
  } as Environment;
  const opened = await openCluster(environment.cluster, { root: shop.folder.path, host });
  if (!opened.ok) throw new Error(opened.reason);
  const application = { name: shop.namespace, controller: controllerOf(shop) } as Application;
  return { environment, application, cluster: opened.cluster };
}
