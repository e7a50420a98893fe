import type { WriteAnswer } from '../../cluster/cluster.ts';
import { sleep } from '../../lib/backoff.ts';
import { UserError } from '../../lib/errors.ts';
import { sentence } from '../../lib/sentence.ts';
import { objectAt, textAt } from '../../model/fields.ts';
import { type JsonObject, resourceText } from '../../model/resource.ts';
import type { EngineTarget, Progress } from '../engine.ts';
import { EngineFailure, type Held, readObject, writerOf } from '../target.ts';

export const skipReconcile = 'argocd.argoproj.io/skip-reconcile';

/** One verb on its way: the Application as it was read first, and who waits. */
export interface Errand {
  target: EngineTarget;
  held: Held;
  progress: Progress;
  patience: Patience;
}

/** How long Argo CD is waited for, in milliseconds. */
export interface Patience {
  /** Until it takes up an operation, or a refresh. */
  start: number;
  /** While a sync window holds an operation back: at first Argo CD does not see that a person asked for it. */
  blocked: number;
  /** Until an application is healthy after a sync that succeeded. */
  health: number;
  /** How long it may be out of sync after a sync: Argo CD sees with a delay what it applied. */
  compared: number;
  /** How long an annotation must stay to be one that nobody takes away. */
  kept: number;
  /** How long it may be degraded meanwhile: what is being replaced often is, for a moment. */
  degraded: number;
}

/** The Application object; a finished sentence where it cannot be read or is not there. */
export async function readApplication(target: EngineTarget): Promise<Held | { reason: string }> {
  const { controller, name } = target.application;
  if (!controller) return { reason: `No Application of Argo CD deploys ${name}.` };
  return readObject(target, controller);
}

/** Patches the Application, or only asks whether that would be done. Throws an EngineFailure where it is refused. */
export async function patchApplication(
  target: EngineTarget,
  held: Held,
  body: JsonObject,
  dryRun = false,
): Promise<void> {
  const answer = await send(target, held, body, dryRun);
  if (!answer.ok) throw new EngineFailure(sentence(answer.reason));
}

/**
 * Reads the Application and patches it as it is then and at no other. `operations` throws an EngineFailure where
 * there is nothing to do.
 */
export async function patchAsRead(
  target: EngineTarget,
  held: Held,
  operations: (object: JsonObject) => JsonObject[],
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const now = await readObject(target, held.resource);
    if ('reason' in now) throw new EngineFailure(now.reason);
    const value = textAt(now.object, 'metadata', 'resourceVersion') ?? '';
    const test = { op: 'test', path: '/metadata/resourceVersion', value };
    const answer = await send(target, held, [test, ...operations(now.object)]);
    if (answer.ok) return;
    // The test failed: Argo CD, which writes its status at any time, came in between.
    if (answer.status !== 422 || attempt === attempts)
      throw new EngineFailure(sentence(answer.reason));
  }
}

const attempts = 5;

function send(
  target: EngineTarget,
  { type, resource }: Held,
  body: JsonObject | JsonObject[],
  dryRun = false,
): Promise<WriteAnswer> {
  const { writer, expected } = writerOf(target);
  const options = { expected, manager: 'driftline', dryRun, signal: target.signal };
  return writer.patch(type, resource, body, options);
}

/**
 * Reads the Application again and again, with a short pause between, until `look` finds something in it. Throws an
 * EngineFailure when it is deleted or cannot be read for long, and a UserError when the signal aborts.
 */
export async function readUntil<T>(
  { target, held }: Errand,
  look: (object: JsonObject) => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const { type, resource } = held;
  const name = resourceText(resource);
  let answered = Date.now();
  for (let pause = 150; ; pause = Math.min(pause * 1.3, 1500)) {
    const answer = await target.cluster.get(type, resource, target.signal);
    if (answer.ok) {
      if (!answer.object) throw new EngineFailure(`${name} was deleted meanwhile.`);
      answered = Date.now();
      const found = await look(answer.object);
      if (found !== undefined) return found;
    } else if (Date.now() - answered > unanswered)
      throw new EngineFailure(
        `What became of ${name} is not known, look at it in Argo CD: ${sentence(answer.reason)}`,
      );
    await sleep(pause, target.signal);
    if (target.signal?.aborted)
      throw new UserError(`Stopped waiting for ${name}; Argo CD goes on by itself.`);
  }
}

/** How long a server may be away before nobody knows what becomes of an operation. */
const unanswered = 30_000;

/** As Go reads the annotation (`strconv.ParseBool`). */
export function isPaused(object: JsonObject): boolean {
  const value = textAt(object, 'metadata', 'annotations', skipReconcile) ?? '';
  return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value);
}

/** `.operation`: what was asked for and is not done. */
export function pendingOperation(object: JsonObject): JsonObject | undefined {
  return objectAt(object, 'operation');
}

export function operationState(object: JsonObject): JsonObject | undefined {
  return objectAt(object, 'status', 'operationState');
}

/** `0123456` for a commit, a chart's version as it is. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 7) : revision;
}
