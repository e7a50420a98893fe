import * as vscode from 'vscode';
import {
  type EditEffect,
  type EffectSince,
  type EnvironmentEdit,
  requests,
} from '../../lsp/protocol.ts';
import type { Repository } from '../repository.ts';
import type { LanguageServer } from '../server/language-server.ts';

const scheme = 'driftline-effect';

type Side = 'before' | 'after';

interface Shown {
  environment: string;
  since: EffectSince;
  side: Side;
}

/** Diffs of what edits change in the environments; those that are open follow the edits. */
export class Effects implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #server: LanguageServer;
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscription: vscode.Disposable;
  /** All documents of one state of the edits are one question. */
  readonly #answers = new Map<EffectSince, Promise<EditEffect>>();

  readonly onDidChange = this.#changes.event;

  constructor(server: LanguageServer, repository: Repository) {
    this.#server = server;
    this.#subscription = vscode.Disposable.from(
      this.#changes,
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      repository.onChanged(() => this.#renew()),
    );
  }

  /** What the edits change now. */
  async ask(): Promise<EditEffect> {
    const effect = await this.#server.ask(requests.effect, {});
    this.#answers.set(effect.since, Promise.resolve(effect));
    return effect;
  }

  /** Opens one environment's texts beside each other, or those of several below each other. */
  async open(since: EffectSince, edits: readonly EnvironmentEdit[]): Promise<void> {
    const pairs = edits.map(({ environment }) => {
      const uri = (side: Side) => uriOf({ environment, since, side });
      return { environment, before: uri('before'), after: uri('after') };
    });
    const [first, ...others] = pairs;
    if (first === undefined) return;
    const what =
      since === 'disk' ? vscode.l10n.t('unsaved edits') : vscode.l10n.t('uncommitted edits');
    if (others.length === 0) {
      const title = `${first.environment}: ${what}`;
      await vscode.commands.executeCommand('vscode.diff', first.before, first.after, title, {
        preview: true,
      });
      return;
    }
    const resources = pairs.map(({ before, after }) => [after, before, after]);
    await vscode.commands.executeCommand(
      'vscode.changes',
      vscode.l10n.t('All environments: {0}', what),
      resources,
    );
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { environment, since, side } = shownIn(uri);
    const known = this.#answers.get(since) ?? this.#server.ask(requests.effect, { since });
    this.#answers.set(since, known);
    known.catch(() => this.#answers.delete(since));
    const { environments } = await known;
    return environments.find(each => each.environment === environment)?.[side] ?? '';
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #renew(): void {
    this.#answers.clear();
    for (const { uri } of vscode.workspace.textDocuments)
      if (uri.scheme === scheme) this.#changes.fire(uri);
  }
}

function uriOf(shown: Shown): vscode.Uri {
  const path = `/${shown.side}/${shown.environment.replace(/[/\\:]/g, '-')}.yaml`;
  return vscode.Uri.from({ scheme, path, query: JSON.stringify(shown) });
}

function shownIn({ query }: vscode.Uri): Shown {
  return JSON.parse(query) as Shown;
}
