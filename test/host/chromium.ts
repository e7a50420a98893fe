import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UserError } from '../../src/core/lib/errors.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome'];
const apple = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** A Chromium on this machine; Debian's is installed where that is missing and permitted. Throws a `UserError`. */
export function provideChromium(log: (line: string) => void): string {
  const found = findChromium();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    log('Installing chromium with apt-get …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env });
    spawnSync('apt-get', ['install', '-y', '-qq', 'chromium'], { stdio: 'ignore', env });
  }
  const installed = findChromium();
  if (installed !== undefined) return installed;
  throw new UserError(
    'The tests in a real VS Code need Chromium or Chrome on the PATH; install it, with Debian: apt-get install chromium.',
  );
}

function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const programs = names.flatMap(name => folders.map(folder => join(folder, name)));
  return [...programs, apple].find(existsSync);
}
