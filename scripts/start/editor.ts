import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../src/core/lib/errors.ts';
import { run } from '../lib/run.ts';
import { installVsCode, releases } from '../lib/vscode/install.ts';
import { quietSettings, startVsCode } from '../lib/vscode/server.ts';

/** A folder shown in a VS Code of its own: other settings and extensions than the person's, which stay as they are. */
export interface Showing {
  /** The workspace. */
  folder: string;
  /** Empty; for settings, extensions and logs. */
  data: string;
  /** `.vsix` files. */
  extensions: readonly string[];
  log(line: string): void;
  /** Aborted when the person has seen enough. */
  signal: AbortSignal;
}

/** Whether `code` is on the PATH. */
export async function hasInstalledVsCode(): Promise<boolean> {
  return (await run(...command(['--version']))).status === 0;
}

/** Opens the installed VS Code; ends when its window is closed. */
export async function showInstalled(showing: Showing): Promise<void> {
  const { folder, data, extensions, log, signal } = showing;
  const own = ['--user-data-dir', join(data, 'user'), '--extensions-dir', join(data, 'extensions')];
  await mkdir(join(data, 'user', 'User'), { recursive: true });
  await writeFile(join(data, 'user', 'User', 'settings.json'), JSON.stringify(quietSettings));
  const install = extensions.flatMap(extension => ['--install-extension', extension]);
  const { status, error } = await run(...command([...own, ...install]));
  if (status !== 0) throw new UserError(`VS Code does not install Driftline; it says:\n${error}`);
  log('VS Code opens on the demo. Close its window, or press Ctrl-C here, to end.');
  const window = spawn(...command([...own, '--new-window', '--wait', folder]), {
    stdio: 'ignore',
    signal,
  });
  await once(window, 'exit').catch((cause: Error) => {
    if (!signal.aborted) throw cause;
  });
}

/** Serves VS Code to a browser of this machine, until the signal. */
export async function showInBrowser(showing: Showing): Promise<void> {
  const { folder, data, extensions, log, signal } = showing;
  const installed = await installVsCode(releases.newest, log);
  if (signal.aborted) return;
  const server = await startVsCode({ installed, data, extensions });
  try {
    log(
      `\nVS Code shows the demo at\n\n  ${server.address(folder)}\n\nOpen it in a browser on this machine. Press Ctrl-C to end.`,
    );
    const aborted = new Promise<void>(resolve => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const ended = server.ended.then(reason => {
      if (!signal.aborted) throw new UserError(reason);
    });
    await Promise.race([aborted, ended]);
  } finally {
    await server.stop();
  }
}

/** On Windows `code` is a script, which only the command processor starts. */
function command(args: string[]): [string, string[]] {
  return process.platform === 'win32' ? ['cmd.exe', ['/d', '/c', 'code', ...args]] : ['code', args];
}
