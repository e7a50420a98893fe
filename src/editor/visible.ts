import * as vscode from 'vscode';
import { notifications } from '../lsp/protocol.ts';
import type { LanguageServer } from './server/language-server.ts';

/** Tells the server which files the person sees: what they declare is asked of clusters first. */
export function tellVisible(server: LanguageServer): vscode.Disposable {
  const tell = (editors: readonly vscode.TextEditor[]) => {
    const seen = editors.map(({ document }) => document.uri);
    const files = seen.filter(({ scheme }) => scheme === 'file').map(uri => uri.toString());
    server.tell(notifications.visible, { uris: [...new Set(files)] });
  };
  return vscode.Disposable.from(
    vscode.window.onDidChangeVisibleTextEditors(tell),
    server.onPhase(phase => phase === 'running' && tell(vscode.window.visibleTextEditors)),
  );
}
