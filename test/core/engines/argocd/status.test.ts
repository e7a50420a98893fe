import { describe, expect, it } from 'vitest';
import { argocd } from '../../../../src/core/engines/argocd/argocd.ts';
import { syncOperation } from '../../../../src/core/engines/argocd/operation.ts';
import type { Application } from '../../../../src/core/model/environment.ts';
import type { JsonObject } from '../../../../src/core/model/resource.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const other = 'fedcba9876543210fedcba9876543210fedcba98';
const application: Application = {
  name: 'shop',
  engine: 'argocd',
  source: { kind: 'kustomize', path: 'apps/shop' },
  owner: { mode: 'csa', manager: 'argocd-controller' },
  dependsOn: [],
  origin: { file: 'shop.yaml', line: 1, column: 1 },
  ignore: [],
};

// As Argo CD 3.5 wrote it, shortened.
const synced = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'argocd', generation: 3, resourceVersion: '12' },
  spec: { project: 'default', syncPolicy: {} },
  status: {
    controllerNamespace: 'argocd',
    health: { status: 'Healthy', lastTransitionTime: '2026-03-04T08:00:00Z' },
    history: [
      { id: 0, revision: other, deployedAt: '2026-03-03T08:00:00Z' },
      { id: 1, revision: commit, deployedAt: '2026-03-04T08:00:00Z' },
    ],
    operationState: { phase: 'Succeeded', message: 'successfully synced (all tasks run)' },
    resourceHealthSource: 'appTree',
    resources: [{ kind: 'ConfigMap', namespace: 'shop', name: 'web', status: 'Synced' }],
    // What was compared, not what was applied.
    sync: { status: 'OutOfSync', revision: other },
  },
} satisfies JsonObject;

const status = (change: JsonObject = {}, metadata: JsonObject = {}, of = application) =>
  argocd.status(of, {
    ...synced,
    metadata: { ...synced.metadata, ...metadata },
    status: { ...synced.status, ...change },
  });

describe('what Argo CD says of an application', () => {
  it('is the revision of its last sync, its health, and no complaint', () => {
    expect(status()).toEqual({
      suspended: false,
      revision: commit,
      health: { status: 'Healthy', reason: 'Argo CD reports Healthy.' },
    });
  });

  it('is that it is missing where its Application is not there', () => {
    expect(argocd.status(application, undefined)).toMatchObject({
      suspended: false,
      health: { status: 'Missing' },
    });
  });

  it('is no revision before the first sync', () => {
    expect(status({ history: [] })).not.toHaveProperty('revision');
  });

  it('is, of several sources, the revision of the one with its path', () => {
    const sources: JsonObject[] = [
      { path: './apps/shop/' },
      { chart: 'redis' },
      { path: 'apps/values' },
    ];
    const history = [{ id: 2, sources, revisions: [commit, '1.2.3', other] }];
    expect(status({ history }).revision).toBe(commit);
    const both: Application = {
      ...application,
      source: {
        kind: 'several',
        sources: [
          { kind: 'unresolved', reason: 'its source is another repository' },
          { kind: 'plain', path: 'apps/values', recurse: false },
        ],
      },
    };
    expect(status({ history }, {}, both).revision).toBe(other);
    const elsewhere = { ...application, source: { ...application.source, path: 'apps/other' } };
    expect(status({ history }, {}, elsewhere as Application)).not.toHaveProperty('revision');
    const twice = [{ ...history[0], sources: [{ path: 'apps/shop' }, { path: 'apps/shop' }] }];
    expect(status({ history: twice as JsonObject[] })).not.toHaveProperty('revision');
  });

  it('names the object that is not well, where Argo CD keeps the health of each', () => {
    const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
    const resources = [{ ...web, health: { status: 'Degraded', message: 'deadline exceeded' } }];
    const health = { status: 'Degraded' };
    expect(status({ health, resources }).health).toEqual({
      status: 'Degraded',
      reason: 'Deployment shop/web: deadline exceeded.',
    });
    expect(status({ health }).health?.reason).toBe('Argo CD reports Degraded.');
  });

  it.each([
    ['true', true],
    ['True', true],
    ['1', true],
    ['false', false],
    ['yes', false],
  ])('skip-reconcile: %s makes it suspended: %s', (value, suspended) => {
    const annotations = { 'argocd.argoproj.io/skip-reconcile': value };
    const said = status({}, { annotations });
    expect(said.suspended).toBe(suspended);
    expect(said.health?.reason?.includes('told to leave it')).toBe(suspended);
  });

  it('is not suspended without automatic sync', () => {
    const automated = { enabled: false, prune: true };
    const controller = { ...synced, spec: { ...synced.spec, syncPolicy: { automated } } };
    expect(argocd.status(application, controller).suspended).toBe(false);
  });

  it('complains of errors first, then of a sync that failed, then of warnings', () => {
    const warning = { type: 'OrphanedResourceWarning', message: 'Application has 1 orphan' };
    const error = {
      type: 'ComparisonError',
      message: 'Failed to load\n  target state: no such path',
    };
    const failed = { phase: 'Failed', message: 'one or more objects failed to apply' };
    expect(status({ conditions: [warning] }).trouble).toBe('Application has 1 orphan.');
    expect(status({ conditions: [warning], operationState: failed }).trouble).toBe(
      'One or more objects failed to apply.',
    );
    expect(status({ conditions: [warning, error], operationState: failed }).trouble).toBe(
      'Failed to load target state: no such path.',
    );
  });

  it('does not repeat the password of an address', () => {
    const message = 'failed to fetch https://bot:hunter2@git.example/fleet: denied';
    const { trouble } = status({ conditions: [{ type: 'ComparisonError', message }] });
    expect(trouble).toBe('Failed to fetch https://git.example/fleet: denied.');
  });

  it('is cut where it is a whole manifest', () => {
    const message = 'x '.repeat(2000);
    const { trouble } = status({ conditions: [{ type: 'SyncError', message }] });
    expect(trouble?.length).toBeLessThan(410);
  });
});

describe('the operation that asks for a sync', () => {
  it('carries what the Application says of syncs, and never prunes', () => {
    const retry = { limit: 2, backoff: { duration: '5s' } };
    const syncPolicy = {
      automated: { prune: true },
      syncOptions: ['ServerSideApply=true', 'CreateNamespace=true'],
      retry,
    };
    expect(syncOperation({ ...synced, spec: { ...synced.spec, syncPolicy } }, 'mark')).toEqual({
      initiatedBy: { username: 'driftline' },
      info: [{ name: 'driftline', value: 'mark' }],
      retry,
      sync: { prune: false, syncOptions: ['ServerSideApply=true', 'CreateNamespace=true'] },
    });
  });

  it('names a revision for each of several sources, without which Argo CD would fail', () => {
    const spec = { sources: [{ path: 'a' }, { path: 'b' }] };
    expect(syncOperation({ ...synced, spec }, 'mark').sync).toEqual({
      prune: false,
      revisions: ['', ''],
    });
  });
});
