import { entryName } from '../../cluster/health/argo.ts';
import { objectAt, objectsAt, textAt } from '../../model/fields.ts';
import { type JsonObject, resourceText } from '../../model/resource.ts';
import { EngineFailure } from '../target.ts';
import { type Errand, operationState, pendingOperation, readUntil } from './application.ts';
import { endOperation, hasMark } from './operation.ts';
import { ownWords } from './status.ts';

/**
 * Follows the operation with our mark until it is done, and answers its state. Throws an EngineFailure with Argo
 * CD's own words when it failed, when nobody takes it up, and when a sync window holds it back; then it is
 * ended, so that it does not run when nobody expects it any more.
 */
export async function followOperation(errand: Errand, mark: string): Promise<JsonObject> {
  const name = resourceText(errand.held.resource);
  const deadline = Date.now() + errand.patience.start;
  const tell = teller(errand);
  let blockedSince: number | undefined;
  return readUntil(errand, async object => {
    const state = operationState(object);
    if (!state || !hasMark(objectAt(state, 'operation'), mark)) {
      if (!hasMark(pendingOperation(object), mark))
        throw new EngineFailure(`Another operation of ${name} took the place of this one.`);
      return Date.now() > deadline ? takeBack(errand, mark) : undefined;
    }
    const phase = textAt(state, 'phase');
    if (phase === 'Succeeded') return state;
    if (phase === 'Failed' || phase === 'Error') throw new EngineFailure(failureText(state));
    const message = textAt(state, 'message') ?? '';
    const isBlocked = phase === 'Running' && message.includes('blocked by sync window');
    blockedSince = isBlocked ? (blockedSince ?? Date.now()) : undefined;
    if (blockedSince !== undefined && Date.now() - blockedSince > errand.patience.blocked) {
      await endOperation(errand.target, errand.held, mark);
      throw new EngineFailure(`A sync window does not let ${name} be synced; the sync was ended.`);
    }
    tell(message === '' ? 'syncing' : ownWords(message));
    return undefined;
  });
}

async function takeBack({ held, patience, target }: Errand, mark: string): Promise<never> {
  await endOperation(target, held, mark);
  throw new EngineFailure(
    `Argo CD did not begin to sync ${resourceText(held.resource)} in ${patience.start / 1000} s, so that the request was taken back: does its application controller run?`,
  );
}

/** Waits for the end of whatever operation runs, and answers what Argo CD says of it. */
export async function operationEnded(errand: Errand): Promise<string> {
  return readUntil(errand, object => {
    if (pendingOperation(object)) return undefined;
    return ownWords(textAt(operationState(object), 'message') || 'The operation was taken back');
  });
}

/** Says what is new only. */
export function teller({ held, progress }: Errand): (message: string) => void {
  const { namespace, name } = held.resource;
  let said = '';
  return message => {
    if (message !== said) progress(`${namespace}/${name}: ${message}`);
    said = message;
  };
}

/** The operation's message, and what it says of single objects where that is not in it already. */
function failureText(state: JsonObject): string {
  const message = ownWords(textAt(state, 'message') || 'The sync failed');
  const failed = objectsAt(state, 'syncResult', 'resources').filter(
    entry =>
      textAt(entry, 'status') === 'SyncFailed' ||
      ['Failed', 'Error'].includes(textAt(entry, 'hookPhase') ?? ''),
  );
  const more = failed.flatMap(entry => {
    const said = textAt(entry, 'message') ?? '';
    return said === '' || message.includes(said) ? [] : `${entryName(entry)}: ${ownWords(said)}`;
  });
  const rest = more.length > shown ? [`And ${more.length - shown} more.`] : [];
  return [message, ...more.slice(0, shown), ...rest].join(' ');
}

const shown = 3;
