import * as vscode from 'vscode';
import { table } from '../core/words/markdown.ts';
import { plainText } from '../lsp/markdown.ts';
import { statusOf } from './environments/summary.ts';
import { trustedMarkdown } from './links.ts';
import { viewId } from './names.ts';
import type { Repository } from './repository.ts';

/** One item on the left: the worst there is to know; a click shows the tree. Hidden outside GitOps repositories. */
export class StatusBar implements vscode.Disposable {
  readonly #repository: Repository;
  readonly #item: vscode.StatusBarItem;
  readonly #subscription: vscode.Disposable;
  /** What it says; undefined while it is hidden. */
  text: string | undefined;

  constructor(repository: Repository) {
    this.#repository = repository;
    this.#item = vscode.window.createStatusBarItem(
      'driftline.status',
      vscode.StatusBarAlignment.Left,
      50,
    );
    this.#item.name = 'Driftline';
    this.#item.command = `${viewId}.focus`;
    this.#subscription = vscode.Disposable.from(
      this.#item,
      repository.onChanged(() => this.#update()),
    );
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #update(): void {
    const status = this.#repository.state && statusOf(this.#repository.state);
    this.text = status?.text;
    if (status === undefined) {
      this.#item.hide();
      return;
    }
    this.#item.text = status.text;
    this.#item.accessibilityInformation = { label: status.spoken };
    const rows = status.lines.map(({ name, words }) => [plainText(name), plainText(words)]);
    this.#item.tooltip = trustedMarkdown(
      `${table([vscode.l10n.t('Environment'), ''], rows)}\n\n[${vscode.l10n.t('Check Drift')}](command:driftline.checkDrift)`,
    );
    this.#item.show();
  }
}
