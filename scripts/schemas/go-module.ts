import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

interface Module {
  module: string;
  version: string;
}

// Modules may ask for a newer Go than the one that is installed; the command then fetches that.
const env = { ...process.env, GOTOOLCHAIN: 'auto', GOFLAGS: '-mod=mod' };

/** Folder of a Go module in the module cache, fetched where it is not there. */
export function goModule({ module, version }: Module): string {
  const answer = runGo('go', ['mod', 'download', '-json', `${module}@${version}`]);
  return (JSON.parse(answer) as { Dir: string }).Dir;
}

/** Builds a program of a Go module into `folder`; gives its path. */
export function goInstall({ module, version }: Module, path: string, folder: string): string {
  const args = ['install', `${module}/${path}@${version}`];
  execFileSync('go', args, { env: { ...env, GOBIN: folder }, stdio: 'inherit' });
  return join(folder, path.slice(path.lastIndexOf('/') + 1));
}

/** Runs a Go program in a folder; gives what it prints. */
export function runGo(program: string, args: string[], cwd?: string): string {
  return execFileSync(program, args, { env, cwd, encoding: 'utf8' });
}
