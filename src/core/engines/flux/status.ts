import { conditionOf, said } from '../../cluster/health/verdict.ts';
import { objectsAt, textAt, valueAt } from '../../model/fields.ts';
import type { Health } from '../../model/health.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { EngineStatus } from '../engine.ts';

/** What Flux says of a Kustomization or HelmRelease (drift.md 6.2, "Reading status"). */
export function fluxStatus(controller: JsonObject | undefined): EngineStatus {
  if (!controller)
    return { suspended: false, health: { status: 'Missing', reason: 'It is not in the cluster.' } };
  const revision = appliedRevision(controller);
  const standing = standingOf(controller);
  const suspended = isSuspended(controller);
  return {
    suspended,
    health: healthOf(controller, standing, suspended),
    ...(revision === undefined ? {} : { revision: commitOf(revision) ?? revision }),
    ...(standing.complains ? { trouble: standing.message } : {}),
  };
}

export interface Standing {
  kind: 'ready' | 'working' | 'failed';
  /** One sentence, Flux's own words where it has some. */
  message: string;
  /** True when the message is about something that is in the way. */
  complains: boolean;
}

/** How far a controller has come with its object as it is specified now. */
export function standingOf(object: JsonObject): Standing {
  const generation = valueAt(object, 'metadata', 'generation');
  const ready = conditionOf(object, 'Ready');
  const stalled = conditionOf(object, 'Stalled');
  const reconciling = conditionOf(object, 'Reconciling');
  const working = (message: string, complains = false): Standing => ({
    kind: 'working',
    message,
    complains,
  });
  if (stalled?.status === 'True' && (stalled.observedGeneration ?? generation) === generation)
    // `Stalled` says how often it was tried, `Ready` why it failed.
    return {
      kind: 'failed',
      message: said(ready?.status === 'False' ? ready : stalled),
      complains: true,
    };
  // The condition's own word: the status as a whole tells a generation only after a success.
  const observed = ready?.observedGeneration ?? valueAt(object, 'status', 'observedGeneration');
  if (!ready || observed !== generation) return working('Flux has not reported on it yet.');
  if (ready.status === 'True')
    return reconciling?.status === 'True'
      ? working(said(reconciling))
      : { kind: 'ready', message: said(ready), complains: false };
  // While it works on something new it says Unknown; False stays until the next attempt has come to an end.
  if (ready.status !== 'False') return working(said(ready));
  if (passing.includes(ready.reason)) return working(said(ready), true);
  return { kind: 'failed', message: said(ready), complains: true };
}

/** Reasons of `Ready: False` that Flux waits out by itself. */
const passing = ['HealthCheckCanceled', 'DependencyNotReady', 'SourceNotReady'];

export function isSuspended(object: JsonObject): boolean {
  return valueAt(object, 'spec', 'suspend') === true;
}

export function isBeingDeleted(object: JsonObject): boolean {
  return textAt(object, 'metadata', 'deletionTimestamp') !== undefined;
}

/** The revision that was applied last, as Flux writes it: of a HelmRelease the chart's version. */
function appliedRevision(object: JsonObject): string | undefined {
  const releases = objectsAt(object, 'status', 'history').filter(each => 'chartVersion' in each);
  const deployed = releases.find(({ status }) => status === 'deployed');
  const applied = textAt(object, 'status', 'lastAppliedRevision');
  // Of an OCI artifact the commit that it was made from says more than its digest.
  const origin = textAt(object, 'status', 'lastAppliedOriginRevision');
  return textAt(deployed, 'chartVersion') ?? (origin && commitOf(origin) ? origin : applied);
}

/** `main@sha1:9f8e7d6…`, by older versions `main/9f8e7d6…`. */
export function commitOf(revision: string): string | undefined {
  return /(?:^|[:/])([0-9a-f]{40})$/.exec(revision)?.[1];
}

/** A revision as people read it: `main@9f8e7d6`. */
export function readableRevision(revision: string): string {
  return revision.replace(/@?sha(?:1|256):([0-9a-f]{7})[0-9a-f]+$/, '@$1').replace(/^@/, '');
}

function healthOf(object: JsonObject, standing: Standing, suspended: boolean): Health {
  if (isBeingDeleted(object)) return { status: 'Terminating', reason: 'It is being deleted.' };
  if (suspended) return { status: 'Suspended', reason: 'Flux was told to leave it as it is.' };
  const statuses = { ready: 'Healthy', working: 'Progressing', failed: 'Degraded' } as const;
  return { status: statuses[standing.kind], reason: standing.message };
}
