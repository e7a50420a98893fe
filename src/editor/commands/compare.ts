import * as vscode from 'vscode';
import { objectFor, targetFrom } from '../target.ts';
import type { Command } from './command.ts';

/** What the repository renders beside what runs. */
export const compare: Command = {
  id: 'driftline.compare',
  run: async (editor, argument) => {
    const title = vscode.l10n.t('Compare with Live');
    const target = await targetFrom(editor, argument, title);
    await editor.comparisons.open(await objectFor(editor, target, title));
  },
};
