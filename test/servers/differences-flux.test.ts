import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { exists, type Fleet, kustomization, ready, withFleet } from './fleet.ts';
import { kubectlOn } from './kubectl.ts';
import { until } from './processes.ts';
import { configMap, manifests } from './sync-harness.ts';

// What a person does with a difference, judged by Flux itself: a rule that we wrote makes the controllers leave the
// field alone and nothing else, what was taken into a file stays, and of what left git goes what we said would go.

const web: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          { name: 'app', image: 'example.test/app:1' },
          { name: 'log', image: 'example.test/log:1' },
        ],
      },
    },
  },
};
const settings = configMap('settings', { level: 'info', 'a.b': '1' });

const all = 'clusters/staging/all.yaml';
const patch = (fleet: Fleet, what: string, change: JsonObject) =>
  fleet.kubectl(
    ...['patch', what, '--field-manager=somebody', '--type=strategic'],
    ...['-p', JSON.stringify(change)],
  );
const read = async (fleet: Fleet, what: string): Promise<JsonObject> =>
  JSON.parse(await fleet.kubectl('get', what, '-o', 'json', '--show-managed-fields'));
const field = (fleet: Fleet, what: string, path: string) =>
  fleet.kubectl('get', what, '-o', `jsonpath={${path}}`);
/** What stands in git is applied by hand: nobody looks after Flux' own objects here. */
const applyOwn = (fleet: Fleet, file = all) =>
  kubectlOn(fleet.plane, [
    ...['apply', '--server-side', '--force-conflicts', '-n', fleet.namespace],
    ...['-f', join(fleet.work.folder, file)],
  ]);
const sync = (fleet: Fleet, application: string) =>
  fleet.folder.run({ environment: 'staging', uid: fleet.uid, application });
const drift = (fleet: Fleet) => fleet.folder.states('staging');

async function changeByHand(fleet: Fleet): Promise<void> {
  await patch(fleet, 'deployment/web', {
    spec: {
      replicas: 5,
      template: { spec: { containers: [{ name: 'app', image: 'example.test/app:2' }] } },
    },
  });
  await patch(fleet, 'configmap/settings', { data: { level: 'debug', 'a.b': '2' } });
}
const image = '.spec.template.spec.containers[?(@.name=="app")].image';

describe('a rule written into a Kustomization', () => {
  it('makes kustomize-controller leave the field alone, and nothing else', () =>
    withFleet(
      () => ({ 'apps/all.yaml': manifests(web, settings) }),
      async fleet => {
        await fleet.start(kustomization(fleet.namespace, 'apps'));
        await ready(fleet, 'kustomization/apps');
        await changeByHand(fleet);
        const rule = async (what: string, path: string) => {
          const live = await read(fleet, what);
          const said = await fleet.folder.settle('ignore', 'staging', live, path);
          expect(said.file).toBe(all);
        };
        await rule('deployment/web', '.spec.replicas');
        await rule('deployment/web', '.spec.template.spec.containers[name="app"].image');
        await rule('configmap/settings', '.data["a.b"]');
        expect(await drift(fleet)).toEqual(['ConfigMap settings drifted']);

        await fleet.push({});
        await applyOwn(fleet);
        expect((await sync(fleet, 'apps')).applications).toMatchObject([{ kind: 'succeeded' }]);
        expect(await field(fleet, 'deployment/web', '.spec.replicas')).toBe('5');
        expect(await field(fleet, 'deployment/web', image)).toBe('example.test/app:2');
        expect(await field(fleet, 'configmap/settings', '.data.a\\.b')).toBe('2');
        expect(await field(fleet, 'configmap/settings', '.data.level')).toBe('info');
        expect(await drift(fleet)).toEqual([]);
      },
    ));
});

