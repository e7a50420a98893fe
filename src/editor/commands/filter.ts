import * as vscode from 'vscode';
import type { CauseKind, DriftState } from '../../core/model/drift.ts';
import { causeKinds, causeWords } from '../../core/words/causes.ts';
import { countedStates, stateWords } from '../../core/words/states.ts';
import { input, pick, pickMany } from '../dialogs.ts';
import type { Choice, Filter } from '../environments/filter.ts';
import type { Command } from './command.ts';

/** Shows less in the Environments view. */
export const filter: Command = {
  id: 'driftline.filter',
  run: async ({ view }) => {
    const title = vscode.l10n.t('Filter Environments');
    const items: { label: string; shows: Filter['kind'] }[] = [
      { label: vscode.l10n.t('Everything'), shows: 'everything' },
      { label: vscode.l10n.t('Only What Drifted'), shows: 'drifted' },
      { label: vscode.l10n.t('By Cause and State…'), shows: 'choice' },
      { label: vscode.l10n.t('By Text…'), shows: 'text' },
    ];
    const placeholder = vscode.l10n.t('What is shown?');
    const { shows: kind } = await pick(items, { title, placeholder });
    view.filter = await chosen(kind, title, view.filter);
  },
};

export const clearFilter: Command = {
  id: 'driftline.clearFilter',
  run: async ({ view }) => {
    view.filter = { kind: 'everything' };
  },
};

async function chosen(kind: Filter['kind'], title: string, before: Filter): Promise<Filter> {
  if (kind === 'text') return { kind, text: await textFor(title, before) };
  return kind === 'choice' ? choiceFor(title, before) : { kind };
}

type Choosable = vscode.QuickPickItem & { cause?: CauseKind; state?: DriftState };

/** Nothing chosen hides nothing. */
async function choiceFor(title: string, before: Filter): Promise<Filter> {
  const none: Choice = { kind: 'choice', causes: [], states: [] };
  const { causes, states } = before.kind === 'choice' ? before : none;
  const heading = (label: string): Choosable => ({
    label,
    kind: vscode.QuickPickItemKind.Separator,
  });
  const items: Choosable[] = [
    heading(vscode.l10n.t('Why it differs')),
    ...causeKinds.map(cause => ({
      label: causeWords[cause],
      cause,
      picked: causes.includes(cause),
    })),
    heading(vscode.l10n.t('State')),
    ...countedStates.map(state => ({
      label: stateWords[state],
      state,
      picked: states.includes(state),
    })),
  ];
  const placeholder = vscode.l10n.t('Which causes and states are shown?');
  const picked = await pickMany(items, { title, placeholder });
  const choice = {
    causes: picked.flatMap(({ cause }) => cause ?? []),
    states: picked.flatMap(({ state }) => state ?? []),
  };
  const isAny = choice.causes.length === 0 && choice.states.length === 0;
  return isAny ? { kind: 'everything' } : { kind: 'choice', ...choice };
}

function textFor(title: string, filter: Filter): Promise<string> {
  const value = filter.kind === 'text' ? filter.text : '';
  const placeholder = vscode.l10n.t('Part of a kind, a name or a field');
  return input({ title, placeholder, value }, text =>
    text === '' ? vscode.l10n.t('Type what to look for.') : undefined,
  );
}
