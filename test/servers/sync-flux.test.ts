import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { driftline } from '../cli/run.ts';
import { exists, type Fleet, kustomization, ready, withFleet } from './fleet.ts';
import { kubectlOn } from './kubectl.ts';
import { until } from './processes.ts';
import { flux } from './servers.ts';
import type { ControlPlane } from './start.ts';
import { configMap, manifests } from './sync-harness.ts';

// The whole walk with real kustomize- and helm-controllers: what is changed by hand is seen, and a sync brings
// it back; what Flux says, we say.

let plane: ControlPlane;
let uid: string;
beforeAll(async () => {
  ({ plane } = await flux());
  const get = ['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}'];
  uid = await kubectlOn(plane, get);
}, 300_000);

const run = () => ({ environment: 'staging', uid });
const level = (fleet: Fleet) =>
  fleet.kubectl('get', 'configmap/settings', '-o', 'jsonpath={.data.level}');
const edit = (fleet: Fleet, name = 'settings') =>
  fleet.kubectl(
    'patch',
    'configmap',
    name,
    '--field-manager=kubectl-edit',
    '-p',
    '{"data":{"level":"debug"}}',
  );
/** Flux waits for it to become ready, which it never does. */
const stuckPod: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'stuck' },
  spec: {
    nodeSelector: { nowhere: 'true' },
    containers: [{ name: 'app', image: 'example.test/app:1' }],
  },
};
const settings = manifests(configMap('settings', { level: 'info' }));

