import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { messageOf } from '../lib/errors.ts';
import { UpstreamError, type UpstreamFailure } from './error.ts';
import { encodeFrame, FrameReader } from './frames.ts';

export interface ProgramCommand {
  program: string;
  args?: string[];
  /** Added to the little the program gets by itself; the person's environment is not passed on. */
  env?: NodeJS.ProcessEnv;
}

export interface ProgramOptions {
  /** How long one request may take before the program counts as stuck; 60,000 when absent. */
  timeoutMs?: number;
  /** How many requests may wait; 10,000 when absent. */
  maxQueue?: number;
  /** Hears what the program writes to standard error, line by line, and when it had to be ended. */
  log?: (message: string) => void;
}

/** How long an aborted request may go on before the program is ended to make room for the next one. */
const abortGraceMs = 2_000;
const closeGraceMs = 1_000;

/**
 * A program that stays and answers requests over its standard input and output, one at a time, as
 * `protocol.md` says. It is started by the first request, and again after it died or was stuck; the
 * request it was working on then fails, the waiting ones do not. It does not keep Node alive while idle.
 */
export class ResidentProgram {
  readonly #command: ProgramCommand;
  readonly #options: Required<ProgramOptions>;
  #child: ChildProcess | undefined;
  #waiting: Task[] = [];
  #current: { task: Task; timer: NodeJS.Timeout } | undefined;
  #lastId = 0;
  #closed = false;

  constructor(command: ProgramCommand, options: ProgramOptions = {}) {
    this.#command = command;
    this.#options = { timeoutMs: 60_000, maxQueue: 10_000, log: () => {}, ...options };
  }

