import * as vscode from 'vscode';
import { input, pick } from '../dialogs.ts';
import type { Filter } from '../environments/filter.ts';
import type { Command } from './command.ts';

/** Shows less in the Environments view. */
export const filter: Command = {
  id: 'driftline.filter',
  run: async ({ view }) => {
    const title = vscode.l10n.t('Filter Environments');
    const items: { label: string; shows: Filter['kind'] }[] = [
      { label: vscode.l10n.t('Everything'), shows: 'everything' },
      { label: vscode.l10n.t('Only What Drifted'), shows: 'drifted' },
      { label: vscode.l10n.t('By Text…'), shows: 'text' },
    ];
    const placeholder = vscode.l10n.t('What is shown?');
    const { shows: kind } = await pick(items, { title, placeholder });
    view.filter = kind === 'text' ? { kind, text: await textFor(title, view.filter) } : { kind };
  },
};

export const clearFilter: Command = {
  id: 'driftline.clearFilter',
  run: async ({ view }) => {
    view.filter = { kind: 'everything' };
  },
};

function textFor(title: string, filter: Filter): Promise<string> {
  const value = filter.kind === 'text' ? filter.text : '';
  const placeholder = vscode.l10n.t('Part of a kind, a name or a field');
  return input({ title, placeholder, value }, text =>
    text === '' ? vscode.l10n.t('Type what to look for.') : undefined,
  );
}
