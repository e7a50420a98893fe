import { randomUUID } from 'node:crypto';
import { objectAt, objectsAt, textAt, textsAt } from '../../model/fields.ts';
import { type JsonObject, resourceText } from '../../model/resource.ts';
import type { EngineTarget } from '../engine.ts';
import { EngineFailure, type Held } from '../target.ts';
import { operationState, patchAsRead, pendingOperation } from './application.ts';
import { refusedByState } from './refusals.ts';

const markName = 'driftline';

/**
 * Asks for a sync as Argo CD's API server does: sets `.operation` where there is none, and clears what the one
 * before left behind. Answers the mark that ours carries. Throws an EngineFailure where it is refused.
 */
export async function requestSync(target: EngineTarget, held: Held): Promise<string> {
  const mark = randomUUID();
  await patchAsRead(target, held, object => {
    const refused = refusedByState('sync', { ...held, object });
    if (refused !== undefined) throw new EngineFailure(refused);
    const request = { op: 'add', path: '/operation', value: syncOperation(object, mark) };
    const former = operationState(object);
    return former ? [request, { op: 'remove', path: '/status/operationState' }] : [request];
  });
  return mark;
}

/**
 * The operation of a person who syncs to what the Application says. It does not prune, as `argocd app sync` does
 * not unless it is told to: what is left over is named in the outcome.
 */
export function syncOperation(application: JsonObject, mark: string): JsonObject {
  const policy = objectAt(application, 'spec', 'syncPolicy');
  const options = textsAt(policy, 'syncOptions');
  const retry = objectAt(policy, 'retry');
  const sources = objectsAt(application, 'spec', 'sources');
  return {
    initiatedBy: { username: 'driftline' },
    info: [{ name: markName, value: mark }],
    ...(retry && { retry }),
    sync: {
      prune: false,
      ...(options.length > 0 && { syncOptions: options }),
      // Empty for the target revision; Argo CD expects one for each source.
      ...(sources.length > 0 && { revisions: sources.map(() => '') }),
    },
  };
}

/** True for an operation, asked for or on its way, that carries the mark. */
export function hasMark(operation: JsonObject | undefined, mark: string): boolean {
  return objectsAt(operation, 'info').some(
    info => textAt(info, 'name') === markName && textAt(info, 'value') === mark,
  );
}

/**
 * Ends an operation, or with a mark only the one that carries it: one that was not begun is taken back, one that
 * runs is told to end.
 */
export async function endOperation(target: EngineTarget, held: Held, mark?: string): Promise<void> {
  await patchAsRead(target, held, object => {
    const pending = pendingOperation(object);
    if (!pending || (mark !== undefined && !hasMark(pending, mark)))
      throw new EngineFailure(`${resourceText(held.resource)} runs no such operation any more.`);
    return operationState(object)
      ? [{ op: 'add', path: '/status/operationState/phase', value: 'Terminating' }]
      : [{ op: 'remove', path: '/operation' }];
  });
}
