import { sentence } from '../../lib/sentence.ts';
import { textAt } from '../../model/fields.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { Engine, EngineVerb, Outcome } from '../engine.ts';
import { EngineFailure } from '../target.ts';
import { type Errand, type Patience, readApplication, skipReconcile } from './application.ts';
import { followOperation, operationEnded, teller } from './follow.ts';
import { argoDelay, followedRevision } from './followed.ts';
import { endOperation, requestSync } from './operation.ts';
import { refreshed } from './refresh.ts';
import { refuses } from './refusals.ts';
import { settle } from './settle.ts';
import { argoStatus, conditionsOf, ownWords } from './status.ts';
import { suspend } from './suspend.ts';

/**
 * Argo CD, controlled through its Application objects only (drift.md 6.1).
 *
 * To suspend is to set the annotation `skip-reconcile`: Argo CD then leaves the application as it is until it is
 * resumed, as a suspended Kustomization is left by Flux. To switch the automatic sync off would be undone by
 * the Application that deploys this one, would say nothing where there is no automatic sync, and could not be
 * told from an Application that is synced by hand. An annotation that Git does not declare is no drift.
 */
export const argocd: Engine = argocdWith({
  start: 60_000,
  blocked: 10_000,
  kept: 3000,
  compared: 5000,
  health: 120_000,
  degraded: 20_000,
});

export function argocdWith(patience: Patience): Engine {
  return {
    id: 'argocd',
    can: new Set(['sync', 'suspend', 'resume', 'refresh', 'terminate']),
    status: argoStatus,
    follows: followedRevision,
    delays: argoDelay,
    refuses,
    async run(verb, target, progress) {
      const held = await readApplication(target);
      if ('reason' in held) return { kind: 'failed', message: held.reason };
      try {
        return await verbs[verb]({ target, held, progress, patience });
      } catch (error) {
        if (error instanceof EngineFailure) return { kind: 'failed', message: error.message };
        throw error;
      }
    },
  };
}

const verbs: Record<EngineVerb, (errand: Errand) => Promise<Outcome>> = {
  async sync(errand) {
    const mark = await requestSync(errand.target, errand.held);
    teller(errand)('sync requested');
    return settle(errand, await followOperation(errand, mark));
  },

  async refresh(errand) {
    return comparison(await refreshed(errand), 'Compared anew');
  },

  suspend,

  async resume(errand) {
    return comparison(await refreshed(errand, { [skipReconcile]: null }), 'Resumed');
  },

  async terminate(errand) {
    await endOperation(errand.target, errand.held);
    return { kind: 'succeeded', message: await operationEnded(errand) };
  },
};

/** What Argo CD says of the application after it compared it anew. */
function comparison(object: JsonObject, done: string): Outcome {
  const error = conditionsOf(object).find(({ type }) => type.endsWith('Error'));
  if (error) return { kind: 'failed', message: ownWords(error.message) };
  const sync = textAt(object, 'status', 'sync', 'status') ?? 'Unknown';
  const health = textAt(object, 'status', 'health', 'status') ?? 'Unknown';
  return { kind: 'succeeded', message: sentence(`${done}: ${sync}, ${health}`) };
}
