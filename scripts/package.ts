import { existsSync, readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { listFiles, PackageManager } from '@vscode/vsce';
import { UserError } from '../src/core/lib/errors.ts';
import { buildBundles } from './build.ts';
import { buildPrograms, type Platform } from './build-upstream.ts';
import { run } from './lib/run.ts';

const root = resolve(import.meta.dirname, '..');
/** Megabytes; people download it over all kinds of lines. */
const limit = 40;

/** The platforms as VS Code names them. Our programs need no C library: Alpine's are Linux's. */
const targets: Record<string, Platform> = {
  'linux-x64': { os: 'linux', arch: 'x64' },
  'linux-arm64': { os: 'linux', arch: 'arm64' },
  'alpine-x64': { os: 'linux', arch: 'x64' },
  'alpine-arm64': { os: 'linux', arch: 'arm64' },
  'darwin-x64': { os: 'darwin', arch: 'x64' },
  'darwin-arm64': { os: 'darwin', arch: 'arm64' },
  'win32-x64': { os: 'win32', arch: 'x64' },
  'win32-arm64': { os: 'win32', arch: 'arm64' },
};

/**
 * Makes `driftline-<target>-<version>.vsix` in a folder, with the bundles and with the Go programs for that platform,
 * and answers its path. Throws a `UserError` where it cannot, or where it became too large.
 */
export async function packageExtension(
  into: string,
  target = targetHere(),
  log: (line: string) => void = toStderr,
): Promise<string> {
  const platform = targets[target];
  if (platform === undefined)
    throw new UserError(
      `There is no Driftline for ${target}; there is one for ${Object.keys(targets).join(', ')}.`,
    );
  await buildBundles();
  const programs = await buildPrograms(log, platform);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const file = join(into, `driftline-${target}-${version}.vsix`);
  const folder = await mkdtemp(join(tmpdir(), 'driftline-package-'));
  try {
    await fill(folder, programs);
    await packFolder(folder, file, ['--target', target]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const megabytes = ((await stat(file)).size / 1e6).toFixed(1);
  log(`${file}: ${megabytes} MB`);
  if (Number(megabytes) <= limit) return file;
  throw new UserError(
    `${basename(file)} is ${megabytes} MB, more than the ${limit} MB that it may be; look in it for what need not be there.`,
  );
}

/** What VS Code calls the platform that this runs on. */
function targetHere(): string {
  const system = existsSync('/etc/alpine-release') ? 'alpine' : process.platform;
  return `${system}-${process.arch}`;
}

/** The files that `.vscodeignore` allows, with the platform's programs in place of this one's. */
async function fill(folder: string, programs: string[]): Promise<void> {
  const listed = await listFiles({ cwd: root, packageManager: PackageManager.None });
  const files = listed.filter(path => !path.startsWith('dist/bin/'));
  for (const path of [...files, '.vscodeignore']) await put(join(root, path), join(folder, path));
  for (const program of programs) {
    const copy = join(folder, 'dist', 'bin', basename(program));
    await put(program, copy);
    await chmod(copy, 0o755);
  }
}

async function put(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}

/** Packs a folder as it is into a `.vsix`. */
export async function packFolder(folder: string, file: string, options: string[]): Promise<void> {
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const args = ['package', '--no-dependencies', '--out', file, ...options];
  // There is no public repository for the README's pictures to be taken from.
  const links = ['--allow-missing-repository', '--no-rewrite-relative-links'];
  const { status, output, error } = await run(process.execPath, [vsce, ...args, ...links], {
    cwd: folder,
  });
  if (status !== 0)
    throw new UserError(`The extension could not be packaged; vsce says:\n${error || output}`);
}

function toStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** `npm run package`: for this platform, with `-- --all` for all eight. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { all: { type: 'boolean' } } });
  for (const target of values.all ? Object.keys(targets) : [targetHere()])
    await packageExtension(join(root, 'dist'), target);
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    toStderr(error.message);
    process.exitCode = 2;
  }
}
