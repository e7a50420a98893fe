import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { history } from '../../scripts/demo/history.ts';
import { asOf, makeDemo, takenAt } from '../../scripts/demo.ts';
import { openSnapshot } from '../../src/core/cluster/snapshot/snapshot.ts';
import { discoverEnvironments } from '../../src/core/environments/discover.ts';
import { openRepository } from '../../src/core/git/repository.ts';
import { RepositoryIndex } from '../../src/core/manifests/repository-index.ts';
import { named, summary } from '../core/environments/repository.ts';

const folder = mkdtempSync(join(tmpdir(), 'driftline-demo-'));
const now = new Date('2026-05-04T09:30:00Z');
const demo = join(folder, 'shop');

beforeAll(async () => {
  expect(await makeDemo(demo, now)).toEqual({ repository: demo });
});
afterAll(() => rmSync(folder, { recursive: true }));

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: demo, encoding: 'utf8' });
}

describe('the demo repository', () => {
  it('has a history that is the same each time, and nothing left to commit', async () => {
    const log = git('log', '--reverse', '--format=%s');
    expect(log.trim().split('\n')).toEqual(history.map(({ message }) => message));
    expect(git('status', '--porcelain')).toBe('');
    const again = join(folder, 'again');
    await makeDemo(again);
    const head = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: again, encoding: 'utf8' });
    expect(head).toBe(git('rev-parse', 'HEAD'));
  });

  it('ends as its files say', () => {
    const source = join(import.meta.dirname, '../../scripts/demo/fixtures/repository');
    for (const file of git('ls-files').trim().split('\n'))
      expect([file, readFileSync(join(demo, file), 'utf8')]).toEqual([
        file,
        readFileSync(join(source, file), 'utf8'),
      ]);
  });

  it('has two environments of Flux, each with its snapshot', async () => {
    const index = await RepositoryIndex.build(await openRepository(demo));
    const found = await discoverEnvironments({ index, remotes: [] });
    expect([found.problems, found.unresolved]).toEqual([[], []]);
    expect(found.environments.map(({ name }) => name)).toEqual(['staging', 'production']);
    expect(summary(named(found, 'production'))).toEqual([
      'flux-system kustomize clusters/production',
      'web kustomize apps/web/overlays/production',
      'api helm charts/api',
    ]);
    expect(named(found, 'production')).toMatchObject({
      cluster: { kind: 'snapshot', file: 'live/production.yaml' },
      protected: true,
      after: 'staging',
    });
  });
});

describe('the demo snapshots', () => {
  it('are as of now', () => {
    const text = readFileSync(join(demo, 'live/production.yaml'), 'utf8');
    const times = [...text.matchAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g)].map(([time]) => Date.parse(time));
    const newest = Math.max(...times);
    expect(newest).toBeLessThanOrEqual(now.getTime());
    expect(newest).toBeGreaterThan(now.getTime() - 3_600_000);
    expect(asOf(`at "${takenAt}"`, now)).toBe('at "2026-05-04T09:30:00Z"');
    expect(text).toContain(git('rev-parse', 'HEAD').trim());
  });

  it('hold what people did to production by hand, and nothing of the kind in staging', async () => {
    const managers = (file: string) =>
      [...readFileSync(join(demo, file), 'utf8').matchAll(/^ +manager: (.*)$/gm)].map(
        ([, manager]) => manager,
      );
    const byHand = ['kubectl', 'kubectl-edit', 'kubectl-set', 'rotate-job'];
    expect(managers('live/production.yaml')).toEqual(expect.arrayContaining(byHand));
    for (const manager of byHand) expect(managers('live/staging.yaml')).not.toContain(manager);
  });

  it('are snapshots, production without the disruption budget that git has', async () => {
    const type = {
      group: 'policy',
      version: 'v1',
      kind: 'PodDisruptionBudget',
      resource: 'poddisruptionbudgets',
      namespaced: true,
      verbs: ['list'],
    };
    const budgets = async (environment: string) => {
      const cluster = await openSnapshot(demo, `live/${environment}.yaml`);
      const answer = await cluster.list(type, 'shop');
      return answer.ok
        ? answer.objects.map(({ metadata }) => (metadata as { name: string }).name)
        : answer.reason;
    };
    expect(await budgets('staging')).toEqual(['web']);
    expect(await budgets('production')).toEqual(['api']);
  });
});
