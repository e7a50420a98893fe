import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DriftResult } from '../../../../src/core/model/drift.ts';
import type { JsonObject } from '../../../../src/core/model/resource.ts';
import { write } from '../../git/folders.ts';
import { deployment, type Fleet, fleet, kustomization, runningWeb, source } from './fleet.ts';

const webOf = (results: readonly DriftResult[]) =>
  results.find(({ resource }) => resource.kind === 'Deployment');

/** `.spec.replicas: not-committed`. */
const said = (results: readonly DriftResult[]) =>
  webOf(results)?.paths.map(({ path, cause }) => `${path}: ${cause?.kind}`);

function change(world: Fleet, replicas: number): string {
  write(world.root, 'apps/web.yaml', deployment({ replicas }));
  return world.root;
}

function commit(world: Fleet, replicas: number): string {
  change(world, replicas);
  world.git('commit', '--quiet', '-am', `replicas ${replicas}`);
  return world.git('rev-parse', 'HEAD');
}

describe('why a field differs', () => {
  it('not committed: the working tree has another value than HEAD', async () => {
    const world = fleet();
    world.runs([kustomization(world.first), source(world.remote), runningWeb()]);
    change(world, 4);
    expect(said(await world.drift())).toEqual(['.spec.replicas: not-committed']);
  });

  it('not pushed: HEAD has another value than the branch it tracks', async () => {
    const world = fleet();
    world.runs([kustomization(world.first), source(world.remote), runningWeb()]);
    commit(world, 4);
    expect(said(await world.drift())).toEqual(['.spec.replicas: not-pushed']);
  });

  it('pushed, not synced: with the engine’s own words where it fails', async () => {
    const world = fleet();
    commit(world, 4);
    world.git('push', '--quiet');
    const message = 'kustomize build failed: accumulating resources';
    const conditions = [
      { type: 'Ready', status: 'False', reason: 'BuildFailed', message, observedGeneration: 1 },
    ];
    world.runs([kustomization(world.first, { conditions }), source(world.remote), runningWeb()]);
    const web = webOf(await world.drift());
    expect(web?.paths).toMatchObject([{ path: '.spec.replicas', cause: { kind: 'not-synced' } }]);
    expect(web?.paths[0]?.cause?.reason).toBe(
      `Kustomization flux-system/apps: K${message.slice(1)}.`,
    );
  });

  it('pushed, not synced: where it is suspended', async () => {
    const world = fleet();
    commit(world, 4);
    world.git('push', '--quiet');
    const paused = kustomization(world.first, { spec: { suspend: true } });
    world.runs([paused, source(world.remote), runningWeb()]);
    expect(webOf(await world.drift())?.paths[0]?.cause).toEqual({
      kind: 'not-synced',
      reason: 'Kustomization flux-system/apps is suspended.',
    });
  });

  it('changed in the cluster: all of git agrees, and somebody else holds the value', async () => {
    const world = fleet();
    const by = { manager: 'kubectl-edit', time: '2026-03-04T08:00:00Z' };
    world.runs([kustomization(world.first), source(world.remote), runningWeb({ replicas: 5, by })]);
    const web = webOf(await world.drift());
    expect(web?.paths).toMatchObject([
      { path: '.spec.replicas', by: [by], cause: { kind: 'changed-in-cluster' } },
    ]);
  });

  it('default or webhook: it was applied, and nobody else touched it', async () => {
    const world = fleet();
    world.runs([kustomization(world.first), source(world.remote), runningWeb({ replicas: 5 })]);
    expect(said(await world.drift())).toEqual(['.spec.replicas: default-or-webhook']);
  });

  it('not pulled: what is checked out is older than what was pushed and deployed', async () => {
    const world = fleet();
    const newer = commit(world, 5);
    world.git('push', '--quiet');
    world.git('reset', '--quiet', '--hard', 'HEAD~1');
    world.runs([kustomization(newer), source(world.remote), runningWeb({ replicas: 5 })]);
    expect(said(await world.drift())).toEqual(['.spec.replicas: not-pulled']);
    // A revision that was chosen is meant to be old.
    expect(said(await world.drift('HEAD'))).toEqual(['.spec.replicas: undefined']);
  });

  it('tells the side that made the change where both went on from one commit', async () => {
    const world = fleet();
    const theirs = commit(world, 5);
    world.git('push', '--quiet');
    world.git('reset', '--quiet', '--hard', 'HEAD~1');
    write(world.root, 'apps/web.yaml', deployment({ image: '2' }));
    world.git('commit', '--quiet', '-am', 'another field');
    world.runs([kustomization(theirs), source(world.remote), runningWeb({ replicas: 5 })]);
    expect(said(await world.drift())?.sort()).toEqual([
      '.spec.replicas: not-pulled',
      '.spec.template.spec.containers[name="app"].image: not-pushed',
    ]);
  });

  it('a branch that is pushed and that the engine does not follow is not synced, and why', async () => {
    const world = fleet();
    world.runs([kustomization(world.first), source(world.remote), runningWeb()]);
    world.git('checkout', '--quiet', '-b', 'feature');
    commit(world, 4);
    expect(said(await world.drift())).toEqual(['.spec.replicas: not-pushed']);
    world.git('push', '--quiet', '-u', 'origin', 'feature');
    expect(webOf(await world.drift())?.paths[0]?.cause).toEqual({
      kind: 'not-synced',
      reason: 'Flux follows main, which does not have it.',
    });
    world.git('checkout', '--quiet', '--detach');
    expect(webOf(await world.drift())?.paths[0]?.cause?.kind).toBe('not-synced');
  });

  it('follows a tag, and says what the engine has of it', async () => {
    const world = fleet();
    world.git('tag', 'v1');
    commit(world, 4);
    world.git('push', '--quiet');
    const tagged = source(world.remote, { tag: 'v1' });
    world.runs([kustomization(world.first), tagged, runningWeb()]);
    expect(webOf(await world.drift())?.paths[0]?.cause).toEqual({
      kind: 'not-synced',
      reason: 'Flux follows v1, which does not have it.',
    });
  });

  it('claims nothing where the deployed commit is not here, unless managers show it', async () => {
    const world = fleet();
    const elsewhere = '0123456789'.repeat(4);
    world.runs([kustomization(elsewhere), source(world.remote), runningWeb({ replicas: 5 })]);
    expect(said(await world.drift())).toEqual(['.spec.replicas: undefined']);
    const by = { manager: 'kubectl-edit', time: '2026-03-04T08:00:00Z' };
    world.runs([kustomization(elsewhere), source(world.remote), runningWeb({ replicas: 5, by })]);
    expect(said(await world.drift())).toEqual(['.spec.replicas: changed-in-cluster']);
    const earlier = { ...by, time: '2026-03-04T05:00:00Z' };
    const before = runningWeb({ replicas: 5, by: earlier });
    world.runs([kustomization(elsewhere), source(world.remote), before]);
    expect(said(await world.drift())).toEqual(['.spec.replicas: undefined']);
  });

  it('claims nothing of git in a folder that has none, or no commit, or a shallow history', async () => {
    const world = fleet();
    commit(world, 4);
    world.git('push', '--quiet');
    world.git('fetch', '--quiet', '--depth', '1', '--update-shallow');
    world.runs([kustomization(world.first), source(world.remote), runningWeb()]);
    world.git('checkout', '--quiet', '--orphan', 'other');
    expect(said(await world.drift())).toEqual(['.spec.replicas: undefined']);
    change(world, 6);
    expect(said(await world.drift())).toEqual(['.spec.replicas: not-committed']);
    change(world, 4);
    world.git('commit', '--quiet', '-m', 'unrelated');
    expect(said(await world.drift())).toEqual(['.spec.replicas: undefined']);
    rmSync(join(world.root, '.git'), { recursive: true });
    expect(said(await world.drift())).toEqual(['.spec.replicas: undefined']);
  });
});

