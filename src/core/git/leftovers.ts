import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, realpath, rm, rmdir } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

// A temporary worktree leaves two traces: its folder, and git's record of it below `.git/worktrees`, both under a
// name that says whose it is: `driftline-<machine>-<process>-<random>`. A run that was killed leaves them for the
// next one. Others' are never touched, nor those of a process that still runs.

/**
 * A new folder for a temporary worktree or index, outside of every repository, readable for its owner only. Those
 * that killed runs left are taken away.
 */
export async function temporaryFolder(): Promise<string> {
  for (const name of (await namesIn(tmpdir())).filter(isLeftover))
    await removeFolder(join(tmpdir(), name)).catch(() => {});
  return mkdtemp(join(await realpath(tmpdir()), `${prefix}${machine()}-${process.pid}-`));
}

/** Takes a temporary worktree away: folder and record. `common` is the repository's own `.git` folder. */
export async function removeWorktree(folder: string, common: string): Promise<void> {
  await removeFolder(folder);
  await removeRecord(common, basename(folder));
}

/** Takes away what killed runs on this machine left of worktrees of the repository. */
export async function removeLeftovers(common: string): Promise<void> {
  for (const name of (await namesIn(join(common, 'worktrees'))).filter(isLeftover)) {
    const folder = await folderOf(common, name);
    if (folder !== undefined) await removeFolder(folder);
    await removeRecord(common, name);
  }
}

const prefix = 'driftline-';

/** Process ids mean nothing on another machine, or in another container, that shares the repository's disk. */
function machine(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}

function isLeftover(name: string): boolean {
  const [, from, id] = /^driftline-([0-9a-f]{8})-(\d+)-\w{6}$/.exec(name) ?? [];
  return from === machine() && !isRunning(Number(id));
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** Where a record says that its worktree is; undefined unless that is a folder of our making. */
async function folderOf(common: string, name: string): Promise<string | undefined> {
  const text = await readFile(join(common, 'worktrees', name, 'gitdir'), 'utf8').catch(() => '');
  const folder = dirname(text.trim());
  return basename(folder) === name ? folder : undefined;
}

async function removeRecord(common: string, name: string): Promise<void> {
  const worktrees = join(common, 'worktrees');
  await removeFolder(join(worktrees, name));
  // As git does when the last one goes; with others in it, it stays.
  await rmdir(worktrees).catch(() => {});
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
