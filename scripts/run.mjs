// The way into every script: runs on the Node that is there, installs what is missing, then goes on
// under the Node that the project pins (npm package `node`).
//
//   node scripts/run.mjs NAME [ARG ...]   runs scripts/NAME.ts
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const bin = join(root, 'node_modules', '.bin');
const stamp = join(root, 'node_modules', '.driftline-installed');

install();
const [name, ...args] = process.argv.slice(2);
const child = spawn(join(bin, 'node'), [join(root, 'scripts', `${name}.ts`), ...args], {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
});
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
process.on('SIGINT', () => {});

function install() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('Installing packages (about 20 s the first time) …\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // Not `npm ci`: it refuses a lock file without entries for packages of other platforms that the
  // registry in use does not hold. The versions are the lock file's all the same.
  const { status } = spawnSync(npm, ['install', '--no-save', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    process.stderr.write(
      'npm install failed; its message stands above. Mend that, then run this again.\n',
    );
    process.exit(2);
  }
  writeFileSync(stamp, lock);
}
