import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rollbackRevisions } from '../../../src/core/actions/rollback/revisions.ts';
import { planRollback, rollback } from '../../../src/core/actions/rollback/rollback.ts';
import { commit, git as run, write } from '../git/folders.ts';
import {
  branchesOf,
  onRemote,
  snapshotOf,
  temporaryWorktrees,
  type World,
  worldWith,
} from '../git/world.ts';
import { deployment, open, overlay, shop } from './shop.ts';

const web = { environment: 'production', application: 'shop' };

/** Commits the files as they are now, and pushes. */
function release({ root, git }: World, message: string): string {
  const made = commit(root, message);
  git('push', '--quiet', 'origin', 'HEAD');
  return made;
}

describe('what an application can be rolled back to', () => {
  it('are the commits that changed its files, newest first', async () => {
    const world = worldWith(shop);
    write(world.root, 'apps/shop/base/deployment.yaml', deployment('web:2'));
    const second = release(world, 'web 2');
    write(world.root, 'apps/other/overlays/production/map.yaml', 'kind: ConfigMap\n');
    release(world, 'other');
    write(world.root, 'apps/shop/overlays/staging/kustomization.yaml', overlay(5));
    release(world, 'staging only');
    const revisions = await rollbackRevisions(await open(world.root), web);
    expect(revisions).toEqual([
      { commit: second, subject: 'web 2', author: 'Test', date: expect.stringContaining('T') },
      { commit: expect.any(String), subject: 'first', author: 'Test', date: expect.any(String) },
    ]);
  });

  it('include what was fetched, and say what the engine deployed', async () => {
    const world = worldWith({ 'README.md': 'x' });
    const { root, git } = world;
    write(root, 'apps/web/map.yaml', configMap('1'));
    write(root, 'cluster/web.yaml', kustomization);
    write(root, 'cluster/gotk-sync.yaml', bootstrap(world.remote));
    const first = release(world, 'web 1');
    write(root, 'apps/web/map.yaml', configMap('2'));
    const second = release(world, 'web 2');
    write(root, 'README.md', 'y');
    const unrelated = release(world, 'readme');
    write(root, 'apps/web/map.yaml', configMap('3'));
    const third = release(world, 'web 3');
    git('reset', '--quiet', '--hard', unrelated);
    write(root, 'live.yaml', live({ now: unrelated, before: first, failed: third }));
    write(
      root,
      'driftline.yaml',
      'version: 1\nenvironments:\n- name: cluster\n  cluster: {snapshot: live.yaml}\n',
    );
    const workspace = await open(root);
    const [environment] = await workspace.choose([]);
    const revisions = await rollbackRevisions(workspace, {
      environment: environment?.name ?? '',
      application: 'web',
    });
    expect(revisions.map(({ commit, deployed }) => [commit, deployed])).toEqual([
      [third, undefined],
      [second, 'now'],
      [first, 'before'],
    ]);
  });

  it('says which applications there are', async () => {
    const workspace = await open(worldWith(shop).root);
    const named = { environment: 'production', application: 'shpo' };
    await expect(rollbackRevisions(workspace, named)).rejects.toThrow(
      'There is no application named shpo in production; there are: ',
    );
  });
});

