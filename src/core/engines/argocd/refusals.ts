import { textAt } from '../../model/fields.ts';
import { resourceText } from '../../model/resource.ts';
import type { EngineTarget, EngineVerb } from '../engine.ts';
import { EngineFailure, type Held, readObject } from '../target.ts';
import {
  isPaused,
  operationState,
  patchApplication,
  pendingOperation,
  readApplication,
} from './application.ts';
import { deniedByWindow } from './sync-windows.ts';

/**
 * Why a verb must not be used on an application now: what Argo CD's own API server would check, which a patch of
 * the Application goes around (drift.md 6.1), and whether the cluster lets us patch it.
 */
export async function refuses(verb: EngineVerb, target: EngineTarget): Promise<string | undefined> {
  const held = await readApplication(target);
  if ('reason' in held) return held.reason;
  const refused = refusedByState(verb, held);
  if (refused !== undefined) return refused;
  const denied = verb === 'sync' ? await refusedByProject(target, held) : undefined;
  return denied ?? forbidden(target, held);
}

/** What the Application itself says. */
export function refusedByState(verb: EngineVerb, { object, resource }: Held): string | undefined {
  const name = resourceText(resource);
  const isBusy = pendingOperation(object) !== undefined;
  if (textAt(object, 'metadata', 'deletionTimestamp') !== undefined)
    return `${name} is being deleted.`;
  if (verb === 'suspend')
    return isPaused(object) ? `${name} is paused already (skip-reconcile).` : undefined;
  if (verb === 'resume') return isPaused(object) ? undefined : `${name} is not paused.`;
  if (verb === 'terminate') return isBusy ? undefined : `${name} runs no operation.`;
  if (isPaused(object)) return `${name} is paused (skip-reconcile): resume it first.`;
  if (verb !== 'sync' || !isBusy) return undefined;
  const message = textAt(operationState(object), 'message');
  const said = message ? ` (${message})` : '';
  return `${name} runs an operation already${said}: wait for its end, or terminate it.`;
}

/**
 * A project that cannot be read refuses nothing here: Argo CD itself holds an operation back that a window of
 * its does not allow, and so do windows of global projects, which are not read.
 */
async function refusedByProject(
  target: EngineTarget,
  { object, resource, type }: Held,
): Promise<string | undefined> {
  const project = await readObject(target, {
    group: type.group,
    version: type.version,
    kind: 'AppProject',
    namespace: textAt(object, 'status', 'controllerNamespace') || resource.namespace,
    name: textAt(object, 'spec', 'project') || 'default',
  });
  return 'reason' in project ? undefined : deniedByWindow(project.object, object, new Date());
}

async function forbidden(target: EngineTarget, held: Held): Promise<string | undefined> {
  try {
    await patchApplication(target, held, {}, true);
    return undefined;
  } catch (error) {
    if (error instanceof EngineFailure) return error.message;
    throw error;
  }
}
