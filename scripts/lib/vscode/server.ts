import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../../../src/core/lib/errors.ts';
import { guarded } from '../guard.ts';
import { run } from '../run.ts';
import type { InstalledVsCode } from './install.ts';

/** What a VS Code in a browser is started with. */
export interface VsCodeOptions {
  installed: InstalledVsCode;
  /** Holds settings, extensions and logs; empty for a VS Code that was never started. */
  data: string;
  /** The person's settings, e.g. `{"workbench.colorTheme": "Default High Contrast"}`. */
  settings?: Record<string, unknown>;
  /** Packages of extensions to install, `.vsix` files. */
  extensions?: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** Obey `extensionDevelopmentPath` and `extensionTestsPath` of the page. */
  underTest?: boolean;
}

export interface RunningVsCode {
  /** `127.0.0.1:PORT`, as addresses inside VS Code name it. */
  authority: string;
  /** Address of a window; `payload` tells what it opens or tests, with paths made by `remote`. */
  address(folder: string, payload?: readonly (readonly [string, string])[]): string;
  /** The address of a path, as VS Code writes it in the browser. */
  remote(path: string): string;
  /** Why it ended, if it does before `stop`. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

/** Settings without which a fresh VS Code talks about itself or to the network, or hides what there is to see. */
export const quietSettings = {
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  'extensions.autoCheckUpdates': false,
  'files.autoSave': 'off',
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
  'remote.autoForwardPorts': false,
  'telemetry.telemetryLevel': 'off',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
} as const;

/**
 * Starts the server on a free port of this machine; only who knows the token of its addresses is let in.
 * Throws a `UserError` with the server's words when it does not come up within a minute.
 */
export async function startVsCode(options: VsCodeOptions): Promise<RunningVsCode> {
  const { installed, data } = options;
  const token = randomBytes(16).toString('hex');
  const tokenFile = join(data, 'token');
  await mkdir(join(data, 'data', 'User'), { recursive: true });
  await writeFile(tokenFile, token, { mode: 0o600 });
  const settings = JSON.stringify({ ...quietSettings, ...options.settings }, undefined, 2);
  await writeFile(join(data, 'data', 'User', 'settings.json'), settings);
  for (const extension of options.extensions ?? []) await installExtension(options, extension);
  const server = spawn(
    ...guarded(installed.node, [
      ...[installed.server, '--host', '127.0.0.1', '--port', '0', '--server-data-dir', data],
      ...['--connection-token-file', tokenFile, '--accept-server-license-terms'],
      ...['--telemetry-level', 'off'],
      ...(options.underTest ? ['--enable-smoke-test-driver'] : []),
    ]),
    { detached: true, stdio: 'pipe', env: { ...process.env, ...options.env } },
  );
  const port = await listening(server);
  const authority = `127.0.0.1:${port}`;
  const remote = (path: string) => `vscode-remote://${authority}${path}`;
  return {
    authority,
    remote,
    address: (folder, payload) => {
      const query = new URLSearchParams({ tkn: token, folder });
      if (payload !== undefined) query.set('payload', JSON.stringify(payload));
      return `http://${authority}/?${query}`;
    },
    ended: new Promise(resolve =>
      server.once('exit', (code, signal) => resolve(`VS Code ended with ${signal ?? code}.`)),
    ),
    stop: () => stop(server),
  };
}

async function installExtension(options: VsCodeOptions, extension: string): Promise<void> {
  const { installed, data } = options;
  const { status, output, error } = await run(installed.node, [
    ...[installed.server, '--server-data-dir', data, '--accept-server-license-terms'],
    ...['--install-extension', extension, '--force'],
  ]);
  if (status !== 0)
    throw new UserError(`VS Code does not install ${extension}; it says:\n${output}${error}`);
}

/** The port, once the server listens. What it says later is read and dropped, so that it never blocks. */
async function listening(server: ChildProcess): Promise<number> {
  let said = '';
  const port = await new Promise<number | undefined>(resolve => {
    const hear = (text: Buffer) => {
      said = (said + text).slice(-20_000);
      const [, found] = /Extension host agent listening on (\d+)/.exec(said) ?? [];
      if (found !== undefined) resolve(Number(found));
    };
    server.stdout?.on('data', hear);
    server.stderr?.on('data', hear);
    server.once('error', () => resolve(undefined));
    server.once('exit', () => resolve(undefined));
    setTimeout(() => resolve(undefined), 60_000).unref();
  });
  if (port !== undefined) return port;
  await stop(server);
  throw new UserError(`VS Code does not start; it says:\n${said.trim()}`);
}

/** Ends the server with its extension hosts, which are a process group of their own. */
async function stop(server: ChildProcess): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) break;
    const exit = new Promise(resolve => server.once('exit', resolve));
    signalGroup(server.pid, signal);
    await Promise.race([exit, wait(3000)]);
  }
  if (server.pid !== undefined) signalGroup(server.pid, 'SIGKILL');
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
