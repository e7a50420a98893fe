import * as vscode from 'vscode';
import type { RollbackPlan, RollbackRevision } from '../../core/actions/plans.ts';
import { UserError } from '../../core/lib/errors.ts';
import { ageText } from '../../core/words/age.ts';
import { requests } from '../../lsp/protocol.ts';
import { inSteps, pick } from '../dialogs.ts';
import { applicationFor, targetFrom } from '../target.ts';
import type { Command } from './command.ts';
import { askInView, askWithNotice } from './progress.ts';
import { agreeToRequest, openProposed } from './request.ts';

/** Brings an earlier state of an application back by a pull request; cluster and checkout are untouched. */
export const rollback: Command = {
  id: 'driftline.rollback',
  acts: true,
  run: async (editor, argument) => {
    const title = vscode.l10n.t('Roll Back');
    const of = await applicationFor(editor, await targetFrom(editor, argument, title), title);
    const revisions = await askInView(editor, requests.rollbackRevisions, of);
    if (revisions.length === 0) {
      throw new UserError(
        vscode.l10n.t('{0} has no earlier state in this repository.', of.application),
      );
    }
    const draft: { plan?: RollbackPlan } = {};
    await inSteps([
      async at => {
        const placeholder = vscode.l10n.t('Which commit of {0} is brought back?', of.application);
        const { commit } = await pick(revisions.map(revisionItem), { title, placeholder, at });
        const running = vscode.l10n.t('Rendering {0} as it was', of.application);
        const params = { ...of, commit };
        draft.plan = await askWithNotice(editor, running, requests.rollbackPlan, params);
        await editor.previews.show(title, `# ${draft.plan.title}\n\n${draft.plan.body}`);
      },
      async at => agreeToRequest(draft.plan as RollbackPlan, title, at),
    ]);
    const plan = draft.plan as RollbackPlan;
    const token = await editor.tokens.of(plan.forge);
    const running = vscode.l10n.t('Opening a pull request on {0}', plan.forge.title);
    const id = crypto.randomUUID();
    const params = { plan, id, ...(token && { token }) };
    await openProposed(await askWithNotice(editor, running, requests.rollback, params, { id }));
  },
};

function revisionItem({ commit, subject, author, date, deployed }: RollbackRevision) {
  const words = {
    now: vscode.l10n.t('deployed now'),
    before: vscode.l10n.t('deployed before'),
  };
  const age = ageText(date, new Date()) ?? date;
  return {
    label: subject,
    description: [commit.slice(0, 7), ...(deployed ? [words[deployed]] : [])].join(' · '),
    detail: `${author}, ${age}`,
    commit,
  };
}
