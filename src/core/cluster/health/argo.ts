import { sentence } from '../../lib/sentence.ts';
import { objectsAt, textAt, valueAt } from '../../model/fields.ts';
import type { Health, HealthStatus } from '../../model/health.ts';
import { type JsonObject, resourceText } from '../../model/resource.ts';
import {
  conditionOf,
  conditionsOf,
  degraded,
  type HealthRule,
  healthy,
  numberAt,
  progressing,
  said,
  suspended,
  unreported,
} from './verdict.ts';

// Argo's own kinds (drift.md 5.2).

/** Argo CD's health of what the Application deploys; in its words, which are ours too. */
export const application: HealthRule = object => {
  const told = textAt(object, 'status', 'health', 'status');
  const status = argoStatuses.find(each => each === told);
  if (!status) return unreported();
  const message = textAt(object, 'status', 'health', 'message') || reasonOf(object, status);
  return { status, reason: message ? sentence(message) : `Argo CD reports ${status}.` };
};

/** What Argo CD says of one object in an Application's `status.resources`; undefined where it says nothing. */
export function toldHealth(entry: JsonObject): Health | undefined {
  const status = argoStatuses.find(each => each === textAt(entry, 'health', 'status'));
  if (status === undefined) return undefined;
  const message = textAt(entry, 'health', 'message');
  return { status, reason: message ? sentence(message) : `Argo CD reports ${status}.` };
}

/** The first object that fares like this, where Argo CD is told to keep the health of each. */
function reasonOf(object: JsonObject, status: HealthStatus): string | undefined {
  const such = objectsAt(object, 'status', 'resources').find(
    entry => status !== 'Healthy' && textAt(entry, 'health', 'status') === status,
  );
  return such && `${entryName(such)}: ${textAt(such, 'health', 'message') || `it is ${status}`}`;
}

/** `Deployment shop/web` for an entry of an Application's `status.resources` or of a sync's result. */
export function entryName(entry: JsonObject): string {
  const at = (field: string) => textAt(entry, field) ?? '';
  const identity = { group: at('group'), kind: at('kind'), namespace: at('namespace') };
  return resourceText({ ...identity, name: at('name') });
}

const argoStatuses: readonly HealthStatus[] = [
  'Healthy',
  'Progressing',
  'Degraded',
  'Suspended',
  'Missing',
  'Unknown',
];

export const applicationSet: HealthRule = object => {
  const error = conditionOf(object, 'ErrorOccurred');
  if (error?.status === 'True') return degraded(said(error));
  const upToDate = conditionOf(object, 'ResourcesUpToDate');
  if (upToDate?.status === 'False') return degraded(said(upToDate));
  const rollout = conditionOf(object, 'RolloutProgressing');
  if (rollout?.status === 'True') return progressing(said(rollout));
  return upToDate?.status === 'True' ? healthy() : unreported();
};

export const rollout: HealthRule = object => {
  const workload = textAt(
    object,
    'metadata',
    'annotations',
    'rollout.argoproj.io/workload-generation',
  );
  const seen = valueAt(object, 'status', 'workloadObservedGeneration');
  if (workload !== undefined && seen !== undefined && String(seen) !== workload)
    return progressing('The last change of its workload has not been looked at yet.');
  const message = textAt(object, 'status', 'message');
  switch (textAt(object, 'status', 'phase')) {
    case 'Healthy':
      return healthy(message ? sentence(message) : undefined);
    case 'Paused':
      return suspended(sentence(message || 'Its rollout is paused'));
    case 'Degraded':
      return degraded(sentence(message || 'Its rollout is degraded'));
    case 'Progressing':
      return progressing(sentence(message || 'It is being rolled out'));
    default:
      return earlierRollout(object);
  }
};

/** Rollouts before 1.0 report no phase. */
function earlierRollout(object: JsonObject): Health {
  const failed = conditionsOf(object).find(
    ({ type, reason }) =>
      type === 'InvalidSpec' ||
      (type === 'Progressing' &&
        (reason === 'RolloutAborted' || reason === 'ProgressDeadlineExceeded')),
  );
  if (failed) return degraded(said(failed));
  const pauses = valueAt(object, 'status', 'pauseConditions');
  if (Array.isArray(pauses) && pauses.length > 0) return suspended('Its rollout is paused.');
  if (valueAt(object, 'status', 'currentPodHash') === undefined) return unreported();
  const wanted = numberAt(valueAt(object, 'spec', 'replicas'), 1);
  const updated = numberAt(valueAt(object, 'status', 'updatedReplicas'), 0);
  const available = numberAt(valueAt(object, 'status', 'availableReplicas'), 0);
  const running = numberAt(valueAt(object, 'status', 'replicas'), 0);
  if (running > updated) return progressing(`${running - updated} old replicas are still there.`);
  if (updated < wanted) return progressing(`${updated} of ${wanted} replicas are updated.`);
  return available < updated
    ? progressing(`${available} of ${updated} replicas are available.`)
    : healthy();
}

export const workflow: HealthRule = object => {
  const message = textAt(object, 'status', 'message');
  switch (textAt(object, 'status', 'phase')) {
    case 'Succeeded':
      return healthy('It ran to its end.');
    case 'Failed':
    case 'Error':
      return degraded(message ? sentence(message) : 'It failed.');
    default:
      return progressing(message ? sentence(message) : 'It runs to its end.');
  }
};
