import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import {
  type FileMarkers,
  notifications,
  requests,
  type WorkspaceState,
} from '../../../src/lsp/protocol.ts';
import { stateAfter } from '../../../src/lsp/state-change.ts';

const root = resolve(import.meta.dirname, '../../..');

/** Megabytes. */
export interface Memory {
  server: number;
  judge: number;
}

/** The language server as a process, followed as our editor does: markers of open files, and the state's changes. */
export class EditorSession {
  state: WorkspaceState | undefined;
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #connection: MessageConnection;
  readonly #markers = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  #asking: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  static async start(folder: string, kubeconfig: string): Promise<EditorSession> {
    const session = new EditorSession(folder, kubeconfig);
    const uri = pathToFileURL(folder).href;
    await session.#connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: 'bench' }],
      capabilities: { workspace: { workspaceFolders: true } },
      initializationOptions: {
        ...{ trusted: true, markers: true, clusters: [] },
        settings: { kubeconfig, forges: {}, validation: false, drift: false },
      },
    });
    await session.#connection.sendNotification('initialized', {});
    return session;
  }

  private constructor(folder: string, kubeconfig: string) {
    this.#folder = folder;
    const server = join(root, 'dist', 'server.cjs');
    this.#process = spawn(process.execPath, [server, '--stdio'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, KUBECONFIG: kubeconfig },
    });
    const { stdin, stdout } = this.#process;
    if (!stdin || !stdout) throw new Error('the language server has no pipes');
    this.#connection = createMessageConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    this.#connection.onNotification(notifications.markers.method, (markers: FileMarkers) => {
      this.#markers.set(markers.uri, JSON.stringify(markers.lines));
      this.#tell();
    });
    this.#connection.onNotification(notifications.changed.method, () => void this.refresh());
    this.#connection.onRequest(() => null);
    this.#connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
      process.stderr.write(`${message}\n`);
    });
    this.#connection.listen();
  }

  /** Asks for what changed; one question at a time. */
  refresh(): Promise<void> {
    this.#again = !this.#stopped;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  open(file: string): Promise<void> {
    const text = readFileSync(join(this.#folder, file), 'utf8');
    return this.#connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: this.#uri(file), languageId: 'yaml', version: 1, text },
    });
  }

  /** What stands at the ends of the lines of an open file, as JSON. */
  markers(file: string): string {
    return this.#markers.get(this.#uri(file)) ?? '';
  }

  /** Resolves as soon as it holds; looked at after everything that the server says. */
  until(what: string, holds: () => boolean, milliseconds = 120_000): Promise<void> {
    return new Promise((done, reject) => {
      const give = setTimeout(() => {
        this.#listeners.delete(look);
        reject(new Error(`waited in vain for ${what}`));
      }, milliseconds);
      const look = () => {
        if (!holds()) return;
        clearTimeout(give);
        this.#listeners.delete(look);
        done();
      };
      this.#listeners.add(look);
      look();
    });
  }

  /** What the server and its judge take when nothing happens (resident sets; Linux). */
  async memory(): Promise<Memory> {
    await wait(6000);
    const { pid = 0 } = this.#process;
    return { server: residentOf(pid), judge: residentOf(judgeOf(pid)) };
  }

  async stop(): Promise<void> {
    // What is asked now is answered first: a connection must not be dropped under it.
    this.#stopped = true;
    await this.#asking;
    await this.#connection.sendRequest('shutdown');
    await this.#connection.sendNotification('exit');
    this.#connection.dispose();
  }

  async #ask(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const answer = await this.#connection.sendRequest<WorkspaceState>(requests.state.method, {
        since: this.state?.at,
      });
      this.state = stateAfter(this.state, answer);
      this.#tell();
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #uri(file: string): string {
    return pathToFileURL(join(this.#folder, file)).href;
  }
}

/** Process id of the judge that a process started; 0 where there is none. */
function judgeOf(parent: number): number {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  const isJudge = (pid: string) =>
    fieldOf(pid, 'Name') === 'judge' && fieldOf(pid, 'PPid') === String(parent);
  return Number(pids.find(isJudge) ?? 0);
}

/** Megabytes. */
function residentOf(pid: number): number {
  return Number(fieldOf(pid, 'VmRSS') ?? 0) / 1024;
}

function fieldOf(pid: number | string, name: string): string | undefined {
  return new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(readOr(`/proc/${pid}/status`))?.[1];
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
