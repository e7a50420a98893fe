import { sentence } from '../../lib/sentence.ts';
import { textAt } from '../../model/fields.ts';
import type { Health } from '../../model/health.ts';
import type { JsonObject } from '../../model/resource.ts';
import {
  conditionOf,
  conditionsOf,
  degraded,
  type HealthRule,
  healthy,
  progressing,
  said,
  suspended,
  unreported,
} from './verdict.ts';

// Kinds of common operators that say it otherwise than by `Ready` alone (drift.md 5.2).

/** A kind whose controller always reports `Ready`: that it has not is news. */
export function expectsReady(object: JsonObject): Health | undefined {
  return conditionOf(object, 'Ready') ? undefined : unreported();
}

/** Flux: an address of an OCI registry is used as it is, by nobody who would report. */
export const helmRepository: HealthRule = (object, now) =>
  textAt(object, 'spec', 'type') === 'oci' ? healthy() : fluxSource(object, now);

/** Flux: what was fetched must be kept, or nobody can apply it. */
export const fluxSource: HealthRule = object => {
  const stored = conditionOf(object, 'ArtifactInStorage');
  return stored?.status === 'False' && conditionOf(object, 'Ready')?.status === 'True'
    ? degraded(said(stored))
    : expectsReady(object);
};

export const certificate: HealthRule = object => {
  const issuing = conditionOf(object, 'Issuing');
  return issuing?.status === 'True' ? progressing(said(issuing)) : expectsReady(object);
};

export const certificateRequest: HealthRule = object => {
  const refused = conditionsOf(object).find(
    ({ type, status, reason }) =>
      ((type === 'Denied' || type === 'InvalidRequest') && status === 'True') ||
      (type === 'Ready' && status === 'False' && (reason === 'Failed' || reason === 'Denied')),
  );
  return refused ? degraded(said(refused)) : expectsReady(object);
};

/** cert-manager's Order and Challenge. */
export const acme: HealthRule = object => {
  const state = textAt(object, 'status', 'state') ?? '';
  const reason = textAt(object, 'status', 'reason');
  const words = sentence(reason || `Its state is ${state}`);
  if (state === 'valid') return healthy();
  if (['invalid', 'expired', 'errored'].includes(state)) return degraded(words);
  return state === '' ? unreported() : progressing(words);
};

/** It tells of namespaces that failed, and adds what it says last at the end. */
export const clusterExternalSecret: HealthRule = object => {
  const last = conditionsOf(object).at(-1);
  if (last?.status !== 'True') return unreported();
  if (last.type === 'NotReady' || last.type === 'PartiallyReady') return degraded(said(last));
  return last.type === 'Ready' ? healthy(said(last)) : unreported();
};

export const sealedSecret: HealthRule = object => {
  const synced = conditionOf(object, 'Synced');
  if (!synced) return unreported();
  return synced.status === 'True' ? healthy() : degraded(said(synced));
};

export const scaledObject: HealthRule = object => {
  const fallback = conditionOf(object, 'Fallback');
  if (fallback?.status === 'True') return degraded(said(fallback));
  const ready = conditionOf(object, 'Ready');
  if (ready?.status === 'False') return degraded(said(ready));
  const paused = conditionOf(object, 'Paused');
  if (paused?.status === 'True') return suspended(said(paused));
  return expectsReady(object);
};

/** Prometheus, Alertmanager and their siblings. */
export const prometheus: HealthRule = object => {
  const available = conditionOf(object, 'Available');
  if (!available) return unreported();
  if (available.status === 'True') return healthy();
  return available.reason === 'SomePodsNotReady'
    ? progressing(said(available))
    : degraded(said(available));
};

/** Managed resources, claims and packages of Crossplane. */
export const crossplane: HealthRule = object => {
  const conditions = conditionsOf(object);
  const failed = conditions.find(
    ({ type, status }) =>
      (type === 'Synced' || type === 'LastAsyncOperation') && status === 'False',
  );
  if (failed) return degraded(said(failed));
  const installed = conditions.filter(({ type }) => type === 'Installed' || type === 'Healthy');
  const broken = installed.find(({ status }) => status !== 'True');
  if (broken) return degraded(said(broken));
  return installed.length > 0 ? healthy() : undefined;
};
