import * as vscode from 'vscode';
import { type FileBadge, requests } from '../../lsp/protocol.ts';
import type { Repository } from '../repository.ts';
import type { LanguageServer } from '../server/language-server.ts';

/** Marks files in the Explorer that drift begins in. */
export class DriftBadges implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #server: LanguageServer;
  readonly #changes = new vscode.EventEmitter<vscode.Uri[]>();
  readonly #subscription: vscode.Disposable;
  #badges = new Map<string, FileBadge>();
  #asked = 0;

  readonly onDidChangeFileDecorations = this.#changes.event;

  constructor(server: LanguageServer, repository: Repository) {
    this.#server = server;
    this.#subscription = vscode.Disposable.from(
      this.#changes,
      vscode.window.registerFileDecorationProvider(this),
      repository.onChanged(() => this.#refresh(repository.state !== undefined)),
    );
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const badge = this.#badges.get(uri.toString());
    if (badge === undefined || badge.count === 0) return undefined;
    const number = badge.count > 9 ? '' : String(badge.count);
    return new vscode.FileDecoration(`≠${number}`, badge.words);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #refresh(known: boolean): Promise<void> {
    const asked = ++this.#asked;
    const badges = known ? await this.#server.ask(requests.badges, null).catch(() => []) : [];
    if (asked !== this.#asked) return;
    const before = this.#badges;
    this.#badges = new Map(badges.map(badge => [vscode.Uri.parse(badge.uri).toString(), badge]));
    const changed = new Set([...before.keys(), ...this.#badges.keys()]).values();
    const uris = [...changed].filter(uri => !same(before.get(uri), this.#badges.get(uri)));
    if (uris.length > 0) this.#changes.fire(uris.map(uri => vscode.Uri.parse(uri)));
  }
}

function same(a: FileBadge | undefined, b: FileBadge | undefined): boolean {
  return a?.count === b?.count && a?.words === b?.words;
}
