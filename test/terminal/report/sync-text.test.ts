import { describe, expect, it } from 'vitest';
import type { SyncOutcome, SyncPlan } from '../../../src/core/actions/plans.ts';
import type { Resource } from '../../../src/core/model/resource.ts';
import { textWidth } from '../../../src/terminal/report/columns.ts';
import { syncJson } from '../../../src/terminal/report/sync-json.ts';
import { syncOutcomeText, syncPlanText } from '../../../src/terminal/report/sync-text.ts';
import { expectGolden } from '../golden.ts';

const now = new Date('2026-03-04T12:00:00Z');

function object(group: string, kind: string, name: string, namespace = 'shop'): Resource {
  return { group, version: 'v1', kind, namespace, name };
}

const plan: SyncPlan = {
  verb: 'sync',
  environment: 'production',
  protected: true,
  cluster: { context: 'prod-eu', server: 'https://prod.example.test', uid: '0a1b' },
  applications: [
    { name: 'shop', engine: 'flux' },
    {
      name: 'redis',
      engine: 'flux',
      refused: 'HelmRelease infra/redis is suspended: resume it first.',
    },
  ],
  changes: [
    {
      object: object('apps', 'Deployment', 'web'),
      application: 'shop',
      change: 'update',
      paths: [
        {
          path: '.spec.replicas',
          kind: 'changed',
          desired: 3,
          live: 5,
          by: [{ manager: 'kubectl-scale', operation: 'Update', time: '2026-03-04T09:00:00Z' }],
        },
        {
          path: '.spec.template.spec.containers[name="app"].image',
          kind: 'changed',
          desired: 'registry.example.test/shop/web-frontend:1.8.2',
          live: 'registry.example.test/shop/web-frontend:1.8.2-hotfix',
          by: [{ manager: 'kubectl-set', operation: 'Update', time: '2026-03-04T11:40:00Z' }],
        },
        { path: '.spec.paused', kind: 'stale', live: true, becomes: false, by: [] },
        { path: '.metadata.labels.old', kind: 'stale', live: 'yes', by: [] },
        { path: '.spec.minReadySeconds', kind: 'missing', desired: 10, by: [] },
      ],
    },
    {
      object: object('', 'Secret', 'db'),
      application: 'shop',
      change: 'update',
      paths: [
        { path: '.data.password', kind: 'changed', desired: 'aHVudGVyMg==', live: 'b2xk', by: [] },
      ],
    },
    {
      object: object('policy', 'PodDisruptionBudget', 'web'),
      application: 'shop',
      change: 'create',
      paths: [],
    },
    {
      object: object('', 'ConfigMap', 'retired'),
      application: 'shop',
      change: 'delete',
      paths: [],
      reason: 'No manifest declares it any more, so Flux would delete it.',
    },
    {
      object: object('', 'Service', 'web'),
      application: 'shop',
      change: 'refused',
      paths: [],
      reason:
        'Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["1.2.3.4"]: failed to allocate IP 1.2.3.4.',
    },
  ],
  unchanged: 41,
  notChecked: [{ reason: 'The engine applies what is pushed; here are 2 commits not pushed.' }],
};

const outcome: SyncOutcome = {
  applications: [
    { name: 'infra', kind: 'succeeded', message: 'Applied revision: main@sha1:9f8e7d6.' },
    { name: 'shop', kind: 'failed', message: 'Service/shop/web dry-run failed (Invalid): no.' },
    { name: 'jobs', kind: 'skipped', message: 'It depends on shop, which was not done.' },
  ],
};

describe('the report on a sync', () => {
  it.each([60, 80])('says in %i columns what will change, and what came of it', width => {
    const options = { width, colour: false, now };
    const text = syncPlanText(plan, options) + syncOutcomeText(outcome, '3.20 s', options);
    expectGolden(`sync-${width}.txt`, text);
    for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width);
  });

  it('repeats in colour what it says in words', () => {
    expectGolden('sync-80-colour.txt', syncPlanText(plan, { width: 80, colour: true, now }));
  });

  it('never shows a value of a Secret, as text or as JSON', () => {
    const options = { width: 120, colour: false, verbose: true, now };
    for (const text of [syncPlanText(plan, options), syncJson(plan, outcome)]) {
      expect(text).not.toContain('aHVudGVyMg');
      expect(text).not.toContain('b2xk');
    }
  });

  it('as JSON is the plan, and for each application what came of it', () => {
    const json = JSON.parse(syncJson(plan, undefined));
    expect(json).toMatchObject({ version: 1, command: 'sync', dryRun: true, unchanged: 41 });
    expect(json.changes[0]).toMatchObject({
      object: { kind: 'Deployment', name: 'web' },
      change: 'update',
      paths: [{ path: '.spec.replicas', desired: 3, live: 5 }, {}, {}, {}, {}],
    });
    expect(JSON.parse(syncJson(plan, outcome))).toMatchObject({
      dryRun: false,
      applications: [{ name: 'shop', outcome: 'failed' }, { name: 'redis' }],
    });
  });
});
