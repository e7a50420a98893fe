import type { Cause, DriftResult } from '../../model/drift.ts';
import { valueAt } from '../../model/fields.ts';
import type { JsonObject } from '../../model/resource.ts';
import { engineNames } from '../../words/names.ts';
import { repositoryCause, type Travelled } from './path-cause.ts';
import type { Declaring } from './stage-objects.ts';

/**
 * Why an object as a whole differs: it is missing or not declared any more (whether it is there counts), or refused
 * (what it says counts).
 */
export async function wholeCause(
  { state, kept }: DriftResult,
  live: JsonObject | undefined,
  object: Travelled<Declaring['value']>,
): Promise<Cause | undefined> {
  const isSaid = state === 'invalid' || state === 'drifted' || state === 'suspect';
  const { cause, last } = isSaid
    ? await repositoryCause(object)
    : await repositoryCause({
        ...object,
        at: async stage => {
          const found = await object.at(stage);
          return found && { value: found.value !== undefined };
        },
      });
  if (cause || !last) return cause;
  const isGone = state === 'missing' || state === 'terminating';
  if (isGone && object.applied(last) === 'applied') return removedThere(object, live);
  // What its owner leaves on purpose is in nobody's way.
  if (state === 'orphan' || kept) return undefined;
  const complaint = await object.complaint();
  return complaint === undefined ? undefined : { kind: 'not-synced', reason: complaint };
}

/** It was applied, and is gone or on its way out. */
async function removedThere(
  { application, way, at }: Travelled<Declaring['value']>,
  live: JsonObject | undefined,
): Promise<Cause> {
  const kind = 'changed-in-cluster';
  if (live) return { kind, reason: 'It is being deleted.' };
  const declared = await at(way.stages[0]);
  if (typeof valueAt(declared?.value, 'spec', 'ttlSecondsAfterFinished') === 'number')
    return { kind, reason: 'It goes by itself once it is done (ttlSecondsAfterFinished).' };
  return { kind, reason: `It was deleted after ${engineNames[application.engine]} applied it.` };
}
