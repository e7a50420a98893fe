import { UserError } from '../../lib/errors.ts';
import { resourceText } from '../../model/resource.ts';
import type { Engine, EngineTarget, Outcome, Progress, SyncObject } from '../engine.ts';
import { isDefinition } from './definition.ts';
import { applyObject } from './object.ts';

/**
 * Server-side apply of what differs, as `kubectl apply --server-side --force-conflicts` would do it: fields that
 * somebody else changed are what differs, and come back. What is in sync or ignored is left alone, and nothing
 * is ever deleted.
 */
export const apply: Engine = {
  id: 'apply',
  can: new Set(['sync']),
  status: () => ({ suspended: false }),
  follows: async () => undefined,
  delays: async () => undefined,
  // What the server refuses is known object by object, from the dry-run of each.
  refuses: async () => undefined,
  run: (_, target, progress) => applyAll(target, progress),
};

/** True for what a sync sends: the rest is as it should be, or nobody could say what it is. */
export function isApplied({ state }: Pick<SyncObject, 'state'>): boolean {
  return ['drifted', 'missing', 'suspect', 'invalid', 'terminating'].includes(state);
}

/** Namespaces and the definitions of kinds first: the others may need them. Else as they were rendered. */
export function inOrder<T extends Pick<SyncObject, 'resource'>>(objects: readonly T[]): T[] {
  const rank = ({ resource }: T) => {
    if (resource.group === '' && resource.kind === 'Namespace') return 0;
    return isDefinition(resource) ? 1 : 2;
  };
  return [...objects].sort((one, other) => rank(one) - rank(other));
}

/** One that is refused does not keep the others from being applied. */
async function applyAll(target: EngineTarget, progress: Progress): Promise<Outcome> {
  const objects = inOrder(target.objects.filter(isApplied));
  const refused: string[] = [];
  for (const [index, object] of objects.entries()) {
    const name = resourceText(object.resource);
    progress(`${target.application.name}: applying ${name} (${index + 1} of ${objects.length})`);
    const reason = await applyOne(target, object, index - refused.length, objects.length);
    if (reason === undefined) continue;
    refused.push(`${name}: ${reason}`);
    progress(`${target.application.name}: refused: ${name}: ${reason}`);
  }
  return outcomeOf(objects.length, refused);
}

async function applyOne(
  target: EngineTarget,
  object: SyncObject,
  done: number,
  all: number,
): Promise<string | undefined> {
  try {
    target.signal?.throwIfAborted();
    return await applyObject(target, object);
  } catch (error) {
    if (!target.signal?.aborted) throw error;
    throw new UserError(
      `Stopped: ${done} of ${counted(all)} were applied, and perhaps ${resourceText(object.resource)}.`,
    );
  }
}

function outcomeOf(count: number, refused: readonly string[]): Outcome {
  if (count === 0) return { kind: 'succeeded', message: 'Nothing had to be applied.' };
  if (refused.length === 0) return { kind: 'succeeded', message: `Applied ${counted(count)}.` };
  const said = refused.slice(0, shown).map(reason => reason.replace(/\.$/, ''));
  const more = refused.length > shown ? `; and ${refused.length - shown} more` : '';
  const message = `${refused.length} of ${counted(count)} could not be applied: ${said.join('; ')}${more}.`;
  return { kind: 'failed', message };
}

const shown = 10;

function counted(count: number): string {
  return count === 1 ? '1 object' : `${count} objects`;
}
