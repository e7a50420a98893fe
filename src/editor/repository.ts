import * as vscode from 'vscode';
import { notifications, requests, type WorkspaceState } from '../lsp/protocol.ts';
import { stateAfter } from '../lsp/state-change.ts';
import type { LanguageServer } from './server/language-server.ts';

/** What the server knows of the repository, asked anew whenever it says that something changed. */
export class Repository implements vscode.Disposable {
  readonly #server: LanguageServer;
  readonly #changes = new vscode.EventEmitter<readonly string[] | undefined>();
  #state: WorkspaceState | undefined;
  #asking: Promise<void> | undefined;
  #again = false;
  readonly #changed = new Set<string>();

  /** Names of the environments that may have changed; undefined: everything may. */
  readonly onChanged = this.#changes.event;

  constructor(server: LanguageServer) {
    this.#server = server;
    server.on(notifications.changed, ({ environments }) => {
      for (const name of environments) this.#changed.add(name);
      void this.refresh();
    });
    server.onPhase(phase => {
      if (phase === 'running') void this.refresh();
      else this.#become(undefined, undefined);
    });
  }

  /** Undefined until the server has answered once. */
  get state(): WorkspaceState | undefined {
    return this.#state;
  }

  /** The file in the repository, by its path relative to the root. */
  fileUri(path: string): vscode.Uri | undefined {
    const root = this.#state?.root;
    return root === undefined ? undefined : vscode.Uri.joinPath(vscode.Uri.file(root), path);
  }

  /** One question at a time; what changes meanwhile is asked for afterwards. */
  refresh(): Promise<void> {
    if (this.#asking !== undefined) {
      this.#again = true;
      return this.#asking;
    }
    this.#asking = this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  dispose(): void {
    this.#changes.dispose();
  }

  async #ask(): Promise<void> {
    do {
      this.#again = false;
      const changed = [...this.#changed];
      this.#changed.clear();
      const since = this.#state?.at;
      const answer = await this.#server.ask(requests.state, { since }).catch(() => undefined);
      if (answer === undefined) return;
      this.#become(stateAfter(this.#state, answer), changed.length > 0 ? changed : undefined);
    } while (this.#again);
  }

  #become(state: WorkspaceState | undefined, changed: readonly string[] | undefined): void {
    this.#state = state;
    this.#changes.fire(changed);
  }
}
