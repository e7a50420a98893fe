import * as vscode from 'vscode';
import type { ForgePlan, Proposed } from '../../core/actions/plans.ts';
import { pick, type Step } from '../dialogs.ts';

/** The last question before a branch is pushed and a pull request opened; what it holds is in the preview. */
export async function agreeToRequest(
  plan: { branch: string; base: string; forge: ForgePlan },
  title: string,
  at: Step,
): Promise<void> {
  const { branch, base, forge } = plan;
  const label = labelOf(forge);
  const placeholder = vscode.l10n.t('The text is in the preview. Go ahead?');
  await pick([{ label, description: `${branch} → ${base}` }], { title, placeholder, at });
}

function labelOf({ id, host, title }: ForgePlan): string {
  if (id !== undefined) return vscode.l10n.t('Open the Pull Request on {0}', title);
  return host === ''
    ? vscode.l10n.t('Push the Branch')
    : vscode.l10n.t('Push the Branch and Open the Page of {0}', title);
}

/** Opens what came of it in the browser; a request page is where a person finishes it. */
export async function openProposed(proposed: Proposed): Promise<void> {
  if (proposed.kind === 'branch') {
    await vscode.window.showInformationMessage(
      vscode.l10n.t(
        'The branch {0} is pushed. Open the pull request where your repository is hosted.',
        proposed.branch,
      ),
    );
    return;
  }
  await vscode.env.openExternal(vscode.Uri.parse(proposed.url));
}
