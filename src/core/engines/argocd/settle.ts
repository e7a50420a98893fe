import { entryName } from '../../cluster/health/argo.ts';
import { objectAt, objectsAt, textAt, textsAt, valueAt } from '../../model/fields.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { Outcome } from '../engine.ts';
import { type Errand, readUntil, shortRevision } from './application.ts';
import { teller } from './follow.ts';
import { refreshed } from './refresh.ts';
import { conditionsOf, ownWords } from './status.ts';

/**
 * What came of a sync that succeeded: Argo CD compares anew, and is asked until everything is healthy or that
 * takes too long. A sync counts as failed where the application is not in sync after it, or stays degraded.
 */
export async function settle(errand: Errand, state: JsonObject): Promise<Outcome> {
  const revision = syncedRevision(state);
  const synced = revision ? `Synced to ${shortRevision(revision)}` : 'Synced';
  const outcome = (await unsyncedOutcome(errand, synced)) ?? (await healthOutcome(errand, synced));
  return { ...outcome, ...(revision && { revision }) };
}

/** What was synced; of several sources the first one's. */
function syncedRevision(state: JsonObject): string | undefined {
  const result = objectAt(state, 'syncResult');
  return textsAt(result, 'revisions')[0] || textAt(result, 'revision') || undefined;
}

/** Argo CD sees what it applied a moment later, and may have compared before: only what lasts is told. */
async function unsyncedOutcome(errand: Errand, synced: string): Promise<Outcome | undefined> {
  const first = unsynced(await refreshed(errand), synced);
  if (first?.kind !== 'failed') return first;
  const deadline = Date.now() + errand.patience.compared;
  const { last } = await readUntil(errand, object => {
    const now = unsynced(object, synced);
    return now?.kind !== 'failed' || Date.now() > deadline ? { last: now } : undefined;
  });
  return last;
}

/** What is still not in sync: what is only to be pruned waits for a person, as the Application says. */
function unsynced(object: JsonObject, synced: string): Outcome | undefined {
  const status = textAt(object, 'status', 'sync', 'status') ?? 'Unknown';
  if (status === 'Synced') return undefined;
  const different = objectsAt(object, 'status', 'resources').filter(
    entry => textAt(entry, 'status') === 'OutOfSync' && valueAt(entry, 'hook') !== true,
  );
  const names = different.map(entryName).slice(0, shown).join(', ');
  const more = different.length > shown ? ` and ${different.length - shown} more` : '';
  if (different.length > 0 && different.every(entry => entry.requiresPruning === true))
    return { kind: 'succeeded', message: `${synced}; not pruned: ${names}${more}.` };
  const about = names === '' ? '' : `: ${names}${more}`;
  const [complaint] = conditionsOf(object);
  const why = complaint ? ` ${ownWords(complaint.message)}` : '';
  return { kind: 'failed', message: `${synced}, but Argo CD reports ${status}${about}.${why}` };
}

const shown = 3;

async function healthOutcome(errand: Errand, synced: string): Promise<Outcome> {
  const { patience } = errand;
  const tell = teller(errand);
  const began = Date.now();
  let degradedSince: number | undefined;
  return readUntil(errand, (object): Outcome | undefined => {
    const health = textAt(object, 'status', 'health', 'status') ?? 'Unknown';
    if (health === 'Healthy') return { kind: 'succeeded', message: `${synced} and healthy.` };
    if (health === 'Suspended')
      return { kind: 'succeeded', message: `${synced}; something in it is suspended.` };
    const now = Date.now();
    degradedSince = health === 'Degraded' ? (degradedSince ?? now) : undefined;
    if (degradedSince !== undefined && now - degradedSince > patience.degraded)
      return { kind: 'failed', message: `${synced}, but the application is degraded.` };
    if (now - began > patience.health)
      return { kind: 'succeeded', message: `${synced}; its health is still ${health}.` };
    tell(`synced, ${health.toLowerCase()}`);
    return undefined;
  });
}