describe('a Kustomization of Flux', () => {
  it('takes back what was changed by hand, and applies what was pushed since', () =>
    withFleet(
      () => ({ 'apps/settings.yaml': settings, 'apps/old.yaml': manifests(configMap('old', {})) }),
      async fleet => {
        await fleet.start(kustomization(fleet.namespace, 'apps'));
        await ready(fleet, 'kustomization/apps');
        expect(await fleet.folder.drift('staging')).toEqual([]);

        await edit(fleet);
        expect(await fleet.folder.drift('staging')).toEqual(['ConfigMap settings drifted']);
        const plan = await fleet.folder.plan('staging');
        expect(plan).toMatchObject({
          applications: [{ name: 'apps', engine: 'flux' }],
          changes: [{ change: 'update', application: 'apps', paths: [{ path: '.data.level' }] }],
          unchanged: 1,
          notChecked: [],
        });
        expect(plan.applications[0]).not.toHaveProperty('refused');
        const before = await fleet.work.git('rev-parse', 'HEAD');
        const first = await fleet.folder.run(run());
        expect(first.applications).toEqual([
          {
            name: 'apps',
            kind: 'succeeded',
            message: `Applied revision: main@sha1:${before.trim()}.`,
            revision: before.trim(),
          },
        ]);
        expect(await level(fleet)).toBe('info');
        expect(await fleet.folder.drift('staging')).toEqual([]);

        await fleet.work.git('rm', '--quiet', 'apps/old.yaml');
        const commit = await fleet.push({ 'apps/settings.yaml': settings.replace('info', 'warn') });
        const next = await fleet.folder.plan('staging', 'apps');
        expect(next.changes.map(({ change, object }) => `${change} ${object.name}`).sort()).toEqual(
          ['delete old', 'update settings'],
        );
        const second = await fleet.folder.run({ ...run(), application: 'apps' });
        expect(second.applications).toMatchObject([{ kind: 'succeeded', revision: commit }]);
        expect(fleet.folder.progress).toContain(
          `${fleet.namespace}/apps: applying main@${commit.slice(0, 7)}`,
        );
        expect(await level(fleet)).toBe('warn');
        expect(await fleet.folder.drift('staging')).toEqual([]);
      },
    ));

  it('says that what is not pushed is not applied', () =>
    withFleet(
      () => ({ 'apps/settings.yaml': settings }),
      async fleet => {
        await fleet.start(kustomization(fleet.namespace, 'apps'));
        await ready(fleet, 'kustomization/apps');
        fleet.folder.write({ 'apps/settings.yaml': settings.replace('info', 'mine') });
        const plan = await fleet.folder.plan('staging');
        expect(plan.notChecked[0]?.reason).toContain('1 file not committed');
        await fleet.folder.run(run());
        expect(await level(fleet)).toBe('info');
      },
    ));

  it('tells what Flux tells when it fails, and keeps back what depends on it', () =>
    withFleet(
      () => ({
        'infra/service.yaml': manifests({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'web' },
          spec: { clusterIP: '1.2.3.4', ports: [{ port: 80 }] },
        }),
        'apps/settings.yaml': settings,
      }),
      async fleet => {
        const { namespace } = fleet;
        const apps = kustomization(namespace, 'apps', { dependsOn: [{ name: 'infra' }] });
        await fleet.start(apps, kustomization(namespace, 'infra'));
        const { applications } = await fleet.folder.run(run());
        expect(applications).toMatchObject([
          { name: 'infra', kind: 'failed' },
          { name: 'apps', kind: 'skipped', message: 'It depends on infra, which was not done.' },
        ]);
        const conditions = ['-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].message}'];
        const message = await fleet.kubectl('get', 'kustomization/infra', ...conditions);
        expect(message).toContain('1.2.3.4');
        expect(applications[0]?.message).toContain(
          message.replace(/\s+/g, ' ').trim().slice(0, 200),
        );
      },
    ));

  it('is suspended and resumed, and is left alone in between', () =>
    withFleet(
      () => ({ 'apps/settings.yaml': settings }),
      async fleet => {
        await fleet.start(kustomization(fleet.namespace, 'apps'));
        await ready(fleet, 'kustomization/apps');
        const suspended = await fleet.folder.run({ ...run(), verb: 'suspend' });
        expect(suspended.applications).toMatchObject([{ kind: 'succeeded' }]);
        const get = ['get', 'kustomization/apps', '--show-managed-fields', '-o', 'json'];
        const { spec, metadata } = JSON.parse(await fleet.kubectl(...get));
        expect(spec.suspend).toBe(true);
        expect(metadata.managedFields.map((entry: JsonObject) => entry.manager)).toContain(
          'flux-client-side-apply',
        );
        await edit(fleet);
        const plan = await fleet.folder.plan('staging');
        const refused = `Kustomization ${fleet.namespace}/apps is suspended: resume it first.`;
        expect(plan.applications).toEqual([{ name: 'apps', engine: 'flux', refused }]);
        const { applications } = await fleet.folder.run(run());
        expect(applications).toEqual([{ name: 'apps', kind: 'skipped', message: refused }]);
        const again = await fleet.folder.run({ ...run(), verb: 'suspend' });
        expect(again.applications).toMatchObject([{ kind: 'skipped' }]);
        expect(await level(fleet)).toBe('debug');
        const resumed = await fleet.folder.run({ ...run(), verb: 'resume' });
        expect(resumed.applications).toMatchObject([{ kind: 'succeeded' }]);
        expect(await level(fleet)).toBe('info');
        expect(JSON.parse(await fleet.kubectl(...get)).spec).not.toHaveProperty('suspend');
      },
    ));

  it('that is still at work is waited for until somebody stops it, and goes on', () =>
    withFleet(
      () => ({
        'apps/pod.yaml': manifests(stuckPod),
      }),
      async fleet => {
        await fleet.start(kustomization(fleet.namespace, 'apps', { wait: true, timeout: '5m' }));
        const stop = new AbortController();
        const running = fleet.folder.run({ ...run(), signal: stop.signal });
        await until('the sync', 30_000, async () =>
          fleet.folder.progress.some(line => line.includes(': applying main@')),
        );
        await until('the pod', 30_000, () => exists(fleet, 'pod/stuck'));
        stop.abort();
        const { applications } = await running;
        expect(applications).toMatchObject([{ name: 'apps', kind: 'failed' }]);
        expect(applications[0]?.message).toMatch(/^Stopped waiting.*Flux goes on by itself/);
      },
    ));

  it('is refused where it may not be written, or is not there', () =>
    withFleet(
      () => ({ 'apps/settings.yaml': settings }),
      async fleet => {
        const { namespace } = fleet;
        await fleet.start(kustomization(namespace, 'apps'));
        await ready(fleet, 'kustomization/apps');
        const role = `sync-${namespace}`;
        const what =
          'namespaces,configmaps,kustomizations.kustomize.toolkit.fluxcd.io,gitrepositories.source.toolkit.fluxcd.io';
        await fleet.kubectl('create', 'clusterrole', role, '--verb=get,list', `--resource=${what}`);
        await fleet.kubectl(
          'create',
          'clusterrolebinding',
          role,
          `--clusterrole=${role}`,
          '--user=viewer',
        );
        try {
          const config = await fleet.work.git('show', 'HEAD:driftline.yaml');
          fleet.folder.write({ 'driftline.yaml': config.replace('admin', 'viewer') });
          const plan = await fleet.folder.plan('staging');
          expect(plan.applications[0]?.refused).toContain(
            `No permission to change Kustomization ${namespace}/apps`,
          );
          const { applications } = await fleet.folder.run(run());
          expect(applications).toMatchObject([{ kind: 'skipped' }]);
          fleet.folder.write({ 'driftline.yaml': config });
        } finally {
          await fleet.kubectl('delete', 'clusterrolebinding,clusterrole', role);
        }
        await fleet.kubectl('delete', 'kustomization/apps');
        const gone = await fleet.folder.plan('staging');
        expect(gone.applications[0]?.refused).toBe(
          `Kustomization ${namespace}/apps is not in the cluster.`,
        );
      },
    ));
});

