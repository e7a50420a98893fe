import * as vscode from 'vscode';
import { UserError } from '../../core/lib/errors.ts';
import type { InitializationOptions, Notification, Request } from '../../lsp/protocol.ts';
import type { createClient } from './language-client.ts';

type Client = ReturnType<typeof createClient>;

export type ServerPhase = 'stopped' | 'starting' | 'running' | 'failed';

export interface ServerOptions {
  /** The language server's bundle. */
  module: string;
  log: vscode.LogOutputChannel;
  initializationOptions: () => InitializationOptions;
  commands: readonly string[];
}

/** The process that does the thinking: started when there is a folder, asked and told in typed messages. */
export class LanguageServer implements vscode.Disposable {
  readonly #options: ServerOptions;
  readonly #phases = new vscode.EventEmitter<ServerPhase>();
  readonly #listeners: { method: string; listener: (params: unknown) => void }[] = [];
  #client: Client | undefined;
  #phase: ServerPhase = 'stopped';

  readonly onPhase = this.#phases.event;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  get phase(): ServerPhase {
    return this.#phase;
  }

  /** Resolves when the server answers, or has failed to start: that is in the log and in `phase`. */
  async start(): Promise<void> {
    if (this.#phase === 'starting' || this.#phase === 'running') return;
    this.#become('starting');
    try {
      const { createClient, phaseOf } = await import('./language-client.ts');
      const client = createClient(this.#options);
      this.#client = client;
      for (const { method, listener } of this.#listeners) client.onNotification(method, listener);
      client.onDidChangeState(({ newState }) => {
        // One that was replaced has nothing to say any more.
        if (this.#client === client) this.#become(phaseOf(newState));
      });
      await client.start();
    } catch (error) {
      this.#options.log.error(error instanceof Error ? error : String(error));
      this.#become('failed');
    }
  }

  async restart(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.dispose().catch(() => undefined);
    this.#become('stopped');
    await this.start();
  }

  /** Asks and waits; throws a `UserError` where there is nobody to ask. */
  async ask<Params, Result>(
    request: Request<Params, Result>,
    params: Params,
    token?: vscode.CancellationToken,
  ): Promise<Result> {
    if (this.#client === undefined || this.#phase === 'failed') {
      throw new UserError(
        vscode.l10n.t('The language server of Driftline is not running; the log says why.'),
      );
    }
    return token === undefined
      ? this.#client.sendRequest<Result>(request.method, params)
      : this.#client.sendRequest<Result>(request.method, params, token);
  }

  /** Tells a running server; one that starts later is told by its initialization options. */
  tell<Params>(notification: Notification<Params>, params: Params): void {
    if (this.#phase === 'running') {
      void this.#client?.sendNotification(notification.method, params);
    }
  }

  /** Hears what the server tells, also after it was started anew. */
  on<Params>(notification: Notification<Params>, listener: (params: Params) => void): void {
    const { method } = notification;
    const heard = listener as (params: unknown) => void;
    this.#listeners.push({ method, listener: heard });
    this.#client?.onNotification(method, heard);
  }

  dispose(): Thenable<void> | undefined {
    const client = this.#client;
    this.#client = undefined;
    this.#phases.dispose();
    return client?.dispose();
  }

  #become(phase: ServerPhase): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#phases.fire(phase);
  }
}
