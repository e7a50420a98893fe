import { objectAt, textAt, textsAt, valueAt } from '../model/fields.ts';
import type { Health, HealthStatus } from '../model/health.ts';
import { type JsonObject, type Resource, resourceOf, resourceText } from '../model/resource.ts';
import { ruleOf } from './health/rules.ts';
import {
  conditionOf,
  degraded,
  type HealthRule,
  healthy,
  isOlder,
  patience,
  progressing,
  said,
  suspended,
} from './health/verdict.ts';

/**
 * How a live object fares, by what it says itself: the order of kstatus with the improvements of drift.md 5.3,
 * the kinds of its table 5.2. `None` for kinds without a state of their own.
 */
export function healthOf(live: JsonObject, now: Date): Health {
  const resource = resourceOf(live);
  for (const rule of [deleted, paused, unobserved, atWork, resource && ruleOf(resource), ready]) {
    const health = rule?.(live, now);
    if (health) return health;
  }
  return { status: 'None' };
}

/**
 * The health of an application from that of its objects: the worst one, with the object that it is. Objects
 * without a state do not count; where none has one the application has none.
 */
export function worstHealth(parts: readonly { resource: Resource; health: Health }[]): Health {
  const counted = parts.filter(({ health }) => health.status !== 'None');
  const status = worstFirst.find(each => counted.some(({ health }) => health.status === each));
  if (status === undefined) return { status: 'None' };
  const such = counted.filter(({ health }) => health.status === status);
  const [first] = such;
  if (status === 'Healthy' || !first) return { status };
  const others = such.length > 1 ? ` And ${such.length - 1} more.` : '';
  const reason = first.health.reason ?? `It is ${status}.`;
  return { status, reason: `${resourceText(first.resource)}: ${reason}${others}` };
}

const worstFirst: readonly HealthStatus[] = [
  'Degraded',
  'Unknown',
  'Missing',
  'Progressing',
  'Terminating',
  'Suspended',
  'Healthy',
];

const deleted: HealthRule = live => {
  const since = textAt(live, 'metadata', 'deletionTimestamp');
  if (since === undefined) return undefined;
  const finalizers = textsAt(live, 'metadata', 'finalizers');
  const reason =
    finalizers.length > 0
      ? `It is being deleted since ${since} and waits for ${finalizers.join(', ')}.`
      : `It is being deleted since ${since}.`;
  return { status: 'Terminating', reason };
};

/** Before the generation is looked at: a controller does not look at what is suspended. */
const paused: HealthRule = live => {
  if (valueAt(live, 'spec', 'suspend') === true)
    return suspended('It is suspended (spec.suspend).');
  if (valueAt(live, 'spec', 'paused') === true) return suspended('It is paused (spec.paused).');
  for (const [key, value] of pausing)
    if (textAt(live, 'metadata', 'annotations', key)?.toLowerCase() === value)
      return suspended(`It is suspended (annotation ${key}).`);
  return undefined;
};

/** Annotations by which the controllers of whole groups of kinds are told to leave an object alone. */
const pausing = [
  ['fluxcd.controlplane.io/reconcile', 'disabled'],
  ['crossplane.io/paused', 'true'],
] as const;

const unobserved: HealthRule = live => {
  const { generation } = objectAt(live, 'metadata') ?? {};
  const observed = valueAt(live, 'status', 'observedGeneration');
  // Argo Rollouts write the number as text, early ones a hash instead, which may be all digits.
  if (generation === undefined || !/^\d+$/.test(String(observed))) return undefined;
  if (String(observed) === String(generation)) return undefined;
  if (typeof observed === 'string' && Number(observed) > Number(generation)) return undefined;
  // Flux writes the status' own number after a success only; of a failure its condition tells it.
  const ofReady = conditionOf(live, 'Ready')?.observedGeneration;
  if (ofReady !== undefined && ofReady === generation) return undefined;
  return progressing(
    `Its controller has not looked at the last change yet (generation ${generation}, seen ${observed}).`,
  );
};

const atWork: HealthRule = live => {
  const stalled = conditionOf(live, 'Stalled');
  if (stalled?.status === 'True') return degraded(said(stalled));
  const reconciling = conditionOf(live, 'Reconciling');
  if (reconciling?.status !== 'True') return undefined;
  const state = conditionOf(live, 'Ready');
  // Flux sets this one once an attempt has failed, and takes it back only when one succeeds.
  const failed = reconciling.reason === 'ProgressingWithRetry' && state?.status === 'False';
  if (failed && state.reason !== 'DependencyNotReady') return degraded(said(state));
  return progressing(said(failed ? state : reconciling));
};

const ready: HealthRule = (live, now) => {
  const condition = conditionOf(live, 'Ready');
  if (!condition) return undefined;
  if (condition.status === 'True') return healthy(said(condition));
  const lasts = condition.status === 'False' && isOlder(condition.since, patience, now);
  return lasts ? degraded(said(condition)) : progressing(said(condition));
};