describe('what runs, taken into the repository', () => {
  it('stays when Flux applies it', () =>
    withFleet(
      () => ({ 'apps/all.yaml': manifests(web, settings) }),
      async fleet => {
        await fleet.start(kustomization(fleet.namespace, 'apps'));
        await ready(fleet, 'kustomization/apps');
        await changeByHand(fleet);
        for (const [what, path] of [
          ['deployment/web', '.spec.replicas'],
          ['deployment/web', '.spec.template.spec.containers[name="app"].image'],
          ['configmap/settings', '.data["a.b"]'],
          ['configmap/settings', '.data.level'],
        ] as const) {
          await fleet.folder.settle('take', 'staging', await read(fleet, what), path);
        }
        expect(await drift(fleet)).toEqual([]);
        await fleet.push({});
        expect((await sync(fleet, 'apps')).applications).toMatchObject([{ kind: 'succeeded' }]);
        expect(await field(fleet, 'deployment/web', '.spec.replicas')).toBe('5');
        expect(await field(fleet, 'deployment/web', image)).toBe('example.test/app:2');
        expect(await field(fleet, 'configmap/settings', '.data')).toBe(
          '{"a.b":"2","level":"debug"}',
        );
        expect(await drift(fleet)).toEqual([]);
      },
    ));
});

describe('what was removed from git', () => {
  const removed: JsonObject[] = ['old', 'kept', 'ignored', 'other', 'lost', 'helm'].map(name =>
    configMap(name, {}),
  );
  const isThere = async (fleet: Fleet) => {
    const there = await Promise.all(
      removed.map(async ({ metadata }) => {
        const { name } = metadata as { name: string };
        return (await exists(fleet, `configmap/${name}`)) ? [name] : [];
      }),
    );
    return there.flat();
  };
  const annotate = (fleet: Fleet, name: string, mark: string) =>
    fleet.kubectl('annotate', 'configmap', name, `kustomize.toolkit.fluxcd.io/${mark}`);

  async function removeFrom(fleet: Fleet): Promise<void> {
    await annotate(fleet, 'kept', 'prune=Disabled');
    await annotate(fleet, 'ignored', 'reconcile=disabled');
    await fleet.kubectl(
      ...['label', '--overwrite', 'configmap', 'other'],
      'kustomize.toolkit.fluxcd.io/name=another',
    );
    await fleet.kubectl('label', 'configmap', 'lost', 'kustomize.toolkit.fluxcd.io/name-');
    // What only Helm knows does not keep Flux from it.
    await fleet.kubectl('annotate', 'configmap', 'helm', 'helm.sh/resource-policy=keep');
    await fleet.work.git('rm', '--quiet', 'apps/removed.yaml');
    await fleet.push({});
  }

  it('is deleted by Flux exactly where we say so', () =>
    withFleet(
      () => ({ 'apps/all.yaml': manifests(settings), 'apps/removed.yaml': manifests(...removed) }),
      async fleet => {
        await fleet.start(kustomization(fleet.namespace, 'apps'));
        await ready(fleet, 'kustomization/apps');
        await removeFrom(fleet);
        expect(await drift(fleet)).toEqual([
          'ConfigMap helm prune-candidate',
          'ConfigMap ignored prune-candidate, kept',
          'ConfigMap kept prune-candidate, kept',
          'ConfigMap lost orphan',
          'ConfigMap old prune-candidate',
          'ConfigMap other untracked',
        ]);
        await sync(fleet, 'apps');
        expect(await isThere(fleet)).toEqual(['kept', 'ignored', 'other', 'lost']);
      },
    ));

  it('stays where the Kustomization prunes nothing', () =>
    withFleet(
      () => ({ 'apps/all.yaml': manifests(settings), 'apps/removed.yaml': manifests(...removed) }),
      async fleet => {
        await fleet.start(kustomization(fleet.namespace, 'apps', { prune: false }));
        await ready(fleet, 'kustomization/apps');
        await removeFrom(fleet);
        const states = await drift(fleet);
        expect(states.filter(state => state.endsWith('prune-candidate'))).toEqual([]);
        expect(states).toHaveLength(6);
        await sync(fleet, 'apps');
        expect(await isThere(fleet)).toEqual(['old', 'kept', 'ignored', 'other', 'lost', 'helm']);
      },
    ));
});

