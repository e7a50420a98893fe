import { describe, expect, it } from 'vitest';
import type { SyncPlan } from '../../src/core/actions/plans.ts';
import { planMarkdown, planSummary } from '../../src/editor/commands/sync-preview.ts';
import { replicas, resource } from './states.ts';

const plan: SyncPlan = {
  verb: 'sync',
  environment: 'production',
  protected: true,
  cluster: { context: 'prod-eu', server: 'https://prod.example.com', uid: 'u-1' },
  applications: [
    { name: 'shop', engine: 'Flux' },
    { name: 'infra', engine: 'Flux', refused: 'it is suspended.' },
  ],
  changes: [
    {
      object: resource('Deployment', 'web'),
      application: 'shop',
      change: 'update',
      paths: [replicas],
    },
    { object: resource('ConfigMap', 'old'), application: 'shop', change: 'delete', paths: [] },
    {
      object: resource('Service', 'web'),
      application: 'shop',
      change: 'refused',
      paths: [],
      reason: 'spec.clusterIP is immutable',
    },
  ],
  unchanged: 41,
  notChecked: [{ reason: 'may not be read', object: resource('Secret', 'db') }],
};

describe('the preview of a sync', () => {
  it('is told in one line', () => {
    expect(planSummary(plan)).toBe('1 object changes, 1 deleted, 1 refused by the server');
    expect(planSummary({ changes: [] })).toBe('nothing changes');
  });

  it('names the cluster, each change from what runs to what it becomes, and what is left out', () => {
    const text = planMarkdown(plan, 'Sync production');
    expect(text).toContain('u-1');
    expect(text).toContain('**infra** is left out: it is suspended.');
    expect(text).toContain('| **Deployment shop/web** | changes |  |  |');
    expect(text).toContain('|  | spec.replicas | 5 | 3 |');
    expect(text).toContain('is refused by the server: spec.clusterIP is immutable');
    expect(text).toContain('- Secret shop/db: may not be read');
    expect(text).toContain('41 objects unchanged');
  });

  it('never holds the value of a Secret', () => {
    const secret = {
      object: resource('Secret', 'db'),
      application: 'shop',
      change: 'update' as const,
      paths: [{ ...replicas, path: '.data.password', desired: 'aHVzaA==', live: 'bG91ZA==' }],
    };
    expect(planMarkdown({ ...plan, changes: [secret] }, 'Sync')).not.toMatch(/aHVzaA|bG91ZA/);
  });
});
