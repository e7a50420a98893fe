import { textAt, valueAt } from '../../model/fields.ts';
import type { Health } from '../../model/health.ts';
import type { JsonObject } from '../../model/resource.ts';
import {
  conditionOf,
  degraded,
  type HealthRule,
  healthy,
  numberAt,
  progressing,
  said,
  unreported,
} from './verdict.ts';

// Deployment, StatefulSet, DaemonSet and ReplicaSet by their replica counts (drift.md 5.2).

export const deployment: HealthRule = object => {
  const counts = countsOf(object);
  if (!counts) return unreported();
  const progress = conditionOf(object, 'Progressing');
  if (progress?.reason === 'ProgressDeadlineExceeded') return degraded(said(progress));
  const { wanted, updated, existing, available, ready } = counts;
  const rollout =
    failure(object) ??
    lacking(updated, wanted, 'updated') ??
    surplus(existing, updated) ??
    lacking(available, updated, 'available') ??
    lacking(ready, wanted, 'ready');
  if (rollout) return rollout;
  const isAvailable = conditionOf(object, 'Available');
  if (isAvailable && isAvailable.status !== 'True') return progressing(said(isAvailable));
  return all(wanted);
};

export const replicaSet: HealthRule = object => {
  const counts = countsOf(object);
  if (!counts) return unreported();
  const { wanted, existing, available } = counts;
  return (
    failure(object) ??
    lacking(available, wanted, 'available') ??
    surplus(existing, wanted) ??
    all(wanted)
  );
};

export const statefulSet: HealthRule = object => {
  const counts = countsOf(object);
  if (!counts) return unreported();
  const { wanted, existing, ready, updated } = counts;
  const scale = lacking(ready, wanted, 'ready') ?? surplus(existing, wanted);
  if (scale) return scale;
  const current = textAt(object, 'status', 'currentRevision');
  const latest = textAt(object, 'status', 'updateRevision');
  const outdated = current !== latest;
  if (textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete')
    return outdated
      ? healthy('Pods take the new revision when they are deleted (OnDelete).')
      : all(wanted);
  const rolling = valueAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
  const partition = numberAt(rolling, 0);
  if (partition > 0)
    return lacking(updated, Math.max(0, wanted - partition), 'updated') ?? all(wanted);
  return outdated ? progressing('Its pods are taking the new revision.') : all(wanted);
};

export const daemonSet: HealthRule = object => {
  const status = valueAt(object, 'status');
  if (valueAt(status, 'observedGeneration') === undefined) return unreported();
  const count = (field: string) => numberAt(valueAt(status, field), 0);
  const wanted = count('desiredNumberScheduled');
  const onDelete = textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete';
  return (
    lacking(count('currentNumberScheduled'), wanted, 'scheduled') ??
    (onDelete ? undefined : lacking(count('updatedNumberScheduled'), wanted, 'updated')) ??
    lacking(count('numberAvailable'), wanted, 'available') ??
    lacking(count('numberReady'), wanted, 'ready') ??
    all(wanted)
  );
};

interface Counts {
  wanted: number;
  existing: number;
  updated: number;
  available: number;
  ready: number;
}

/** Undefined while the controller has written none: what is 0 is left out by the server. */
function countsOf(object: JsonObject): Counts | undefined {
  const status = valueAt(object, 'status');
  if (numberAt(valueAt(status, 'observedGeneration'), 0) === 0) return undefined;
  const count = (field: string) => numberAt(valueAt(status, field), 0);
  return {
    wanted: numberAt(valueAt(object, 'spec', 'replicas'), 1),
    existing: count('replicas'),
    updated: count('updatedReplicas'),
    available: count('availableReplicas'),
    ready: count('readyReplicas'),
  };
}

/** Pods that cannot be made (quota, admission): its controller says so long before its deadline. */
function failure(object: JsonObject): Health | undefined {
  const condition = conditionOf(object, 'ReplicaFailure');
  return condition?.status === 'True' ? degraded(said(condition)) : undefined;
}

function lacking(count: number, wanted: number, word: string): Health | undefined {
  return count < wanted
    ? progressing(`${count} of ${wanted} replicas ${count === 1 ? 'is' : 'are'} ${word}.`)
    : undefined;
}

function surplus(existing: number, wanted: number): Health | undefined {
  const over = existing - wanted;
  return over > 0
    ? progressing(`${over} old ${over === 1 ? 'replica has' : 'replicas have'} yet to go.`)
    : undefined;
}

function all(wanted: number): Health {
  if (wanted === 0) return healthy('It is scaled to 0 replicas.');
  return healthy(wanted === 1 ? '1 replica is available.' : `${wanted} replicas are available.`);
}