describe('a release of helm-controller', () => {
  const chart = (version: string, ...objects: JsonObject[]) => ({
    'charts/web/Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\n`,
    'charts/web/values.yaml': 'level: info\nreplicas: 2\n',
    'charts/web/templates/all.yaml': manifests(...objects),
  });
  const templated = (): JsonObject[] => [
    JSON.parse(JSON.stringify(settings).replace('"info"', '"{{ .Values.level }}"')) as JsonObject,
    web,
  ];
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
  const start = async (fleet: Fleet) => {
    await fleet.start(kustomization(fleet.namespace, 'apps'));
    await ready(fleet, 'kustomization/apps');
    await ready(fleet, 'helmrelease/web');
  };
  const reconcile = (fleet: Fleet) =>
    fleet.kubectl(
      ...[
        'annotate',
        '--overwrite',
        '--field-manager=flux-client-side-apply',
        'helmrelease',
        'web',
      ],
      `reconcile.fluxcd.io/requestedAt=${Date.now()}`,
    );

  it('is told to leave a field alone, and corrects everything else', () =>
    withFleet(
      () => ({
        'apps/release.yaml': manifests(release()),
        ...chart('1.0.0', ...templated()),
      }),
      async fleet => {
        await start(fleet);
        await changeByHand(fleet);
        for (const [what, path] of [
          ['deployment/web', '.spec.replicas'],
          ['deployment/web', '.spec.template.spec.containers[name="app"].image'],
          ['configmap/settings', '.data["a.b"]'],
        ] as const) {
          const live = await read(fleet, what);
          const said = await fleet.folder.settle('ignore', 'staging', live, path);
          expect(said.file).toBe('apps/release.yaml');
        }
        expect(await drift(fleet)).toEqual([
          'ConfigMap settings drifted',
          'HelmRelease web drifted',
        ]);
        const text = readFileSync(join(fleet.work.folder, 'apps/release.yaml'), 'utf8');
        // It tells of drift now; it shall correct it, too.
        expect(text).toContain('warn');
        await fleet.push({ 'apps/release.yaml': text.replace('warn', 'enabled') });
        await sync(fleet, 'apps');
        await reconcile(fleet);
        await until('the correction', 30_000, async () => {
          return (await field(fleet, 'configmap/settings', '.data.level')) === 'info';
        });
        expect(await field(fleet, 'deployment/web', '.spec.replicas')).toBe('5');
        expect(await field(fleet, 'deployment/web', image)).toBe('example.test/app:2');
        expect(await field(fleet, 'configmap/settings', '.data.a\\.b')).toBe('2');
        expect(await drift(fleet)).toEqual([]);
      },
    ));

  it('keeps what was taken into its values', () =>
    withFleet(
      () => ({
        'apps/release.yaml': manifests(release({ values: { level: 'info' } })),
        ...chart('1.0.0', ...templated()),
      }),
      async fleet => {
        await start(fleet);
        await patch(fleet, 'configmap/settings', { data: { level: 'debug' } });
        const live = await read(fleet, 'configmap/settings');
        const said = await fleet.folder.settle('take', 'staging', live, '.data.level');
        expect(said.file).toBe('apps/release.yaml');
        await fleet.push({});
        await sync(fleet, 'apps');
        await ready(fleet, 'helmrelease/web');
        expect((await sync(fleet, 'web')).applications).toMatchObject([{ kind: 'succeeded' }]);
        expect(await field(fleet, 'configmap/settings', '.data.level')).toBe('debug');
        expect(await drift(fleet)).toEqual([]);
      },
    ));

  it('deletes what left its chart exactly where we say so', () =>
    withFleet(
      () => ({
        'apps/release.yaml': manifests(release()),
        ...chart('1.0.0', settings, configMap('old', {}), {
          ...configMap('kept', {}),
          metadata: { name: 'kept', annotations: { 'helm.sh/resource-policy': 'keep' } },
        }),
      }),
      async fleet => {
        await start(fleet);
        await fleet.push(chart('1.1.0', settings));
        expect(await drift(fleet)).toEqual([
          'ConfigMap kept orphan',
          'ConfigMap old prune-candidate',
        ]);
        await sync(fleet, 'web');
        expect(await exists(fleet, 'configmap/old')).toBe(false);
        expect(await exists(fleet, 'configmap/kept')).toBe(true);
      },
    ));
});
