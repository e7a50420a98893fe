import { UserError } from '../../core/lib/errors.ts';
import type { Feature } from '../feature.ts';
import { requests } from '../protocol.ts';
import { teller } from './progress.ts';
import { assertSaved, repositoryOf } from './repository.ts';

/** Telling the engines to sync, suspend, resume and so on, each after a preview that a person saw. */
export const syncing: Feature = {
  register(session) {
    session.answer(requests.syncPlan, async (wanted, signal) => {
      const chosen = await repositoryOf(session, wanted.environment);
      await assertSaved(session, chosen);
      const { planSync } = await import('../../core/actions/sync.ts');
      return planSync(chosen.live.workspace(), { ...wanted, signal });
    });
    session.answer(requests.sync, async ({ id, ...wanted }, signal) => {
      const chosen = await repositoryOf(session, wanted.environment);
      await assertSaved(session, chosen);
      // Without the pin that the person saw in the preview nothing is touched, whatever a client sends.
      if (typeof wanted.uid !== 'string' || wanted.uid === '')
        throw new UserError('It is not known which cluster was confirmed, so nothing was changed.');
      const { runSync } = await import('../../core/actions/sync.ts');
      const progress = teller(session, id);
      return runSync(chosen.live.workspace(), { ...wanted, signal, progress });
    });
  },
};
