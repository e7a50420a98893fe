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
  /** Until an application is healthy after a sync that succeeded. */
  health: number;
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
  { type, resource }: Held,
  body: JsonObject | JsonObject[],
  dryRun = false,
): Promise<JsonObject> {
  const { writer, expected } = writerOf(target);
  const options = { expected, manager, dryRun, signal: target.signal };
  const answer = await writer.patch(type, resource, body, options);
  if (!answer.ok) throw new EngineFailure(sentence(answer.reason));
  return answer.object;
}

const manager = 'driftline';

/**
 * Patches the Application as it was read and at no other. Argo CD writes its status at any time: then `operations`
 * is asked again, with the Application as it is now; it throws an EngineFailure where there is nothing to do.
 */
export async function patchAsRead(
  target: EngineTarget,
  held: Held,
  operations: (object: JsonObject) => JsonObject[],
): Promise<void> {
  const { type, resource } = held;
  for (let object = held.object, attempt = 1; ; attempt++) {
    const path = '/metadata/resourceVersion';
    const test = { op: 'test', path, value: textAt(object, 'metadata', 'resourceVersion') ?? '' };
    const body = [test, ...operations(object)];
    try {
      await patchApplication(target, held, body);
      return;
    } catch (error) {
      if (!(error instanceof EngineFailure) || attempt === attempts) throw error;
      const now = await target.cluster.get(type, resource, target.signal);
      const changed = now.ok && textAt(now.object, 'metadata', 'resourceVersion') !== test.value;
      if (!changed || now.object === undefined) throw error;
      object = now.object;
    }
  }
}

const attempts = 5;

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
