import * as vscode from 'vscode';
import { quantity } from '../../core/words/states.ts';
import { requests } from '../../lsp/protocol.ts';
import type { Command } from './command.ts';
import { askInView } from './progress.ts';

/** Checks every file and shows what was found in the Problems view. */
export const validate: Command = {
  id: 'driftline.validate',
  run: async editor => {
    const { errors, warnings, notChecked } = await askInView(editor, requests.validate, null);
    if (errors + warnings > 0) {
      await vscode.commands.executeCommand('workbench.actions.view.problems');
    }
    const said = vscode.l10n.t(
      'Driftline: {0}, {1}, {2} not checked',
      quantity(errors, 'error'),
      quantity(warnings, 'warning'),
      notChecked,
    );
    vscode.window.setStatusBarMessage(said, 10_000);
  },
};
