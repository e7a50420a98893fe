import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const built = join(root, 'dist', 'cli.cjs');

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the built command line as a process, with no terminal and no kubeconfig but what `env` says. */
export function driftline(
  args: string[],
  options: {
    cwd?: string;
    env?: Record<string, string>;
    timeoutMs?: number;
    /** Default: the one that was built here. */
    bundle?: string;
    /** Presses Ctrl-C when this resolves. */
    interruptWhen?: Promise<void>;
  } = {},
): Promise<Ran> {
  const bundle = options.bundle ?? built;
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing: run \`npm run build\` first`);
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [bundle, ...args], {
      cwd: options.cwd ?? root,
      env: {
        PATH: process.env.PATH,
        HOME: join(root, 'test', 'cli', 'no-home'),
        KUBECONFIG: join(root, 'test', 'cli', 'no-kubeconfig'),
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
    options.interruptWhen?.then(() => child.kill('SIGINT'));
    child.on('error', failed);
    child.on('close', status => {
      clearTimeout(timer);
      done({ status, stdout, stderr });
    });
  });
}
