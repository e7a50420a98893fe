import * as vscode from 'vscode';
import type { ChangedFile } from '../../core/actions/plans.ts';
import { pickMany, type Step } from '../dialogs.ts';

/** Which of the changed files are meant; those that an environment reads are chosen beforehand. */
export async function chooseFiles(
  files: readonly ChangedFile[],
  environment: string | undefined,
  title: string,
  at: Step,
): Promise<string[]> {
  const changes: Record<ChangedFile['change'], string> = {
    modified: vscode.l10n.t('modified'),
    added: vscode.l10n.t('added'),
    deleted: vscode.l10n.t('deleted'),
    untracked: vscode.l10n.t('new'),
  };
  const items = files.map(({ path, change, environments }) => ({
    label: path,
    description: [changes[change], ...environments].join(' · '),
    picked:
      environment === undefined ? environments.length > 0 : environments.includes(environment),
  }));
  const placeholder = vscode.l10n.t('Which files? Nothing else is committed.');
  const chosen = await pickMany(items, { title, placeholder, at });
  return chosen.map(({ label }) => label);
}
