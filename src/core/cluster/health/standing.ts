import { textAt } from '../../model/fields.ts';
import type { Json, JsonObject } from '../../model/resource.ts';
import {
  type Condition,
  conditionOf,
  conditionsOf,
  degraded,
  type HealthRule,
  healthy,
  progressing,
  said,
  unreported,
} from './verdict.ts';

// Objects that stand and are used by others: storage, autoscaling, definitions (drift.md 5.2).

export const persistentVolumeClaim: HealthRule = object => {
  const phase = textAt(object, 'status', 'phase');
  if (phase === 'Bound') return healthy();
  return phase === 'Lost'
    ? degraded('Its volume is lost.')
    : progressing('It is not bound to a volume yet.');
};

export const persistentVolume: HealthRule = object => {
  const phase = textAt(object, 'status', 'phase');
  if (phase === undefined || phase === 'Pending') return progressing('It is not available yet.');
  return phase === 'Failed' ? degraded('It could not be reclaimed.') : healthy(`It is ${phase}.`);
};

export const horizontalPodAutoscaler: HealthRule = object => {
  const conditions = autoscalerConditions(object);
  const failed = conditions.find(
    ({ type, status, reason }) =>
      status === 'False' &&
      (type === 'AbleToScale' || type === 'ScalingActive') &&
      /^Failed|^InvalidSelector$/.test(reason),
  );
  if (failed) return degraded(said(failed));
  const works = conditions.find(
    ({ type, status }) =>
      status === 'True' && (type === 'AbleToScale' || type === 'ScalingLimited'),
  );
  return works ? healthy(said(works)) : unreported();
};

/** autoscaling/v1 has no place for them but an annotation. */
function autoscalerConditions(object: JsonObject): Condition[] {
  const text = textAt(
    object,
    'metadata',
    'annotations',
    'autoscaling.alpha.kubernetes.io/conditions',
  );
  try {
    const conditions = text === undefined ? undefined : (JSON.parse(text) as Json);
    if (conditions !== undefined) return conditionsOf({ conditions }, 'conditions');
  } catch {
    // Then there are none.
  }
  return conditionsOf(object);
}

export const podDisruptionBudget: HealthRule = object => {
  const conditions = conditionsOf(object);
  if (conditions.length === 0) return unreported();
  const failed = conditions.find(
    ({ status, reason }) => status === 'False' && reason !== 'InsufficientPods',
  );
  return failed ? degraded(said(failed)) : healthy();
};

export const customResourceDefinition: HealthRule = object => {
  const names = conditionOf(object, 'NamesAccepted');
  if (names?.status === 'False') return degraded(said(names));
  const schema = conditionOf(object, 'NonStructuralSchema');
  if (schema?.status === 'True') return degraded(said(schema));
  const terminating = conditionOf(object, 'Terminating');
  if (terminating?.status === 'True') return progressing(said(terminating));
  const established = conditionOf(object, 'Established');
  if (!established) return unreported();
  if (established.status === 'True') return healthy();
  return established.reason === 'Installing'
    ? progressing(said(established))
    : degraded(said(established));
};

export const apiService: HealthRule = object => {
  const available = conditionOf(object, 'Available');
  if (!available) return unreported();
  return available.status === 'True' ? healthy() : progressing(said(available));
};
