import * as vscode from 'vscode';
import { quantity } from '../../core/words/states.ts';
import { requests } from '../../lsp/protocol.ts';
import type { Editor } from '../editor.ts';
import { environmentFor, targetFrom } from '../target.ts';
import type { Command } from './command.ts';
import { askWithNotice } from './progress.ts';

/**
 * Has the cluster of an environment try what it would apply, by dry-runs that change nothing, and shows what it says in the
 * Problems view: all of the environment where it was called on that, else what the file decides.
 */
export const checkServer: Command = {
  id: 'driftline.checkServer',
  acts: true,
  run: async (editor, argument) => {
    const title = vscode.l10n.t('Check Against the Cluster');
    const uri = fileOf(editor, argument);
    const target = await targetFrom(editor, argument, title);
    const environment = await environmentFor(editor, target, title);
    const params = { environment, ...(uri !== undefined && { uri }) };
    const asking = vscode.l10n.t('Asking the cluster of {0}', environment);
    const found = await askWithNotice(editor, asking, requests.checkServer, params);
    const { errors, warnings, tried, notChecked, reason } = found;
    if (errors + warnings > 0) {
      await vscode.commands.executeCommand('workbench.actions.view.problems');
    }
    // Who sees no findings must not take that for the cluster's consent.
    if (tried === 0 && reason !== undefined) {
      vscode.window.showWarningMessage(reason);
      return;
    }
    const said = vscode.l10n.t(
      'The cluster of {0} tried {1}: {2}, {3}, {4} not checked',
      environment,
      quantity(tried, 'object'),
      quantity(errors, 'error'),
      quantity(warnings, 'warning'),
      notChecked,
    );
    vscode.window.setStatusBarMessage(said, 10_000);
  },
};

/** The file that it is about: one that was named, or the open one where the person was there last. */
function fileOf({ pointer }: Editor, argument: unknown): string | undefined {
  if (argument instanceof vscode.Uri) return argument.toString();
  if (typeof argument === 'object' && argument !== null && 'uri' in argument) {
    return String(argument.uri);
  }
  if (argument !== undefined || pointer.last === 'view') return undefined;
  const document = vscode.window.activeTextEditor?.document;
  return document?.uri.scheme === 'file' ? document.uri.toString() : undefined;
}
