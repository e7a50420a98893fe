import { randomInt } from 'node:crypto';
import { sleep } from '../../lib/backoff.ts';
import { durationOf } from '../../lib/duration.ts';
import { UserError } from '../../lib/errors.ts';
import { sentence } from '../../lib/sentence.ts';
import { textAt } from '../../model/fields.ts';
import { type JsonObject, resourceText } from '../../model/resource.ts';
import type { EngineTarget } from '../engine.ts';
import { EngineFailure, type Held, writerOf } from '../target.ts';
import { isBeingDeleted, isSuspended, type Standing, standingOf } from './status.ts';

const requestedAt = 'reconcile.fluxcd.io/requestedAt';
const forceAt = 'reconcile.fluxcd.io/forceAt';
/** A name that Flux leaves alone: what `kubectl…` wrote it takes over and reverts (drift.md 6.2). */
const manager = 'flux-client-side-apply';

/** A token as Flux' own command line makes them: the time to the nanosecond, so that no two are equal. */
export function newToken(): string {
  const fraction = String(randomInt(1_000_000)).padStart(6, '0');
  return new Date().toISOString().replace('Z', `${fraction}Z`);
}

/** Patches a Flux object, or only asks whether that would be done. Throws an EngineFailure where it is refused. */
export async function patch(
  target: EngineTarget,
  { type, resource }: Held,
  body: JsonObject,
  dryRun = false,
): Promise<void> {
  const { writer, expected } = writerOf(target);
  const options = { expected, manager, dryRun, signal: target.signal };
  const answer = await writer.patch(type, resource, body, options);
  if (!answer.ok) throw new EngineFailure(sentence(answer.reason));
}

/** The patch that asks for a reconciliation now; with `force` a Helm upgrade even where nothing is new. */
export function requestPatch(token: string, options: { force?: boolean } = {}): JsonObject {
  const annotations: JsonObject = { [requestedAt]: token };
  if (options.force) annotations[forceAt] = token;
  return { metadata: { annotations } };
}

export interface Awaited {
  token: string;
  force?: boolean;
  /** Asked once the controller says that it is ready: false to wait on, for a newer revision. */
  isDone?: (object: JsonObject) => Promise<boolean>;
}

/**
 * Waits until the controller has handled a request and is ready with the object as it is specified now; answers
 * the object. Throws an EngineFailure with Flux' own words when it failed, and when it takes longer than it may.
 */
export async function follow(
  target: EngineTarget,
  { type, resource, object }: Held,
  { token, force, isDone }: Awaited,
): Promise<JsonObject> {
  const name = resourceText(resource);
  const patience = timeoutOf(object);
  const deadline = Date.now() + patience;
  let last: Pick<Standing, 'message'> = { message: '' };
  for (let pause = 200; ; pause = Math.min(pause * 1.5, 2000)) {
    const answer = await target.cluster.get(type, resource, target.signal);
    if (answer.ok) {
      const now = answer.object;
      if (!now || isBeingDeleted(now)) throw new EngineFailure(`${name} was deleted meanwhile.`);
      const standing = standingOf(now);
      if (isHandled(now, token, force)) {
        if (standing.kind === 'failed') throw new EngineFailure(standing.message);
        if (standing.kind === 'ready' && (isDone === undefined || (await isDone(now)))) return now;
      } else if (isSuspended(now)) throw new EngineFailure(`${name} was suspended meanwhile.`);
      last = standing;
    } else last = { message: sentence(answer.reason) };
    if (Date.now() > deadline)
      throw new EngineFailure(
        `${name} was not ready after ${Math.round(patience / 1000)} s; Flux goes on by itself. ${last.message}`.trim(),
      );
    await sleep(pause, target.signal);
    if (target.signal?.aborted)
      throw new UserError(`Stopped waiting for ${name}; Flux goes on by itself.`);
  }
}

/** True when the controller came to this request, or to a later one of somebody else. */
function isHandled(object: JsonObject, token: string, force: boolean | undefined): boolean {
  return (
    isAnswered(object, token, requestedAt, 'lastHandledReconcileAt') &&
    (!force || isAnswered(object, token, forceAt, 'lastHandledForceAt'))
  );
}

function isAnswered(object: JsonObject, token: string, annotation: string, field: string): boolean {
  const handled = textAt(object, 'status', field);
  const asked = textAt(object, 'metadata', 'annotations', annotation);
  return handled !== undefined && (handled === token || (asked !== token && handled === asked));
}

const usualTimeout = 5 * 60_000;
/** The controller's own word on a timeout comes after it, and it may be busy with others first. */
const slack = 30_000;

function timeoutOf(object: JsonObject): number {
  const written = textAt(object, 'spec', 'timeout');
  const timeout = written === undefined ? undefined : durationOf(written);
  return (timeout ?? usualTimeout) + slack;
}
