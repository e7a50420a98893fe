import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import {
  type CancellationToken,
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type {
  ClientCapabilities,
  InitializeResult,
  PublishDiagnosticsParams,
} from 'vscode-languageserver-protocol';
import {
  type FileMarkers,
  type InitializationOptions,
  notifications,
  type Request,
  requests,
  type WorkspaceState,
} from '../../src/lsp/protocol.ts';

const root = resolve(import.meta.dirname, '../..');
const built = join(root, 'dist', 'server.cjs');

export interface StartOptions {
  folder: string;
  initializationOptions?: Partial<InitializationOptions> | undefined;
  capabilities?: ClientCapabilities;
  env?: Record<string, string>;
  /** What the client answers when it is asked for the section `driftline`. */
  configuration?: unknown;
  /** Default: the one that was built here. */
  bundle?: string;
}

export interface Edit {
  line: number;
  from: number;
  to: number;
  text: string;
}

const full: ClientCapabilities = {
  workspace: {
    workspaceFolders: true,
    configuration: true,
    didChangeWatchedFiles: { dynamicRegistration: true },
    codeLens: { refreshSupport: true },
    inlayHint: { refreshSupport: true },
  },
  textDocument: {
    hover: { contentFormat: ['markdown'] },
    publishDiagnostics: { versionSupport: true, dataSupport: true },
  },
};

/** A client of the real server: the built bundle as a process, spoken to over standard input and output. */
export class Client {
  readonly process: ChildProcess;
  readonly connection: MessageConnection;
  readonly folder: string;
  /** Every byte that the server wrote. */
  heard = '';
  errors = '';
  readonly logs: string[] = [];
  readonly registered: string[] = [];
  readonly messages: { method: string; params: unknown }[] = [];
  #versions = new Map<string, number>();
  #texts = new Map<string, string>();

  constructor({ folder, env, configuration, bundle = built }: StartOptions) {
    if (!existsSync(bundle)) throw new Error(`${bundle} is missing: run \`npm run build\` first`);
    this.folder = folder;
    this.process = spawn(process.execPath, [bundle, '--stdio'], {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        HOME: join(root, 'test', 'cli', 'no-home'),
        KUBECONFIG: join(root, 'test', 'cli', 'no-kubeconfig'),
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const { stdin, stdout, stderr } = this.process;
    if (!stdin || !stdout || !stderr) throw new Error('no pipes');
    stderr.setEncoding('utf8').on('data', text => {
      this.errors += text;
    });
    const copy = new PassThrough();
    stdout.on('data', chunk => {
      this.heard += chunk.toString();
      copy.write(chunk);
    });
    stdout.on('end', () => copy.end());
    this.connection = createMessageConnection(
      new StreamMessageReader(copy),
      new StreamMessageWriter(stdin),
    );
    this.connection.onNotification((method, params) => {
      this.messages.push({ method, params });
      if (method === 'window/logMessage') this.logs.push((params as { message: string }).message);
    });
    this.connection.onRequest((method, params) => {
      if (method === 'client/registerCapability')
        for (const { method: what } of (params as { registrations: { method: string }[] })
          .registrations)
          this.registered.push(what);
      if (method === 'workspace/configuration') return [configuration ?? null];
      this.messages.push({ method, params });
      return method === 'workspace/applyEdit' ? { applied: true } : null;
    });
    this.connection.onError(() => {});
    this.connection.listen();
  }

  async initialize(options: StartOptions): Promise<InitializeResult> {
    const result = await this.connection.sendRequest<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: [{ uri: pathToFileURL(options.folder).href, name: 'demo' }],
      capabilities: options.capabilities ?? full,
      initializationOptions: options.initializationOptions,
    });
    await this.connection.sendNotification('initialized', {});
    return result;
  }

  uri(file: string): string {
    return pathToFileURL(join(this.folder, file)).href;
  }

  textOf(file: string): string {
    return this.#texts.get(file) ?? readFileSync(join(this.folder, file), 'utf8');
  }

  async open(file: string, text = this.textOf(file)): Promise<void> {
    this.#texts.set(file, text);
    this.#versions.set(file, 1);
    const textDocument = { uri: this.uri(file), languageId: 'yaml', version: 1, text };
    await this.connection.sendNotification('textDocument/didOpen', { textDocument });
  }

  /** Replaces a stretch of one line; answers the new version. */
  async edit(file: string, { line, from, to, text }: Edit): Promise<number> {
    const version = (this.#versions.get(file) ?? 0) + 1;
    this.#versions.set(file, version);
    const lines = this.textOf(file).split('\n');
    const old = lines[line] ?? '';
    lines[line] = old.slice(0, from) + text + old.slice(to);
    this.#texts.set(file, lines.join('\n'));
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: this.uri(file), version },
      contentChanges: [
        { range: { start: { line, character: from }, end: { line, character: to } }, text },
      ],
    });
    return version;
  }

  /** Replaces the first occurrence of a text. */
  async replace(file: string, old: string, text: string): Promise<number> {
    const lines = this.textOf(file).split('\n');
    const line = lines.findIndex(each => each.includes(old));
    if (line < 0) throw new Error(`${file} does not say ${old}`);
    const from = (lines[line] as string).indexOf(old);
    return this.edit(file, { line, from, to: from + old.length, text });
  }

  async close(file: string): Promise<void> {
    this.#texts.delete(file);
    const textDocument = { uri: this.uri(file) };
    await this.connection.sendNotification('textDocument/didClose', { textDocument });
  }

  ask<Params, Result>(
    request: Request<Params, Result>,
    params: Params,
    token?: CancellationToken,
  ): Promise<Result> {
    return token === undefined
      ? this.connection.sendRequest<Result>(request.method, params)
      : this.connection.sendRequest<Result>(request.method, params, token);
  }

  request<Result>(method: string, params: unknown): Promise<Result> {
    return this.connection.sendRequest<Result>(method, params);
  }

  /** The last diagnostics of a file, once they are as wanted. */
  diagnostics(
    file: string,
    wanted: (params: PublishDiagnosticsParams) => boolean = () => true,
  ): Promise<PublishDiagnosticsParams> {
    return this.#last('textDocument/publishDiagnostics', file, wanted);
  }

  /** The last markers that were pushed for a file, once they are as wanted. */
  markers(
    file: string,
    wanted: (params: FileMarkers) => boolean = () => true,
  ): Promise<FileMarkers> {
    return this.#last(notifications.markers.method, file, wanted);
  }

  async compared(wanted: (state: WorkspaceState) => boolean = isCompared): Promise<WorkspaceState> {
    return eventually(async () => {
      const state = await this.ask(requests.state, null);
      return wanted(state) ? state : undefined;
    }, 'the environments to be compared');
  }

  /** Ends as an editor does; answers the exit code. */
  async stop(): Promise<number | null> {
    const ended = new Promise<number | null>(done => this.process.on('exit', done));
    if (this.process.exitCode !== null) return this.process.exitCode;
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    return ended;
  }

  #last<T extends { uri: string }>(
    method: string,
    file: string,
    wanted: (params: T) => boolean,
  ): Promise<T> {
    const uri = this.uri(file);
    return eventually(async () => {
      const all = this.messages.filter(message => message.method === method);
      const last = all.map(({ params }) => params as T).findLast(params => params.uri === uri);
      return last && wanted(last) ? last : undefined;
    }, `${method} of ${file}`);
  }
}

/** A hover with the addresses of files left out of its links. */
export function withoutAddresses(markdown: string): string {
  return markdown.replace(/\]\(file:[^)]*\)/g, ']');
}

/** Starts a server for a folder; `initialized` was sent when it resolves. */
export async function startClient(options: StartOptions): Promise<Client> {
  const client = new Client(options);
  await client.initialize(options);
  return client;
}

export async function eventually<T>(
  probe: () => Promise<T | undefined>,
  what: string,
  timeoutMs = 20_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise(done => setTimeout(done, 20));
  }
}

function isCompared({ kind, environments }: WorkspaceState): boolean {
  return kind === 'ready' && environments.every(({ phase }) => phase === 'compared');
}