  /** The answer without `id` and `ok`; else throws an `UpstreamError`. */
  request<T>(op: string, body: object, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const refused = this.#refusal(signal);
      if (refused) return reject(refused);
      const task: Task = { id: ++this.#lastId, op, body, resolve: v => resolve(v as T), reject };
      const abort = () => this.#abort(task);
      signal?.addEventListener('abort', abort, { once: true });
      task.settled = () => signal?.removeEventListener('abort', abort);
      this.#waiting.push(task);
      this.#next();
    });
  }

  /** Ends the program; what still waits is aborted. One that is idle ends by itself, and is not waited for. */
  async close(): Promise<void> {
    this.#closed = true;
    const child = this.#child;
    this.#child = undefined;
    const open = this.#current ? [this.#current.task, ...this.#waiting] : this.#waiting;
    clearTimeout(this.#current?.timer);
    this.#current = undefined;
    this.#waiting = [];
    for (const task of open) fail(task, 'aborted', `${this.#name} was closed`);
    if (open.length === 0) child?.stdin?.end();
    else if (child) await ended(child);
  }

  get #name(): string {
    return basename(this.#command.program);
  }

  #refusal(signal?: AbortSignal): UpstreamError | undefined {
    if (this.#closed) return new UpstreamError('aborted', `${this.#name} was closed`);
    if (signal?.aborted) return new UpstreamError('aborted', 'the request was cancelled');
    if (this.#waiting.length < this.#options.maxQueue) return undefined;
    return new UpstreamError(
      'busy',
      `${this.#waiting.length} requests to ${this.#name} wait already`,
    );
  }

  #next(): void {
    if (this.#current) return;
    const task = this.#waiting.shift();
    hold(this.#child, task !== undefined);
    if (!task) return;
    const timer = setTimeout(() => this.#stuck(task), this.#options.timeoutMs);
    this.#current = { task, timer };
    try {
      this.#send(task);
    } catch (error) {
      this.#finish();
      const reason = this.#child ? 'failed' : 'missing';
      fail(task, reason, messageOf(error));
      this.#next();
    }
  }

  #send(task: Task): void {
    this.#child ??= this.#start();
    hold(this.#child, true);
    const { header, body } = encodeFrame({ ...task.body, id: task.id, op: task.op });
    this.#child.stdin?.write(header);
    this.#child.stdin?.write(body);
  }

  #start(): ChildProcess {
    const { program, args = [], env } = this.#command;
    const child = spawn(program, args, {
      env: { ...plainEnvironment(), ...env },
      cwd: tmpdir(),
      stdio: 'pipe',
      windowsHide: true,
    });
    const frames = new FrameReader();
    child.stdout.on('data', (chunk: Buffer) => {
      try {
        for (const answer of frames.push(chunk)) this.#answered(child, answer as Answer);
      } catch (error) {
        this.#lost(child, 'died', `${this.#name} wrote what is no answer: ${messageOf(error)}`);
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.#overhear(text));
    child.stdin.on('error', () => {}); // the program went away: 'close' says so
    child.on('error', error => {
      const reason = child.pid === undefined ? 'missing' : 'died';
      this.#lost(child, reason, `${this.#name} could not be started: ${error.message}`);
    });
    child.on('close', (code, signal) =>
      this.#lost(
        child,
        'died',
        `${this.#name} ended unexpectedly (${signal ?? `exit code ${code}`})`,
      ),
    );
    return child;
  }

  #answered(child: ChildProcess, answer: Answer): void {
    const task = this.#current?.task;
    if (child !== this.#child || !task) return;
    if (answer.id !== task.id) {
      this.#lost(child, 'died', `${this.#name} answered another request`);
      return;
    }
    this.#finish();
    const { id: _, ok, ...rest } = answer;
    if (ok === true) succeed(task, rest);
    else fail(task, 'failed', String(rest.error ?? 'no reason given'), rest.code);
    this.#next();
  }

  #abort(task: Task): void {
    fail(task, 'aborted', 'the request was cancelled');
    this.#waiting = this.#waiting.filter(other => other !== task);
    if (this.#current?.task !== task) return;
    clearTimeout(this.#current.timer);
    this.#current.timer = setTimeout(() => this.#stuck(task), abortGraceMs);
  }

  #stuck(task: Task): void {
    const child = this.#child;
    if (child && this.#current?.task === task)
      this.#lost(child, 'stuck', `${this.#name} did not answer ${task.op} in time`);
  }

  /** Gives the program up; the next request starts another. */
  #lost(child: ChildProcess, reason: UpstreamFailure, message: string): void {
    if (child !== this.#child) return;
    this.#child = undefined;
    child.kill('SIGKILL');
    this.#options.log(message);
    const task = this.#current?.task;
    this.#finish();
    if (task) fail(task, reason, message);
    this.#next();
  }

  #finish(): void {
    clearTimeout(this.#current?.timer);
    this.#current = undefined;
  }

  #overhear(text: string): void {
    for (const line of text.split('\n'))
      if (line.trim() !== '') this.#options.log(`${this.#name}: ${line.slice(0, 500)}`);
  }
}

interface Task {
  id: number;
  op: string;
  body: object;
  resolve(value: unknown): void;
  reject(error: UpstreamError): void;
  settled?(): void;
}

interface Answer {
  id?: number;
  ok?: boolean;
  error?: string;
  code?: string;
}

function succeed(task: Task, value: object): void {
  task.settled?.();
  task.resolve(value);
}

function fail(task: Task, reason: UpstreamFailure, message: string, code?: string): void {
  task.settled?.();
  task.reject(new UpstreamError(reason, message, code));
}

/** While `busy`, the program and its pipes keep Node alive. */
function hold(child: ChildProcess | undefined, busy: boolean): void {
  const pipes = [child?.stdin, child?.stdout, child?.stderr] as (Socket | null | undefined)[];
  for (const handle of [child, ...pipes]) busy ? handle?.ref() : handle?.unref();
}

function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
    return Promise.resolve();
  return new Promise(resolve => {
    const timer = setTimeout(() => child.kill('SIGKILL'), closeGraceMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    hold(child, true);
    child.stdin?.end();
  });
}

/** What any program needs to run: a folder for temporary files, and on Windows the system's own. No secrets. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const names = ['TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'windir'];
  const known = names.flatMap(name => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(known);
}
