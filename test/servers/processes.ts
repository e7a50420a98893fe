import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { guarded } from '../../scripts/lib/guard.ts';
import { messageOf } from '../../src/core/lib/errors.ts';

/** Servers that run, and how they are ended. */
export interface Started<T> {
  servers: T;
  /** Ends the processes that were started, and removes their folder. */
  stop: () => Promise<void>;
}

/**
 * Starts programs that belong together, with a temporary folder for their files and logs. They end by
 * themselves when this process does. Throws, with the end of each log, when one does not become ready.
 */
export async function startTogether<T>(
  name: string,
  start: (group: Processes) => Promise<T>,
): Promise<Started<T>> {
  const group = new Processes(await mkdtemp(join(tmpdir(), `driftline-${name}-`)));
  try {
    return { servers: await start(group), stop: () => group.stop() };
  } catch (error) {
    const logs = group.logs();
    await group.stop();
    throw new Error(`${name} did not become ready: ${messageOf(error)}\n${logs}`, { cause: error });
  }
}

export class Processes {
  readonly folder: string;
  readonly #children = new Map<string, ChildProcess>();

  constructor(folder: string) {
    this.folder = folder;
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  /** Starts a program that ends by itself when its input does. */
  launch(name: string, program: string, args: string[], env: NodeJS.ProcessEnv = {}): void {
    const log = openSync(this.at(`${name}.log`), 'w');
    const child = spawn(program, args, {
      stdio: ['pipe', log, log],
      cwd: this.folder,
      env: { ...process.env, ...env },
      // A group of its own: Ctrl-C in the terminal is for the tests, which then end these in order.
      detached: true,
    });
    this.#children.set(name, child);
  }

  /** Starts a program that does not look at its input. */
  launchGuarded(name: string, program: string, args: string[], env?: NodeJS.ProcessEnv): void {
    this.launch(name, ...guarded(program, args), env);
  }

  /** Waits until it is ready; throws when it takes longer than 90 s or a program has ended. */
  until(what: string, isReady: () => Promise<boolean>): Promise<void> {
    return until(what, 90_000, async () => {
      for (const [name, { exitCode }] of this.#children)
        if (exitCode !== null) throw new Error(`${what}: ${name} ended with ${exitCode}`);
      return isReady();
    });
  }

  /** Waits until the address answers without an error. */
  answers(what: string, url: string): Promise<void> {
    const ask = () =>
      fetch(url).then(
        ({ ok }) => ok,
        () => false,
      );
    return this.until(what, ask);
  }

  /** Ends those of these programs that run. */
  async end(...names: readonly string[]): Promise<void> {
    await Promise.all(names.flatMap(name => this.#children.get(name) ?? []).map(end));
    for (const name of names) this.#children.delete(name);
  }

  async stop(): Promise<void> {
    await this.end(...this.#children.keys());
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The last lines of each program's log. */
  logs(): string {
    return [...this.#children.keys()].map(name => tail(name, this.at(`${name}.log`))).join('\n');
  }
}

/** Asks until the answer is yes; throws after `timeout` milliseconds. */
export async function until(
  what: string,
  timeout: number,
  isSo: () => Promise<boolean>,
): Promise<void> {
  for (const deadline = Date.now() + timeout; Date.now() < deadline; await wait(100))
    if (await isSo()) return;
  throw new Error(`${what} took more than ${timeout / 1000} s`);
}

/** Ports of 127.0.0.1 that nobody listens at. */
export async function freePorts<const Names extends string>(
  ...names: Names[]
): Promise<Record<Names, number>> {
  const servers = names.map(() => createServer());
  const ports = servers.map(
    server =>
      new Promise<number>((resolve, reject) => {
        server.once('error', reject).listen(0, '127.0.0.1', () => {
          const address = server.address();
          resolve(typeof address === 'object' && address ? address.port : 0);
        });
      }),
  );
  const found = await Promise.all(ports);
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return Object.fromEntries(names.map((name, at) => [name, found[at]])) as Record<Names, number>;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise(resolve => child.once('exit', resolve));
  child.stdin?.end();
  const killed = wait(5000, undefined, { ref: false }).then(() => killGroup(child));
  await Promise.race([exited, killed.then(() => exited)]);
}

/** Both the program and the shell that guards it. */
function killGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}

function tail(name: string, file: string): string {
  const lines = existsSync(file)
    ? readFileSync(file, 'utf8').trim().split('\n')
    : ['(not started)'];
  return `--- ${name}\n${lines.slice(-15).join('\n')}`;
}
