import { describe, expect, it } from 'vitest';
import {
  fluxStatus,
  readableRevision,
  standingOf,
} from '../../../../src/core/engines/flux/status.ts';
import type { JsonObject } from '../../../../src/core/model/resource.ts';

// Objects as kustomize-controller 1.9 and helm-controller 1.6 left them on a real server, shortened.

const commit = '9d1c6f0c5b1f2a7c8e3d4b5a69788796a5b4c3d2';
const time = '2026-11-21T14:00:26Z';

function condition(type: string, status: string, reason: string, message: string): JsonObject {
  return { type, status, reason, message, observedGeneration: 3, lastTransitionTime: time };
}

function kustomization(conditions: JsonObject[], more: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'apps', namespace: 'flux-system', generation: 3 },
    spec: { path: './apps', prune: true },
    // After a failure it still tells the generation of the last success.
    status: { observedGeneration: 2, lastAppliedRevision: `main@sha1:${commit}`, conditions },
    ...more,
  };
}

const applied = condition(
  'Ready',
  'True',
  'ReconciliationSucceeded',
  `Applied revision: main@sha1:${commit}`,
);

describe('what Flux says', () => {
  it('of a Kustomization that is ready', () => {
    expect(fluxStatus(kustomization([applied]))).toEqual({
      revision: commit,
      suspended: false,
      health: { status: 'Healthy', reason: `Applied revision: main@sha1:${commit}.` },
    });
  });

  it('of one that failed, while it is tried again', () => {
    const message =
      'Service/shop/web dry-run failed (Invalid): spec.clusterIP: Invalid value: "1.2.3.4"';
    const failed = kustomization([
      condition('Reconciling', 'True', 'ProgressingWithRetry', 'Detecting drift for revision main'),
      condition('Ready', 'False', 'ReconciliationFailed', message),
    ]);
    expect(fluxStatus(failed)).toEqual({
      revision: commit,
      suspended: false,
      health: { status: 'Degraded', reason: `${message}.` },
      trouble: `${message}.`,
    });
  });

  it('of one that waits for another, which is no failure', () => {
    const message = "dependency 'flux-system/infra' is not ready";
    const waiting = kustomization([condition('Ready', 'False', 'DependencyNotReady', message)]);
    expect(fluxStatus(waiting)).toMatchObject({
      health: { status: 'Progressing' },
      trouble: "Dependency 'flux-system/infra' is not ready.",
    });
    expect(standingOf(waiting).kind).toBe('working');
  });

  it('of one that was changed since it was ready, or works on it', () => {
    const changed = kustomization([{ ...applied, observedGeneration: 2 }]);
    expect(standingOf(changed)).toMatchObject({ kind: 'working', complains: false });
    const working = kustomization([
      condition('Reconciling', 'True', 'Progressing', 'Running health checks'),
      condition('Ready', 'Unknown', 'Progressing', 'Running health checks'),
    ]);
    expect(fluxStatus(working)).toMatchObject({ health: { status: 'Progressing' } });
    expect(fluxStatus(working)).not.toHaveProperty('trouble');
    expect(standingOf(kustomization([])).kind).toBe('working');
  });

  it('of one that is suspended or deleted', () => {
    const suspended = kustomization([applied], { spec: { suspend: true } });
    expect(fluxStatus(suspended)).toMatchObject({
      suspended: true,
      health: { status: 'Suspended' },
    });
    const metadata = { name: 'apps', generation: 3, deletionTimestamp: time };
    const deleted = kustomization([applied], { metadata });
    expect(fluxStatus(deleted)).toMatchObject({ health: { status: 'Terminating' } });
    expect(fluxStatus(undefined)).toMatchObject({
      suspended: false,
      health: { status: 'Missing' },
    });
  });

  it('of a HelmRelease: the chart that is deployed, and why an upgrade failed', () => {
    const history = [
      { chartName: 'web', chartVersion: '2.0.0', status: 'failed', version: 2 },
      { chartName: 'web', chartVersion: '1.0.0', status: 'deployed', version: 1 },
    ];
    const message =
      'Helm upgrade failed for release shop/web with chart web@2.0.0: no level was chosen';
    const conditions = [
      condition('Stalled', 'True', 'RetriesExceeded', 'Failed to upgrade after 1 attempt(s)'),
      condition('Ready', 'False', 'UpgradeFailed', message),
    ];
    const release = kustomization([], { kind: 'HelmRelease', status: { history, conditions } });
    expect(fluxStatus(release)).toMatchObject({
      revision: '1.0.0',
      health: { status: 'Degraded' },
      trouble: `${message}.`,
    });
  });

  it('names revisions as people read them', () => {
    expect(readableRevision(`main@sha1:${commit}`)).toBe('main@9d1c6f0');
    expect(readableRevision(`sha1:${commit}`)).toBe('9d1c6f0');
    expect(readableRevision('1.2.3')).toBe('1.2.3');
  });
});
