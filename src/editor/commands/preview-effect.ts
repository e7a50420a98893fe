import * as vscode from 'vscode';
import { pick } from '../dialogs.ts';
import { viewId } from '../names.ts';
import type { Command } from './command.ts';

/** What edits change in each environment: those that are not saved, else those that are not committed. */
export const previewEffect: Command = {
  id: 'driftline.previewEffect',
  run: async ({ effects }) => {
    const location = { viewId };
    const { since, environments } = await vscode.window.withProgress({ location }, () =>
      effects.ask(),
    );
    if (environments.length === 0) {
      void vscode.window.showInformationMessage(
        since === 'disk'
          ? vscode.l10n.t('What is not saved changes nothing in any environment.')
          : vscode.l10n.t('What is not committed changes nothing in any environment.'),
      );
      return;
    }
    const items = environments.map(each => ({
      label: each.environment,
      detail: each.summary,
      chosen: [each],
    }));
    const all = {
      label: vscode.l10n.t('All Environments'),
      detail: vscode.l10n.t('One below the other'),
      chosen: environments,
    };
    const title =
      since === 'disk'
        ? vscode.l10n.t('Preview Effect of Unsaved Edits')
        : vscode.l10n.t('Preview Effect of Uncommitted Edits');
    const placeholder = vscode.l10n.t('In which environment?');
    const several = environments.length > 1;
    const { chosen } = several ? await pick([...items, all], { title, placeholder }) : all;
    await effects.open(since, chosen);
  },
};
