import { objectsAt, textAt } from '../../model/fields.ts';
import { resourceText } from '../../model/resource.ts';
import type { Outcome } from '../engine.ts';
import { EngineFailure } from '../target.ts';
import {
  type Errand,
  isPaused,
  patchApplication,
  readUntil,
  skipReconcile,
} from './application.ts';

/**
 * Lets Argo CD leave the application as it is until it is resumed. An ApplicationSet takes annotations away that
 * it was not told to preserve, so that an Application of one is looked at for a moment longer.
 */
export async function suspend(errand: Errand): Promise<Outcome> {
  const { target, held } = errand;
  await patchApplication(target, held, { metadata: { annotations: { [skipReconcile]: 'true' } } });
  const name = resourceText(held.resource);
  const set = objectsAt(held.object, 'metadata', 'ownerReferences').find(
    ({ kind }) => kind === 'ApplicationSet',
  );
  if (set && !(await staysPaused(errand)))
    throw new EngineFailure(
      `The ApplicationSet ${textAt(set, 'name')} did not let ${name} be paused: add ${skipReconcile} to its spec.preservedFields.annotations.`,
    );
  const message = `${name} is paused (skip-reconcile): Argo CD neither syncs nor compares nor deletes it until it is resumed.`;
  return { kind: 'succeeded', message };
}

function staysPaused(errand: Errand): Promise<boolean> {
  const deadline = Date.now() + errand.patience.kept;
  return readUntil(errand, object => {
    if (!isPaused(object)) return false;
    return Date.now() > deadline ? true : undefined;
  });
}
