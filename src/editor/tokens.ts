import * as vscode from 'vscode';
import type { ForgePlan } from '../core/actions/plans.ts';

const prefix = 'driftline.token.';

/** Access tokens of forges: VS Code's own session for github.com, the secret storage for other hosts. */
export class Tokens {
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  /**
   * The token for a host; asks for it only within a person's own gesture, since a dialog may open. Undefined where
   * no API fits or the person gives none: the forge's own page is opened instead. Throws `CancellationError` when the
   * dialog is left.
   */
  async of({ id, host, title }: ForgePlan): Promise<string | undefined> {
    if (id === undefined) return undefined;
    if (id === 'github' && host === 'github.com') {
      const session = await vscode.authentication.getSession('github', ['repo'], {
        createIfNone: true,
      });
      return session.accessToken;
    }
    return (await this.#secrets.get(prefix + host)) ?? this.#asked(title, host);
  }

  /** Hosts whose tokens are stored. */
  async hosts(): Promise<string[]> {
    const keys = await this.#secrets.keys();
    return keys.filter(key => key.startsWith(prefix)).map(key => key.slice(prefix.length));
  }

  async forget(host: string): Promise<void> {
    await this.#secrets.delete(prefix + host);
  }

  async #asked(title: string, host: string): Promise<string | undefined> {
    const token = await vscode.window.showInputBox({
      title: vscode.l10n.t('Access Token for {0}', host),
      prompt: vscode.l10n.t(
        'A token of {0} that may write to the repository, kept in the secret storage of VS Code. Leave it empty to open the page in the browser instead.',
        title,
      ),
      password: true,
      ignoreFocusOut: true,
    });
    if (token === undefined) throw new vscode.CancellationError();
    const given = token.trim();
    if (given === '') return undefined;
    await this.#secrets.store(prefix + host, given);
    return given;
  }
}
