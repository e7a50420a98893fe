import {
  type CancellationToken,
  type Connection,
  type InitializeParams,
  LSPErrorCodes,
  ResponseError,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { UserError } from '../../core/lib/errors.ts';
import type { LiveChange } from '../../core/live/state.ts';
import type { Host } from '../../core/model/host.ts';
import {
  errorCodes,
  type InitializationOptions,
  type Notification,
  type Request,
} from '../protocol.ts';
import { type Client, readClient, unknownClient } from './client.ts';
import { readOptions } from './options.ts';
import { PresentMarkers } from './present-markers.ts';
import {
  type OpenLive,
  type OpenRepository,
  Repositories,
  type RepositoryFile,
} from './repositories.ts';

export type ChangeListener = (repository: OpenRepository, change: LiveChange) => void;

/** An open document of a repository that is ready. */
export interface OpenFile extends RepositoryFile {
  document: TextDocument;
}

/** What follows each other so quickly is told together. */
const gatherMs = 100;

/**
 * One client and what it has open: what every feature is registered with. No exception of a feature reaches the
 * connection: requests answer with an error, everything else is logged.
 */
export class Session {
  readonly connection: Connection;
  readonly documents = new TextDocuments(TextDocument);
  readonly repositories: Repositories;
  readonly host: Host;
  readonly present = new PresentMarkers();
  client: Client = unknownClient;
  options: InitializationOptions = readOptions(undefined);
  readonly #changed: ChangeListener[] = [];
  readonly #begun: (() => void)[] = [];
  readonly #minutes: (() => void)[] = [];
  #clock: NodeJS.Timeout | undefined;

  constructor(connection: Connection, openLive: OpenLive) {
    this.connection = connection;
    this.host = {
      log: line => connection.console.log(line),
      trusted: () => this.options.trusted,
      // A token comes with the request that needs it.
      secret: () => undefined,
      forges: () => this.options.settings.forges,
      kubeconfig: () => this.options.settings.kubeconfig,
      localOnly: () => this.options.settings.localOnly,
      auditLog: context => this.options.settings.auditLogs[context],
      schemas: () => this.options.settings.schemas,
    };
    this.repositories = new Repositories({
      openLive,
      host: this.host,
      clusters: () => this.options.clusters,
      opened: repository => this.#opened(repository),
      changed: (repository, change) => this.#tell(repository, change),
    });
  }

  initialize(params: InitializeParams): void {
    this.client = readClient(params);
    this.options = readOptions(params.initializationOptions);
  }

  /** The client is ready to be asked. */
  begin(): void {
    for (const listener of this.#begun) this.guard('beginning', listener);
    const tick = () => {
      for (const listener of this.#minutes) this.guard('telling the time', listener);
    };
    this.#clock ??= setInterval(tick, 60_000).unref();
  }

  /** Ends everything that was started. */
  async close(): Promise<void> {
    clearInterval(this.#clock);
    await this.repositories.close();
  }

  /** Hears once, when the client is ready to be asked. */
  onBegin(listener: () => void): void {
    this.#begun.push(listener);
  }

  /** Hears once a minute: what says how long ago something was is out of date. */
  onMinute(listener: () => void): void {
    this.#minutes.push(listener);
  }

  /** Hears when a repository was opened, and of every change in one. */
  onChanged(listener: ChangeListener): void {
    this.#changed.push(listener);
  }

  /** Hears of what `onChanged` told within a moment, once: for what a client asks for as a whole. */
  onChangedSoon(listener: (environments: string[]) => void): void {
    const gathered = new Set<string>();
    let isWaiting = false;
    this.onChanged((_, { environments }) => {
      for (const name of environments) gathered.add(name);
      if (isWaiting) return;
      isWaiting = true;
      setTimeout(() => {
        isWaiting = false;
        const names = [...gathered];
        gathered.clear();
        this.guard('telling of changes', () => listener(names));
      }, gatherMs);
    });
  }

  /** Has everything that is open told anew: a setting changed what is told. */
  retell(): void {
    for (const { repository } of this.repositories.lives()) this.#tellOpen(repository);
  }

  /** An open document with its repository, where that is ready. */
  openFile(uri: string): OpenFile | undefined {
    const document = this.documents.get(uri);
    const found = document && this.repositories.of(uri);
    return found && { ...found, document };
  }

  /** The open documents of a repository. */
  openFiles(repository: OpenRepository): OpenFile[] {
    return this.documents.all().flatMap(({ uri }) => {
      const open = this.openFile(uri);
      return open?.repository === repository ? [open] : [];
    });
  }

  /** Answers a request of ours; `signal` follows its cancellation. */
  answer<Params, Result>(
    request: Request<Params, Result>,
    handler: (
      params: NoInfer<Params>,
      signal: AbortSignal,
    ) => NoInfer<Result> | Promise<NoInfer<Result>>,
  ): void {
    // The token comes last; before it none, one, or (of a client that sends a list) several values.
    const respond = async (...values: unknown[]): Promise<unknown> => {
      const signal = signalOf(values.at(-1) as CancellationToken);
      const answered = this.#timer(request.method);
      try {
        return await handler((values.length > 1 ? values[0] : null) as Params, signal);
      } catch (error) {
        return this.#failure(request.method, error, signal);
      } finally {
        answered();
      }
    };
    this.connection.onRequest<unknown, void>(request.method, respond);
  }

  /** Follows a notification of ours. */
  follow<Params>(notification: Notification<Params>, handler: (params: Params) => void): void {
    this.connection.onNotification(notification.method, (params: Params) =>
      this.guard(notification.method, () => handler(params)),
    );
  }

  send<Params>(notification: Notification<Params>, params: Params): void {
    this.guard(notification.method, () =>
      this.connection.sendNotification(notification.method, params),
    );
  }

  /** Wraps the handler of one of LSP's own requests: a failure is logged and answered with nothing. */
  quietly<Params, Result>(
    what: string,
    handler: (params: Params, signal: AbortSignal) => Result | Promise<Result>,
  ): (params: Params, token: CancellationToken) => Promise<Result | null> {
    return async (params, token) => {
      const signal = signalOf(token);
      const answered = this.#timer(what);
      try {
        return await handler(params, signal);
      } catch (error) {
        if (!signal.aborted) this.defect(what, error);
        return null;
      } finally {
        answered();
      }
    };
  }

  /** Runs something that nobody waits for; what it throws is logged. */
  guard(what: string, work: () => void | Promise<void>): void {
    try {
      work()?.catch((error: unknown) => this.defect(what, error));
    } catch (error) {
      this.defect(what, error);
    }
  }

  /** Logs what should not have happened. */
  defect(what: string, error: unknown): void {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.connection.console.error(`${what}: ${detail}`);
  }

  /** For who traces the server: how long an answer took. */
  #timer(what: string): () => void {
    const started = performance.now();
    return () =>
      this.connection.tracer.log(`${what}: ${Math.round(performance.now() - started)} ms`);
  }

  #failure(method: string, error: unknown, signal: AbortSignal): ResponseError<void> {
    if (signal.aborted)
      return new ResponseError(LSPErrorCodes.RequestCancelled, 'It was cancelled.');
    if (error instanceof UserError) return new ResponseError(errorCodes.person, error.message);
    this.defect(method, error);
    return new ResponseError(
      errorCodes.defect,
      'Something went wrong in Driftline; its log says more.',
    );
  }

  /** What was opened and edited before its repository was ready counts from now on. */
  #opened(repository: OpenRepository): void {
    for (const { live, file, document } of this.openFiles(repository))
      live.edit(file, document.getText());
    this.#tellOpen(repository);
  }

  #tellOpen(repository: OpenRepository): void {
    const files = this.openFiles(repository).map(({ file }) => file);
    this.#tell(repository, { environments: [], files });
  }

  #tell(repository: OpenRepository, change: LiveChange): void {
    for (const listener of this.#changed)
      this.guard('following a change', () => listener(repository, change));
  }
}

function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
