import * as vscode from 'vscode';
import { UserError } from '../../core/lib/errors.ts';
import { requests } from '../../lsp/protocol.ts';
import { input, inSteps, pick } from '../dialogs.ts';
import { targetFrom } from '../target.ts';
import { chooseFiles } from './choose-files.ts';
import type { Command } from './command.ts';
import { askInView, askWithNotice } from './progress.ts';

/** Commits chosen files as the user's own git does it, and pushes them if told to. */
export const commit: Command = {
  id: 'driftline.commit',
  acts: true,
  run: async (editor, argument) => {
    const title = vscode.l10n.t('Commit and Push');
    const { environment } = await targetFrom(editor, argument);
    const plan = await askInView(editor, requests.commitPlan, { environment });
    if (plan.files.length === 0) throw new UserError(vscode.l10n.t('There are no changed files.'));
    const draft = { paths: [] as string[], message: plan.message, describe: true, push: false };
    await inSteps([
      async at => {
        draft.paths = await chooseFiles(plan.files, environment, title, at);
        if (draft.paths.length === 0) throw new vscode.CancellationError();
      },
      async at => {
        const placeholder = vscode.l10n.t('Message');
        const empty = vscode.l10n.t('A commit needs a message.');
        draft.message = await input({ title, placeholder, value: draft.message, at }, text =>
          text.trim() === '' ? empty : undefined,
        );
      },
      async at => {
        draft.push = await pushes(plan.branch, plan.upstream, title, at);
      },
    ]);
    const running = draft.push
      ? vscode.l10n.t('Committing and pushing')
      : vscode.l10n.t('Committing');
    const done = await askWithNotice(editor, running, requests.commit, { environment, ...draft });
    const where = done.pushedTo ?? done.branch;
    vscode.window.setStatusBarMessage(
      vscode.l10n.t('Driftline: committed {0} to {1}', done.commit.slice(0, 7), where),
      10_000,
    );
  },
};

async function pushes(
  branch: string | undefined,
  upstream: string | undefined,
  title: string,
  at: { step: number; totalSteps: number },
): Promise<boolean> {
  const here = branch ?? vscode.l10n.t('a detached HEAD');
  const items = [
    ...(branch === undefined
      ? []
      : [
          {
            label: vscode.l10n.t('Commit and Push'),
            description: upstream ?? vscode.l10n.t('{0}, new at the remote', branch),
            push: true,
          },
        ]),
    { label: vscode.l10n.t('Commit Only'), description: here, push: false },
  ];
  const placeholder = vscode.l10n.t('Push the commit as well?');
  return (await pick(items, { title, placeholder, at })).push;
}
