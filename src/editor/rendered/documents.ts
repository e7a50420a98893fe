import * as vscode from 'vscode';
import { type OfObject, type OfRendered, requests } from '../../lsp/protocol.ts';
import { renderedScheme, renderedUri } from '../../lsp/rendered-uri.ts';
import { commentLines } from '../drift/comparison-text.ts';
import type { Repository } from '../repository.ts';
import type { LanguageServer } from '../server/language-server.ts';

/** Read-only documents of rendered objects; those that are open follow every change of the repository. */
export class RenderedDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #server: LanguageServer;
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscription: vscode.Disposable;

  readonly onDidChange = this.#changes.event;

  constructor(server: LanguageServer, repository: Repository) {
    this.#server = server;
    this.#subscription = vscode.Disposable.from(
      this.#changes,
      vscode.workspace.registerTextDocumentContentProvider(renderedScheme, this),
      repository.onChanged(environments => this.#renew(environments)),
    );
  }

  /** Opens an object's document, the cursor at the field. */
  async open({ path, ...about }: OfRendered): Promise<void> {
    const uri = vscode.Uri.parse(renderedUri(about));
    const line =
      path === undefined ? 0 : await this.#server.ask(requests.fieldLine, { ...about, path });
    const editor = await vscode.window.showTextDocument(uri, { preview: true });
    const { text, firstNonWhitespaceCharacterIndex } = editor.document.lineAt(
      Math.min(line, editor.document.lineCount - 1),
    );
    const start = new vscode.Position(line, firstNonWhitespaceCharacterIndex);
    editor.selection = new vscode.Selection(start, start);
    const range = new vscode.Range(start, new vscode.Position(line, text.length));
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { text, reason } = await this.#server.ask(requests.rendered, objectOf(uri));
    return text === '' ? commentLines(reason ?? '') : text;
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #renew(environments: readonly string[] | undefined): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme !== renderedScheme) continue;
      const { environment } = objectOf(uri);
      if (environments?.includes(environment) ?? true) this.#changes.fire(uri);
    }
  }
}

/** What a rendered document shows. */
export function objectOf({ query }: vscode.Uri): OfObject {
  return JSON.parse(query) as OfObject;
}
