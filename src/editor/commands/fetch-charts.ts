import * as vscode from 'vscode';
import { UserError } from '../../core/lib/errors.ts';
import { requests } from '../../lsp/protocol.ts';
import { pickMany } from '../dialogs.ts';
import { targetFrom } from '../target.ts';
import type { Command } from './command.ts';
import { askInView, askWithNotice } from './progress.ts';

/** Gets charts that are not here from the addresses that the repository names, once a person has seen these. */
export const fetchCharts: Command = {
  id: 'driftline.fetchCharts',
  acts: true,
  run: async (editor, argument) => {
    const title = vscode.l10n.t('Fetch Charts');
    const target = argument === undefined ? {} : await targetFrom(editor, argument);
    const of = { ...(target.environment && { environment: target.environment }) };
    const missing = await askInView(editor, requests.missingCharts, of);
    if (missing.length === 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Every chart that the environments name is here.'),
      );
      return;
    }
    const items = missing.map(chart => ({
      label: `${chart.name} ${chart.version}`,
      description: chart.url,
      detail: vscode.l10n.t('for {0}', chart.neededBy.join(', ')),
      picked: true,
      chart,
    }));
    const placeholder = vscode.l10n.t('Which charts? These addresses are asked, and no others.');
    const charts = (await pickMany(items, { title, placeholder })).map(({ chart }) => chart);
    if (charts.length === 0) return;
    const id = crypto.randomUUID();
    const running = vscode.l10n.t('Fetching charts');
    const params = { ...of, charts, id };
    const { fetched, failed } = await askWithNotice(
      editor,
      running,
      requests.fetchCharts,
      params,
      params,
    );
    if (fetched.length > 0) {
      const said = vscode.l10n.t('Driftline: fetched {0}', fetched.join(', '));
      vscode.window.setStatusBarMessage(said, 10_000);
    }
    if (failed.length > 0) throw new UserError(failed.join('\n'));
  },
};
