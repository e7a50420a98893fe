import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { UserError } from '../../../src/core/lib/errors.ts';
import { userCache } from '../../../src/core/lib/user-cache.ts';
import { fillFolder } from '../atomic.ts';
import { run } from '../run.ts';

/** A VS Code that runs as a server and shows its workbench in a browser: the npm package `code-server`. */
export interface VsCodeRelease {
  /** Version of the npm package. */
  package: string;
  /** The VS Code in it. */
  version: string;
  /** Major version of Node that its native parts are made for. */
  node: number;
  /** Native modules that are compiled; the others carry programs for each platform, or are not needed. */
  compiled: readonly string[];
}

/** The newest VS Code, and the oldest that `engines.vscode` admits. */
export const releases = {
  newest: {
    package: '4.139.1',
    version: '1.139.1',
    node: 24,
    compiled: ['@vscode/spdlog', '@vscode/native-watchdog'],
  },
  oldest: {
    package: '4.106.3',
    version: '1.106.3',
    node: 22,
    compiled: ['@vscode/spdlog', 'native-watchdog', 'node-pty'],
  },
} as const satisfies Record<string, VsCodeRelease>;

/** What is needed to start one. */
export interface InstalledVsCode {
  release: VsCodeRelease;
  node: string;
  /** The script that Node runs. */
  server: string;
}

/** The program that searches files (`workspaceContains:` needs it); 1.106 would download it elsewhere. */
const ripgrep = '@vscode/ripgrep-universal@1.18.0';

/**
 * Installs a release from npm into the user's cache if it is not there, about a minute. Throws a `UserError`
 * where that is not possible: on Windows, without a C++ compiler, without the registry.
 */
export async function installVsCode(
  release: VsCodeRelease,
  log: (line: string) => void,
): Promise<InstalledVsCode> {
  if (process.platform === 'win32')
    throw new UserError(
      'VS Code in a browser does not run on Windows itself; install VS Code so that `code` is on the PATH, or use WSL.',
    );
  const runtime = `node-${process.platform}-${process.arch}`;
  const name = `${release.package}-${process.platform}-${process.arch}`;
  const folder = join(userCache(), 'vscode', name);
  if (!existsSync(folder)) {
    log(`Installing VS Code ${release.version} from npm (about a minute, then kept) …`);
    await mkdir(join(folder, '..'), { recursive: true });
    await fillFolder(folder, into => fill(into, release, runtime));
  }
  return {
    release,
    node: join(folder, 'node_modules', runtime, 'bin', 'node'),
    server: join(inside(folder), 'out', 'server-main.js'),
  };
}

async function fill(into: string, release: VsCodeRelease, runtime: string): Promise<void> {
  await writeFile(join(into, 'package.json'), '{"private":true}');
  await npm(into, [
    ...['install', '--ignore-scripts', `${runtime}@${release.node}`],
    ...[`code-server@${release.package}`, ripgrep],
  ]);
  const vscode = inside(into);
  await withoutGitDependency(vscode);
  const node = join(into, 'node_modules', runtime);
  await npm(vscode, ['install', '--omit=dev', '--ignore-scripts'], node);
  await npm(vscode, ['rebuild', ...release.compiled], node);
  await placeRipgrep(into, vscode);
}

function inside(folder: string): string {
  return join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
}

/** npm under the Node, and with the headers, that the release is for. */
async function npm(cwd: string, args: string[], node?: string): Promise<void> {
  const env = { ...process.env };
  if (node !== undefined) {
    env.PATH = `${join(node, 'bin')}${delimiter}${process.env.PATH}`;
    env.npm_config_nodedir = node;
  }
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = await run('npm', [...args, ...quiet], { cwd, env });
  if (status !== 0)
    throw new UserError(
      `VS Code could not be installed from npm; this needs the npm registry, a C++ compiler, make and Python. \`npm ${args[0]}\` says:\n${error.trim()}`,
    );
}

/** 1.106 takes its file watcher from GitHub, at the commit that became 2.5.6 in the registry. */
async function withoutGitDependency(vscode: string): Promise<void> {
  const watcher = '@parcel/watcher';
  interface Manifest {
    dependencies: Record<string, string>;
  }
  const manifest = await readJson<Manifest>(join(vscode, 'package.json'));
  if (!manifest.dependencies[watcher]?.includes('#')) return;
  manifest.dependencies[watcher] = '2.5.6';
  await writeFile(join(vscode, 'package.json'), JSON.stringify(manifest));
  const locked = join(vscode, 'npm-shrinkwrap.json');
  const lock = await readJson<{ packages: Record<string, Manifest> }>(locked);
  const own = lock.packages[''];
  if (own !== undefined) own.dependencies[watcher] = '2.5.6';
  delete lock.packages[`node_modules/${watcher}`];
  await writeFile(locked, JSON.stringify(lock));
}

/** Newer releases hold the program themselves. */
async function placeRipgrep(folder: string, vscode: string): Promise<void> {
  const module = join(vscode, 'node_modules', '@vscode', 'ripgrep');
  if (!existsSync(module)) return;
  const platform = `${process.platform}-${process.arch}`;
  const universal = join(folder, 'node_modules', '@vscode', 'ripgrep-universal');
  const program = join(module, 'bin', 'rg');
  await mkdir(join(module, 'bin'), { recursive: true });
  await copyFile(join(universal, 'bin', platform, 'rg'), program);
  await chmod(program, 0o755);
}

async function readJson<Shape>(file: string): Promise<Shape> {
  return JSON.parse(await readFile(file, 'utf8')) as Shape;
}
