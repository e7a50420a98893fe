import * as vscode from 'vscode';

const scheme = 'driftline-preview';

/** Read-only Markdown of what is about to happen, shown before a person agrees. Held in memory only. */
export class Previews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscription: vscode.Disposable;

  readonly onDidChange = this.#changes.event;

  constructor() {
    this.#subscription = vscode.Disposable.from(
      this.#changes,
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
    );
  }

  async show(title: string, markdown: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${title.replace(/[/\\:]/g, '-')}.md` });
    this.#texts.set(uri.toString(), markdown);
    this.#changes.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
