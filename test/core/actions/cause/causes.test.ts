import { describe, expect, it } from 'vitest';
import type { DriftResult } from '../../../../src/core/model/drift.ts';
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
});