describe('why an object as a whole differs', () => {
  const extra =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra, namespace: shop }\ndata: { a: "1" }\n';
  const causeOf = async (world: Fleet, kind = 'ConfigMap') => {
    const found = (await world.drift()).find(({ resource }) => resource.kind === kind);
    return [found?.state, found?.cause?.kind];
  };

  it('added: not committed, not pushed, not synced', async () => {
    const world = fleet();
    world.runs([kustomization(world.first), source(world.remote), runningWeb()]);
    write(world.root, 'apps/extra.yaml', extra);
    expect(await causeOf(world)).toEqual(['missing', 'not-committed']);
    world.git('add', '.');
    world.git('commit', '--quiet', '-m', 'extra');
    expect(await causeOf(world)).toEqual(['missing', 'not-pushed']);
    world.git('push', '--quiet');
    expect(await causeOf(world)).toEqual(['missing', 'not-synced']);
  });

  it('deleted in the cluster after it was applied', async () => {
    const world = fleet();
    world.runs([kustomization(world.first), source(world.remote)]);
    const web = webOf(await world.drift());
    expect(web).toMatchObject({
      state: 'missing',
      cause: { kind: 'changed-in-cluster', reason: 'It was deleted after Flux applied it.' },
    });
  });

  it('removed: from the working tree, from commits, from what is pushed', async () => {
    const world = fleet({ 'apps/extra.yaml': extra });
    const inventory = { entries: [{ id: 'shop_extra__ConfigMap', v: 'v1' }] };
    const applied = kustomization(world.first);
    const labels = {
      'kustomize.toolkit.fluxcd.io/name': 'apps',
      'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
    };
    const live = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'extra', namespace: 'shop', uid: 'e', labels },
      data: { a: '1' },
    };
    const controller = { ...applied, status: { ...(applied.status as JsonObject), inventory } };
    world.runs([controller, source(world.remote), runningWeb(), live]);
    world.git('rm', '--quiet', 'apps/extra.yaml');
    expect(await causeOf(world)).toEqual(['prune-candidate', 'not-committed']);
    world.git('commit', '--quiet', '-m', 'removed');
    expect(await causeOf(world)).toEqual(['prune-candidate', 'not-pushed']);
    world.git('push', '--quiet');
    expect(await causeOf(world)).toEqual(['prune-candidate', 'not-synced']);
  });

  it('an application that is not committed yet is the edit, in an environment that is', async () => {
    const world = fleet();
    world.runs([kustomization(world.first), source(world.remote), runningWeb()]);
    write(
      world.root,
      'clusters/production/more.yaml',
      'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: more, namespace: flux-system }\nspec: { interval: 1m, path: ./more, prune: true, sourceRef: { kind: GitRepository, name: fleet } }\n',
    );
    write(world.root, 'more/extra.yaml', extra);
    expect(await causeOf(world)).toEqual(['missing', 'not-committed']);
  });
});
