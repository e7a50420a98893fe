import * as vscode from 'vscode';
import type { ProposalPlan } from '../../core/actions/plans.ts';
import { UserError } from '../../core/lib/errors.ts';
import { requests } from '../../lsp/protocol.ts';
import { input, inSteps } from '../dialogs.ts';
import type { Editor } from '../editor.ts';
import { targetFrom } from '../target.ts';
import { chooseFiles } from './choose-files.ts';
import type { Command } from './command.ts';
import { askInView, askWithNotice } from './progress.ts';
import { agreeToRequest, openProposed } from './request.ts';

/** Puts chosen files on a branch of their own and opens a pull request that tells what changes where. */
export const propose: Command = {
  id: 'driftline.propose',
  acts: true,
  run: async (editor, argument) => {
    const title = vscode.l10n.t('Open Pull Request');
    const { environment } = await targetFrom(editor, argument);
    const { files } = await askInView(editor, requests.commitPlan, { environment });
    if (files.length === 0) throw new UserError(vscode.l10n.t('There are no changed files.'));
    const draft: { plan?: ProposalPlan } = {};
    await inSteps([
      async at => {
        const paths = await chooseFiles(files, environment, title, at);
        if (paths.length === 0) throw new vscode.CancellationError();
        draft.plan = await planned(editor, environment, paths);
        await preview(editor, title, draft.plan);
      },
      async at => {
        const plan = draft.plan as ProposalPlan;
        plan.title = await input(
          { title, placeholder: vscode.l10n.t('Title'), value: plan.title, at },
          text => (text.trim() === '' ? vscode.l10n.t('The title is empty.') : undefined),
        );
        await preview(editor, title, plan);
      },
      async at => agreeToRequest(draft.plan as ProposalPlan, title, at),
    ]);
    const plan = draft.plan as ProposalPlan;
    const token = await editor.tokens.of(plan.forge);
    const running = vscode.l10n.t('Opening a pull request on {0}', plan.forge.title);
    const id = crypto.randomUUID();
    const params = { environment, plan, id, ...(token && { token }) };
    await openProposed(await askWithNotice(editor, running, requests.propose, params, { id }));
  },
};

function planned(editor: Editor, environment: string | undefined, paths: string[]) {
  const running = vscode.l10n.t('Rendering what changes in each environment');
  return askWithNotice(editor, running, requests.proposalPlan, { environment, paths });
}

function preview(editor: Editor, title: string, plan: ProposalPlan): Promise<void> {
  return editor.previews.show(title, `# ${plan.title}\n\n${plan.body}`);
}