describe('rolling back', () => {
  it('sets back what the application is made of, and nothing else', async () => {
    const world = worldWith(shop);
    const { root, remote } = world;
    const first = world.git('rev-parse', 'HEAD');
    write(root, 'apps/shop/base/deployment.yaml', deployment('web:2'));
    write(root, 'apps/shop/base/extra.yaml', configMap('later'));
    write(
      root,
      'apps/shop/base/kustomization.yaml',
      'resources:\n- deployment.yaml\n- extra.yaml\n',
    );
    write(root, 'apps/shop/overlays/production/notes.txt', 'later');
    write(root, 'apps/shop/overlays/staging/kustomization.yaml', overlay(7));
    write(root, 'apps/other/overlays/production/map.yaml', otherMap('2'));
    write(root, 'README.md', 'changed');
    const second = release(world, 'web 2');
    write(root, 'README.md', 'not committed');
    const workspace = await open(root);
    const before = snapshotOf(root);
    const plan = await planRollback(workspace, { ...web, commit: first.slice(0, 10) });
    expect(plan).toMatchObject({
      ...web,
      title: `production: roll back shop to ${first.slice(0, 7)}`,
      branch: `driftline/rollback-production-shop-${first.slice(0, 7)}`,
      base: 'main',
      from: second,
      to: first,
      paths: [
        'apps/shop/base/deployment.yaml',
        'apps/shop/base/extra.yaml',
        'apps/shop/base/kustomization.yaml',
        'apps/shop/overlays/production/notes.txt',
      ],
    });
    expect(snapshotOf(root)).toEqual(before);
    expect(plan.body).toContain('<code>staging/shop</code>');
    expect(plan.body).not.toContain('other');
    expect(plan.body).toContain(first);
    expect(plan.body).toContain(second);
    expect(plan.body).toContain('<code>apps/shop/base/extra.yaml</code> (deleted)');
    expect(plan.body).toMatch(/^-.*image: web:2\n\+.*image: web:1$/m);
    const made = await rollback(workspace, plan, {});
    expect(made).toEqual({
      kind: 'branch',
      branch: plan.branch,
      commit: run(remote, 'rev-parse', plan.branch),
    });
    const there = onRemote(remote, plan.branch);
    const main = onRemote(remote, 'main');
    const expected = Object.fromEntries(
      Object.entries({
        ...main,
        ...Object.fromEntries(plan.paths.map(path => [path, shopFile(path)])),
      }).filter(([, text]) => text !== undefined),
    );
    expect(there).toEqual(expected);
    expect(snapshotOf(root)).toEqual(before);
    expect(branchesOf(root)).toEqual(['main']);
    expect(temporaryWorktrees()).toEqual([]);
    const message = run(remote, 'log', '-1', '--format=%B', plan.branch);
    expect(message).toContain(first);
    expect(message).toContain(second);
  });

  it('starts from what is on the remote now, though it was not fetched', async () => {
    const world = worldWith(shop);
    const { root, git } = world;
    const first = git('rev-parse', 'HEAD');
    write(root, 'apps/shop/base/deployment.yaml', deployment('web:bad'));
    const bad = release(world, 'bad');
    git('reset', '--quiet', '--hard', first);
    git('update-ref', 'refs/remotes/origin/main', first);
    const workspace = await open(root);
    const plan = await planRollback(workspace, { ...web, commit: first });
    expect(plan).toMatchObject({ from: bad, paths: ['apps/shop/base/deployment.yaml'] });
    await rollback(workspace, plan, {});
    const again = await planRollback(workspace, { ...web, commit: first });
    expect(again.branch).toBe(`${plan.branch}-2`);
  });

  it('leads out of a state that does not render', async () => {
    const world = worldWith(shop);
    const { root, remote } = world;
    const first = world.git('rev-parse', 'HEAD');
    write(root, 'apps/shop/base/kustomization.yaml', 'resources: [gone.yaml]\n');
    write(root, 'apps/shop/base/later.yaml', configMap('1'));
    release(world, 'broken');
    const workspace = await open(root);
    const plan = await planRollback(workspace, { ...web, commit: first });
    expect(plan.paths).toEqual(['apps/shop/base/kustomization.yaml']);
    expect(plan.body).toContain('### Not checked');
    await rollback(workspace, plan, {});
    expect(onRemote(remote, plan.branch)).toMatchObject({
      'apps/shop/base/kustomization.yaml': 'resources:\n- deployment.yaml',
    });
  });

  it('refuses what it could not do well', async () => {
    const world = worldWith({ 'README.md': 'x' });
    const { root } = world;
    const nothing = world.git('rev-parse', 'HEAD');
    for (const [path, text] of Object.entries(shop)) write(root, path, text);
    rmSync(join(root, 'apps/shop/base/deployment.yaml'));
    const broken = release(world, 'broken');
    write(root, 'apps/shop/base/deployment.yaml', shop['apps/shop/base/deployment.yaml']);
    const good = release(world, 'good');
    const workspace = await open(root);
    const to = (commit: string) => expect(planRollback(workspace, { ...web, commit })).rejects;
    await to(good).toThrow(
      `shop is on main as it was at ${good.slice(0, 7)}, so there is nothing to roll back.`,
    );
    await to(broken).toThrow(
      `shop could not be rendered at ${broken.slice(0, 7)}, so it is not rolled back to that: `,
    );
    await to(nothing).toThrow(
      `At ${nothing.slice(0, 7)} there was no application shop in production; choose a later commit.`,
    );
    await to('nonsense').toThrow('The repository has no commit nonsense; name one that it has.');
    const untrusted = await open(root, { trusted: () => false });
    await expect(planRollback(untrusted, { ...web, commit: good })).rejects.toThrow('not trusted');
    expect(branchesOf(world.remote)).toEqual(['main']);
  });

  it('takes the values of a release back with it, and says what it cannot', async () => {
    const world = worldWith(chart);
    const { root, remote } = world;
    write(root, 'argo/web.yaml', argo(remote, 'web', 'red'));
    const first = release(world, 'small and red');
    write(root, 'charts/web/values.yaml', 'size: big\n');
    write(root, 'argo/web.yaml', argo(remote, 'web', 'blue'));
    release(world, 'big and blue');
    const workspace = await open(root);
    const [environment] = await workspace.choose([]);
    const named = { environment: environment?.name ?? '', application: 'web', commit: first };
    const alone = await planRollback(workspace, named);
    expect(alone.paths).toEqual(['argo/web.yaml', 'charts/web/values.yaml']);
    expect(alone.body).not.toContain('will still not be');
    write(
      root,
      'argo/web.yaml',
      `${argo(remote, 'web', 'blue')}---\n${argo(remote, 'api', 'green')}`,
    );
    release(world, 'another one in the same file');
    const shared = await planRollback(await open(root), named);
    // Its colour stands there too, so the file is set back, and the text says whom that concerns.
    expect(shared.paths).toEqual(alone.paths);
    expect(shared.body).toContain('<code>in-cluster/api</code>');
  });
});

