import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';

type Params = { uri: string; version?: number };

export interface LanguageServer {
  args: string[];
  folder: string;
  initializationOptions?: unknown;
  /** Answer to `workspace/configuration`, by section. */
  configuration?: Record<string, unknown>;
}

/** Speaks LSP to a server as an editor does, and tells the moment at which an answer comes. */
export class LanguageClient {
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #connection: MessageConnection;
  readonly #versions = new Map<string, number>();
  readonly #last = new Map<string, unknown>();
  readonly #listeners = new Set<() => void>();

  static async start(server: LanguageServer): Promise<LanguageClient> {
    const client = new LanguageClient(server);
    await client.#connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: pathToFileURL(server.folder).href,
      workspaceFolders: [{ uri: pathToFileURL(server.folder).href, name: 'bench' }],
      capabilities: {
        workspace: { configuration: true, workspaceFolders: true },
        textDocument: { publishDiagnostics: { versionSupport: true } },
      },
      initializationOptions: server.initializationOptions,
    });
    await client.#connection.sendNotification('initialized', {});
    await client.#connection.sendNotification('workspace/didChangeConfiguration', {
      settings: server.configuration ?? {},
    });
    return client;
  }

  private constructor({ args, folder, configuration = {} }: LanguageServer) {
    this.#folder = folder;
    this.#process = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    const { stdin, stdout } = this.#process;
    if (!stdin || !stdout) throw new Error('the language server has no pipes');
    this.#connection = createMessageConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    this.#connection.onNotification((method, params) => {
      if (typeof params !== 'object' || params === null || !('uri' in params)) return;
      this.#last.set(`${method} ${(params as Params).uri}`, params);
      for (const listener of this.#listeners) listener();
    });
    this.#connection.onRequest((method, params) => {
      if (method !== 'workspace/configuration') return null;
      const { items } = params as { items: { section?: string }[] };
      return items.map(({ section = '' }) => configuration[section] ?? null);
    });
    this.#connection.listen();
  }

  async open(file: string): Promise<string> {
    const text = readFileSync(join(this.#folder, file), 'utf8');
    this.#versions.set(file, 1);
    const uri = this.#uri(file);
    await this.#connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 1, text },
    });
    return text;
  }

  /** Sends a new text and answers the milliseconds until a notification about it is as wanted. */
  async timeTo<T>(
    file: string,
    text: string,
    method: string,
    wanted: (params: T) => boolean,
  ): Promise<number> {
    const start = performance.now();
    await this.change(file, text);
    await this.until(file, method, wanted);
    return performance.now() - start;
  }

  /** Sends a new text. */
  change(file: string, text: string): Promise<void> {
    const version = (this.#versions.get(file) ?? 0) + 1;
    this.#versions.set(file, version);
    return this.#connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: this.#uri(file), version },
      contentChanges: [{ text }],
    });
  }

  /** Resolves when the last notification of a file is as wanted. */
  until<T>(file: string, method: string, wanted: (params: T) => boolean): Promise<void> {
    const key = `${method} ${this.#uri(file)}`;
    return new Promise((resolve, reject) => {
      const give = setTimeout(() => {
        this.#listeners.delete(look);
        reject(new Error(`waited in vain for ${key}: ${JSON.stringify(this.#last.get(key))}`));
      }, 60_000);
      const look = () => {
        const last = this.#last.get(key) as T | undefined;
        if (last === undefined || !wanted(last)) return;
        clearTimeout(give);
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
      look();
    });
  }

  request<T>(method: string, params: unknown): Promise<T> {
    return this.#connection.sendRequest<T>(method, params);
  }

  async stop(): Promise<void> {
    await this.#connection.sendRequest('shutdown');
    await this.#connection.sendNotification('exit');
    this.#connection.dispose();
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The address of a file of the folder. */
  address(file: string): string {
    return this.#uri(file);
  }

  #uri(file: string): string {
    return pathToFileURL(join(this.#folder, file)).href;
  }
}
