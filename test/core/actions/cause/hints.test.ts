import { describe, expect, it } from 'vitest';
import { changeHint, eventsByUid } from '../../../../src/core/actions/cause/hints.ts';
import type { Cluster } from '../../../../src/core/cluster/cluster.ts';
import { argocd } from '../../../../src/core/engines/argocd/argocd.ts';
import type { DriftPath, Owner } from '../../../../src/core/model/drift.ts';
import type { Application } from '../../../../src/core/model/environment.ts';
import type { JsonObject } from '../../../../src/core/model/resource.ts';

const by: Owner = { manager: 'kubectl', operation: 'Update', time: '2026-03-04T08:00:00Z' };
const path: DriftPath = { path: '.spec.replicas', kind: 'changed', by: [by] };
const live = (annotations: Record<string, string> = {}, kind = 'Deployment'): JsonObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: {
    ...{ name: 'web', namespace: 'shop', uid: 'w', annotations },
    managedFields: [
      {
        ...{ manager: 'kubectl', operation: 'Update', time: by.time ?? '', apiVersion: 'apps/v1' },
        fieldsV1: { 'f:metadata': { 'f:annotations': { 'f:kubernetes.io/change-cause': {} } } },
      },
    ],
  },
});
const event = (more: JsonObject = {}): JsonObject => ({
  kind: 'Event',
  involvedObject: { uid: 'w' },
  reason: 'ScalingReplicaSet',
  message: 'Scaled up replica set web-5d4f to 5 from 3',
  source: { component: 'deployment-controller' },
  firstTimestamp: '2026-03-04T08:00:01Z',
  ...more,
});
const hint = (events: JsonObject[], of = live(), owners = [by]) =>
  changeHint(path, of, owners, { events: eventsByUid(events) });

describe('what else is told about a change in the cluster', () => {
  it('is the first Event about the object from the change on', () => {
    const said =
      'Event ScalingReplicaSet by deployment-controller: Scaled up replica set web-5d4f to 5 from 3.';
    expect(hint([event()])).toBe(said);
    const later = event({ reason: 'Later', firstTimestamp: '2026-03-04T08:01:00Z' });
    expect(hint([later, event()])).toBe(said);
    expect(hint([event({ firstTimestamp: '2026-03-04T07:59:59Z' })])).toBeUndefined();
    expect(hint([event({ firstTimestamp: '2026-03-04T09:00:00Z' })])).toBeUndefined();
    expect(hint([event({ involvedObject: { uid: 'other' } })])).toBeUndefined();
  });

  it('tells no message that may hold anything', () => {
    const message = 'password hunter2 was refused';
    expect(hint([event({ reason: 'Failed', message })])).toBe(
      'Event Failed by deployment-controller.',
    );
    expect(hint([event({ reason: 'hunter2 is it' })])).toBeUndefined();
  });

  it('is the command that was recorded with the change, without values', () => {
    const recorded = live({
      'kubernetes.io/change-cause': 'kubectl set env deploy/web PASSWORD=hunter2 --record=true',
    });
    expect(hint([], recorded)).toBe('Its change-cause is: kubectl set env deploy/web PASSWORD=…');
    const others = [{ ...by, time: '2026-03-04T08:30:00Z' }];
    expect(hint([], recorded, others)).toBeUndefined();
  });

  it('knows a restart and an autoscaler', () => {
    const restarted = '.spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]';
    expect(changeHint({ ...path, path: restarted }, live(), [by], { events: new Map() })).toBe(
      'By kubectl rollout restart.',
    );
    const scaled = { ...by, manager: 'kube-controller-manager', subresource: 'scale' };
    expect(hint([], live(), [scaled])).toBe('A HorizontalPodAutoscaler scales it.');
  });
});

describe('why Argo CD does not sync', () => {
  const nothing = { ok: false, reason: 'no project here' } as const;
  const cluster = { discovery: async () => nothing } as unknown as Cluster;
  const delays = (spec: JsonObject, status: JsonObject, annotations: JsonObject = {}) =>
    argocd.delays({
      application: { name: 'shop' } as Application,
      cluster,
      controller: {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: 'shop', namespace: 'argocd', annotations },
        spec,
        status,
      },
    });
  const automatic = { syncPolicy: { automated: {} } };

  it('says what is in the way, the nearest first', async () => {
    const paused = { 'argocd.argoproj.io/skip-reconcile': 'true' };
    expect(await delays(automatic, {}, paused)).toContain('is paused');
    const failed = { operationState: { phase: 'Failed', message: 'one or more objects failed' } };
    expect(await delays(automatic, failed)).toBe('One or more objects failed.');
    const error = { conditions: [{ type: 'ComparisonError', message: 'no such path' }] };
    expect(await delays(automatic, { ...failed, ...error })).toBe('No such path.');
    const running = { operationState: { phase: 'Running', message: 'waiting for hooks' } };
    expect(await delays(automatic, running)).toBe('A sync is under way: waiting for hooks.');
  });

  it('says that a person has to, where it is not automatic', async () => {
    expect(await delays({}, {})).toContain('has no automatic sync');
    expect(await delays({ syncPolicy: { automated: { enabled: false } } }, {})).toContain(
      'has no automatic sync',
    );
    const compared = { sync: { status: 'OutOfSync', revision: '0123456789'.repeat(4) } };
    expect(await delays(automatic, compared)).toBe(
      'Argo CD compared with 0123456 last (OutOfSync).',
    );
  });
});
