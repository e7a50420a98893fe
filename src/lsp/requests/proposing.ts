import type { Feature } from '../feature.ts';
import { requests } from '../protocol.ts';
import type { Session } from '../session/session.ts';
import { teller } from './progress.ts';
import { assertSaved, repositoryOf } from './repository.ts';

/** Carrying changes: commit and push, propose for review, roll back for review. */
export const proposing: Feature = {
  register(session) {
    registerCommit(session);
    registerProposal(session);
    registerRollback(session);
  },
};

function registerCommit(session: Session): void {
  session.answer(requests.commitPlan, async ({ environment }, signal) => {
    const { live } = await repositoryOf(session, environment);
    const { planCommit } = await import('../../core/actions/commit.ts');
    const editsOf = async () => live.liveEdits();
    return planCommit(live.workspace(), { environment, editsOf, signal });
  });
  session.answer(requests.commit, async ({ environment, ...wanted }, signal) => {
    const chosen = await repositoryOf(session, environment);
    await assertSaved(session, chosen, wanted.paths);
    const { commit } = await import('../../core/actions/commit.ts');
    try {
      const editsOf = async () => chosen.live.liveEdits();
      return await commit(chosen.live.workspace(), { ...wanted, editsOf, signal });
    } finally {
      chosen.live.changedOnDisk(['.git/HEAD']);
    }
  });
}

function registerProposal(session: Session): void {
  session.answer(requests.proposalPlan, async ({ environment, paths }, signal) => {
    const chosen = await repositoryOf(session, environment);
    const { planProposal } = await import('../../core/actions/propose/propose.ts');
    const environments = environment === undefined ? [] : [environment];
    const editsOf = async () => chosen.live.liveEdits();
    return planProposal(chosen.live.workspace(), { environments, paths, editsOf, signal });
  });
  session.answer(requests.propose, async ({ environment, plan, token, id }, signal) => {
    const chosen = await repositoryOf(session, environment);
    await assertSaved(
      session,
      chosen,
      plan.files.map(({ path }) => path),
    );
    const { propose } = await import('../../core/actions/propose/propose.ts');
    const progress = teller(session, id);
    return propose(chosen.live.workspace(), plan, { token, signal, progress });
  });
}

function registerRollback(session: Session): void {
  session.answer(requests.rollbackRevisions, async (named, signal) => {
    const { live } = await repositoryOf(session, named.environment);
    const { rollbackRevisions } = await import('../../core/actions/rollback/revisions.ts');
    return rollbackRevisions(live.workspace(), { ...named, signal });
  });
  session.answer(requests.rollbackPlan, async (named, signal) => {
    const { live } = await repositoryOf(session, named.environment);
    const { planRollback } = await import('../../core/actions/rollback/rollback.ts');
    const editsOf = async () => live.liveEdits();
    return planRollback(live.workspace(), { ...named, editsOf, signal });
  });
  session.answer(requests.rollback, async ({ plan, token, id }, signal) => {
    const { live } = await repositoryOf(session, plan.environment);
    const { rollback } = await import('../../core/actions/rollback/rollback.ts');
    const progress = teller(session, id);
    return rollback(live.workspace(), plan, { token, signal, progress });
  });
}
