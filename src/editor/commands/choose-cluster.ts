import * as vscode from 'vscode';
import { UserError } from '../../core/lib/errors.ts';
import { requests } from '../../lsp/protocol.ts';
import { confirmModal, pick } from '../dialogs.ts';
import { environmentFor, targetFrom } from '../target.ts';
import type { Command } from './command.ts';
import { askInView, askWithNotice } from './progress.ts';

/** Binds an environment to one cluster: a context of the kubeconfig, pinned by the cluster's own identity. */
export const chooseCluster: Command = {
  id: 'driftline.chooseCluster',
  acts: true,
  run: async (editor, argument) => {
    const title = vscode.l10n.t('Choose Cluster');
    const target = await targetFrom(editor, argument, title);
    const environment = await environmentFor(editor, target, title);
    const contexts = await askInView(editor, requests.contexts, null);
    if (contexts.length === 0) {
      throw new UserError(
        vscode.l10n.t(
          'The kubeconfig has no contexts; set driftline.kubeconfig to the file that has them.',
        ),
      );
    }
    const items = contexts.map(({ context, server }) => ({ label: context, detail: server }));
    const chosen = editor.clusters.of(environment);
    const back = {
      label: vscode.l10n.t('What driftline.yaml says'),
      detail: vscode.l10n.t('Takes back the choice of {0}', chosen?.context ?? ''),
    };
    const placeholder = vscode.l10n.t('Which cluster does {0} run in?', environment);
    const picked = await pick(chosen ? [back, ...items] : items, { title, placeholder });
    if (picked === back) {
      await editor.clusters.forget(environment);
      await askInView(editor, requests.unchoose, { environment });
      return;
    }
    const { label: context } = picked;
    const asking = vscode.l10n.t('Asking {0} who it is', context);
    const found = await askWithNotice(editor, asking, requests.identify, { context });
    await confirmModal(
      vscode.l10n.t('Compare {0} with the cluster {1}?', environment, context),
      [
        vscode.l10n.t('Server: {0}', found.server),
        vscode.l10n.t('Identity (UID of kube-system): {0}', found.uid),
        ...(found.version === undefined ? [] : [vscode.l10n.t('Version: {0}', found.version)]),
        vscode.l10n.t('Nothing is written to any other cluster on behalf of this environment.'),
      ].join('\n'),
      vscode.l10n.t('Choose'),
    );
    const cluster = { environment, context, uid: found.uid };
    await editor.clusters.choose(cluster);
    await askInView(editor, requests.choose, cluster);
  },
};