describe('driftline, told about Flux', () => {
  const cli = (fleet: Fleet, args: string[], interruptWhen?: Promise<void>) =>
    driftline([...args, '-C', fleet.folder.path], {
      env: { KUBECONFIG: plane.kubeconfig },
      ...(interruptWhen && { interruptWhen }),
    });
  const toldTo = (fleet: Fleet, verb: string) =>
    cli(fleet, [verb, '-e', 'staging', '--trust', '--yes']);

  it('sees what was changed by hand, suspends, resumes, and brings it back', () =>
    withFleet(
      () => ({ 'apps/settings.yaml': settings }),
      async fleet => {
        await fleet.start(kustomization(fleet.namespace, 'apps'));
        await ready(fleet, 'kustomization/apps');
        await edit(fleet);
        expect(await cli(fleet, ['drift'])).toMatchObject({ status: 1 });
        const synced = await toldTo(fleet, 'sync');
        expect(synced).toMatchObject({ status: 0, stderr: '' });
        expect(synced.stdout).toMatch(/debug → info[\s\S]*Applied revision: main@sha1:/);
        expect(await cli(fleet, ['drift'])).toMatchObject({ status: 0 });
        expect(await toldTo(fleet, 'suspend')).toMatchObject({ status: 0 });
        const refused = await toldTo(fleet, 'sync');
        expect(refused).toMatchObject({ status: 2, stdout: '' });
        expect(refused.stderr).toContain('is suspended: resume it first.');
        expect(await toldTo(fleet, 'resume')).toMatchObject({ status: 0 });
      },
    ));

  it('says on Ctrl-C that Flux goes on by itself, and ends with 130', () =>
    withFleet(
      () => ({ 'apps/settings.yaml': settings, 'apps/pod.yaml': manifests(stuckPod) }),
      async fleet => {
        await fleet.start(kustomization(fleet.namespace, 'apps', { wait: true }));
        await until('the pod', 30_000, () => exists(fleet, 'pod/stuck'));
        const annotations = ['-o', 'jsonpath={.metadata.annotations}'];
        const asked = until('the request', 50_000, async () =>
          (await fleet.kubectl('get', 'kustomization/apps', ...annotations)).includes(
            'requestedAt',
          ),
        );
        const args = ['sync', '-e', 'staging', '--trust', '--yes'];
        const { status, stdout } = await cli(fleet, args, asked);
        expect(stdout).toMatch(/Stopped waiting[\s\S]*Flux goes\s+on\s+by\s+itself/);
        expect(status).toBe(130);
      },
    ));
});

describe('a HelmRelease of Flux', () => {
  const chart = {
    'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'charts/web/values.yaml': 'level: info\n',
    'charts/web/templates/settings.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  level: {{ .Values.level }}\n',
  };
  const release = (spec: JsonObject = {}): JsonObject => ({
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: 'web' },
    spec: {
      interval: '1h',
      chart: {
        spec: {
          chart: './charts/web',
          sourceRef: { kind: 'GitRepository', name: 'fleet' },
          interval: '1h',
        },
      },
      ...spec,
    },
  });

  it('takes back what was changed by hand by an upgrade, and installs the newest chart', () =>
    withFleet(
      () => ({ 'apps/release.yaml': manifests(release()), ...chart }),
      async fleet => {
        await fleet.start(kustomization(fleet.namespace, 'apps'));
        await ready(fleet, 'kustomization/apps');
        await ready(fleet, 'helmrelease/web');
        expect(await fleet.folder.drift('staging')).toEqual([]);
        await edit(fleet);
        expect(await fleet.folder.drift('staging')).toEqual(['ConfigMap settings drifted']);
        const { applications } = await fleet.folder.run({ ...run(), application: 'web' });
        expect(applications).toMatchObject([{ name: 'web', kind: 'succeeded', revision: '1.0.0' }]);
        expect(applications[0]?.message).toContain('upgrade succeeded');
        expect(await level(fleet)).toBe('info');
        expect(await fleet.folder.drift('staging')).toEqual([]);

        await fleet.push({
          'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.1.0\n',
          'charts/web/values.yaml': 'level: warn\n',
        });
        const next = await fleet.folder.run({ ...run(), application: 'web' });
        expect(next.applications).toMatchObject([{ kind: 'succeeded', revision: '1.1.0' }]);
        expect(await level(fleet)).toBe('warn');
      },
    ));

  it('tells what Flux tells when it fails', () =>
    withFleet(
      () => ({ 'apps/release.yaml': manifests(release()), ...chart }),
      async fleet => {
        await fleet.start(kustomization(fleet.namespace, 'apps'));
        await ready(fleet, 'kustomization/apps');
        await ready(fleet, 'helmrelease/web');
        await fleet.push({
          'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 2.0.0\n',
          'charts/web/templates/settings.yaml': '{{ fail "no level was chosen" }}\n',
        });
        const { applications } = await fleet.folder.run({ ...run(), application: 'web' });
        expect(applications).toMatchObject([{ name: 'web', kind: 'failed' }]);
        expect(applications[0]?.message).toContain('no level was chosen');
      },
    ));
});
