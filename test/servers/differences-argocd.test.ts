import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { applyOn, kubectlOn } from './kubectl.ts';
import { until } from './processes.ts';
import { argo } from './servers.ts';
import { type Shop, withShop } from './shop.ts';
import { configMap, manifests } from './sync-harness.ts';

// What a person does with a difference, judged by Argo CD itself: a rule that we wrote makes it show the object as
// synced and nothing else, what was taken into a file stays, and of what left git goes what we said would go.

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
          { name: 'log', image: 'example.test/log:1' },
          { name: 'app', image: 'example.test/app:1' },
        ],
      },
    },
  },
};
const settings = configMap('settings', { level: 'info', 'a.b': '1' });
const app = { 'app/all.yaml': manifests(web, settings) };

const read = async (shop: Shop, what: string): Promise<JsonObject> =>
  JSON.parse(await shop.kubectl('get', what, '-o', 'json', '--show-managed-fields'));
const patch = (shop: Shop, what: string, change: JsonObject) =>
  shop.kubectl('patch', what, '--field-manager=somebody', '-p', JSON.stringify(change));
async function changeByHand(shop: Shop): Promise<void> {
  const containers = [{ name: 'app', image: 'example.test/app:2' }];
  await patch(shop, 'deployment/web', {
    spec: { replicas: 5, template: { spec: { containers } } },
  });
  await patch(shop, 'configmap/settings', { data: { level: 'debug', 'a.b': '2' } });
}
const differences = [
  ['deployment/web', '.spec.replicas'],
  ['deployment/web', '.spec.template.spec.containers[name="app"].image'],
  ['configmap/settings', '.data["a.b"]'],
] as const;

interface Entry {
  name: string;
  status?: string;
  requiresPruning?: boolean;
}

/** What Argo CD says of each object, once it has looked again. */
async function refreshed(shop: Shop): Promise<Entry[]> {
  await shop.run('refresh');
  const { status } = await shop.application();
  return (status as unknown as { resources?: Entry[] }).resources ?? [];
}

describe('a rule written into an Application', () => {
  it('makes Argo CD show the object as synced, and no other', () =>
    withShop(app, async shop => {
      await shop.run();
      await changeByHand(shop);
      for (const [what, path] of differences) {
        const live = await read(shop, what);
        const said = await shop.folder.settle('ignore', 'staging', live, path);
        expect(said.file).toBe('argocd/shop.yaml');
      }
      expect(await shop.folder.states('staging')).toEqual(['ConfigMap settings drifted']);
      const cd = await argo();
      const file = `${shop.work.folder}/argocd/shop.yaml`;
      await kubectlOn(cd.plane, [...['apply', '--server-side', '--force-conflicts', '-f', file]]);
      await until('what Argo CD says', 30_000, async () => {
        const said = (await refreshed(shop)).map(({ name, status }) => `${name} ${status}`);
        return said.sort().join() === 'settings OutOfSync,web Synced';
      });
      await patch(shop, 'configmap/settings', { data: { level: 'info' } });
      expect(await shop.folder.states('staging')).toEqual([]);
      expect((await refreshed(shop)).map(({ status }) => status)).toEqual(['Synced', 'Synced']);
    }));
});

describe('what runs, taken into the repository', () => {
  it('stays when Argo CD applies it', () =>
    withShop(app, async shop => {
      await shop.run();
      await changeByHand(shop);
      for (const [what, path] of [...differences, ['configmap/settings', '.data.level'] as const]) {
        await shop.folder.settle('take', 'staging', await read(shop, what), path);
      }
      expect(await shop.folder.states('staging')).toEqual([]);
      await shop.work.commit('Take', {});
      expect(await shop.run()).toMatchObject({ kind: 'succeeded' });
      expect(await shop.kubectl('get', 'configmap/settings', '-o', 'jsonpath={.data}')).toBe(
        '{"a.b":"2","level":"debug"}',
      );
      expect(await shop.kubectl('get', 'deployment/web', '-o', 'jsonpath={.spec.replicas}')).toBe(
        '5',
      );
      expect((await refreshed(shop)).map(({ status }) => status)).toEqual(['Synced', 'Synced']);
      expect(await shop.folder.states('staging')).toEqual([]);
    }));
});

describe('what was removed from git', () => {
  const marked = (name: string, annotations: JsonObject = {}): JsonObject => ({
    ...configMap(name, {}),
    metadata: { name, annotations },
  });
  const option = (value: string) => ({ 'argocd.argoproj.io/sync-options': value });
  const removed = [
    marked('old'),
    marked('kept', option('Prune=false')),
    marked('kept-too', option('Validate=false, Prune=false')),
    marked('unmarked'),
  ];

  it('is deleted by Argo CD exactly where we say so', () =>
    withShop({ ...app, 'app/removed.yaml': manifests(...removed) }, async shop => {
      await shop.run();
      // Somebody's copy, which says that it is another object; and one that says nothing.
      const tracking = 'argocd.argoproj.io/tracking-id';
      const { namespace } = shop;
      const copied = { [tracking]: `${namespace}:/ConfigMap:${namespace}/old` };
      await applyOn((await argo()).plane, [
        { ...marked('copy', copied), metadata: { name: 'copy', namespace, annotations: copied } },
      ]);
      await shop.kubectl('annotate', 'configmap', 'unmarked', `${tracking}-`);
      await shop.work.git('rm', '--quiet', 'app/removed.yaml');
      await shop.work.commit('Remove', {});
      const said = await refreshed(shop);
      const pruned = said.filter(({ requiresPruning }) => requiresPruning).map(each => each.name);
      expect(pruned.sort()).toEqual(['kept', 'kept-too', 'old']);
      expect(await shop.folder.states('staging')).toEqual([
        'ConfigMap copy untracked',
        'ConfigMap kept prune-candidate, kept',
        'ConfigMap kept-too prune-candidate, kept',
        'ConfigMap old prune-candidate',
      ]);
      await shop.patchApplication({
        operation: { initiatedBy: { username: 'test' }, sync: { prune: true } },
      });
      await until('the end of the sync', 30_000, async () => {
        const { operation, status } = await shop.application();
        return operation === undefined && status.operationState?.phase !== 'Running';
      });
      const left = await shop.kubectl(
        'get',
        'configmap',
        '-o',
        'jsonpath={.items[*].metadata.name}',
      );
      expect(
        left
          .split(' ')
          .filter(name => !name.startsWith('kube-'))
          .sort(),
      ).toEqual([...['copy', 'kept', 'kept-too', 'settings', 'unmarked']]);
    }));
});
