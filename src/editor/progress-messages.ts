import type * as vscode from 'vscode';
import { notifications } from '../lsp/protocol.ts';
import type { LanguageServer } from './server/language-server.ts';

/** Hands what the server tells of a running verb to whoever started it. */
export class ProgressMessages {
  readonly #listeners = new Map<string, (message: string) => void>();

  constructor(server: LanguageServer) {
    server.on(notifications.progress, ({ id, message }) => this.#listeners.get(id)?.(message));
  }

  /** Until it is disposed; nothing is heard without an id. */
  hear(id: string | undefined, listener: (message: string) => void): vscode.Disposable {
    if (id !== undefined) this.#listeners.set(id, listener);
    return {
      dispose: () => {
        if (id !== undefined) this.#listeners.delete(id);
      },
    };
  }
}
