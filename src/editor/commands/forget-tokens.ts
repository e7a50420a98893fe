import * as vscode from 'vscode';
import { pickMany } from '../dialogs.ts';
import type { Command } from './command.ts';

/** Removes access tokens from the secret storage. */
export const forgetTokens: Command = {
  id: 'driftline.forgetTokens',
  run: async ({ tokens }) => {
    const hosts = await tokens.hosts();
    if (hosts.length === 0) {
      await vscode.window.showInformationMessage(
        vscode.l10n.t(
          'Driftline keeps no access tokens. Sessions of github.com are under Accounts in the activity bar.',
        ),
      );
      return;
    }
    const items = hosts.map(label => ({ label, picked: hosts.length === 1 }));
    const title = vscode.l10n.t('Forget Access Tokens');
    const placeholder = vscode.l10n.t('Which hosts?');
    for (const { label } of await pickMany(items, { title, placeholder })) {
      await tokens.forget(label);
    }
  },
};