function shopFile(path: string): string | undefined {
  const text = (shop as Record<string, string>)[path];
  return text?.trim();
}

const otherMap = (value: string) =>
  shop['apps/other/overlays/production/map.yaml'].replace('"1"', value);

const configMap = (value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: shop\ndata:\n  a: "${value}"\n`;

const kustomization =
  'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: web\n  namespace: flux-system\nspec:\n  interval: 1m\n  prune: true\n  path: ./apps/web\n  sourceRef: {kind: GitRepository, name: flux-system}\n';

const bootstrap = (url: string) =>
  `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata:\n  name: flux-system\n  namespace: flux-system\nspec:\n  interval: 1m\n  url: ${url}\n---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: flux-system\n  namespace: flux-system\nspec:\n  interval: 1m\n  prune: true\n  path: ./cluster\n  sourceRef: {kind: GitRepository, name: flux-system}\n`;

/** What `kubectl get -o yaml` prints of the Kustomization. */
const live = ({ now, before, failed }: { now: string; before: string; failed: string }) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name: 'web', namespace: 'flux-system', generation: 1 },
        spec: {},
        status: {
          observedGeneration: 1,
          lastAppliedRevision: `main@sha1:${now}`,
          history: [
            build(now, 'ReconciliationSucceeded'),
            build(failed, 'HealthCheckFailed'),
            build(before, 'ReconciliationSucceeded'),
          ],
        },
      },
    ],
  });

const build = (commit: string, lastReconciledStatus: string) => ({
  digest: `sha256:${commit}`,
  lastReconciledStatus,
  metadata: { revision: `main@sha1:${commit}` },
});

const chart = {
  'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'charts/web/values.yaml': 'size: small\n',
  'charts/web/templates/map.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  size: {{ .Values.size }}\n  colour: {{ .Values.colour }}\n',
};

const argo = (remote: string, name: string, colour: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: ${name}\n  namespace: argocd\nspec:\n  project: default\n  source:\n    repoURL: ${remote}\n    path: charts/web\n    targetRevision: HEAD\n    helm:\n      valuesObject: {colour: ${colour}}\n  destination: {server: https://kubernetes.default.svc, namespace: shop}\n`;
