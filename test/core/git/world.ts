import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { vi } from 'vitest';
import { commit, folderWith, git, write } from './folders.ts';

/** A person's machine: their git configuration, a repository and the bare remote `origin` that it tracks. */
export interface World {
  root: string;
  remote: string;
  /** Runs git as that person, outside of Driftline. */
  git(...args: string[]): string;
}

export function worldWith(files: Record<string, string>, config = ''): World {
  const home = folderWith({
    gitconfig: `[user]\n\tname = Pat\n\temail = pat@example.com\n[init]\n\tdefaultBranch = main\n${config}`,
  });
  vi.stubEnv('GIT_CONFIG_GLOBAL', join(home, 'gitconfig'));
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
  vi.stubEnv('HOME', home);
  const remote = folderWith();
  git(remote, 'init', '--quiet', '--bare', '--initial-branch=main');
  const root = folderWith(files);
  git(root, 'init', '--quiet', '--initial-branch=main');
  git(root, 'remote', 'add', 'origin', remote);
  commit(root, 'first');
  git(root, 'push', '--quiet', '-u', 'origin', 'main');
  return { root, remote, git: (...args) => git(root, ...args) };
}

/** A hook of the repository, as a shell script. */
export function hook(root: string, name: string, script: string): void {
  write(root, `.git/hooks/${name}`, `#!/bin/sh\n${script}\n`);
  chmodSync(join(root, '.git', 'hooks', name), 0o755);
}

/** What the remote's branch holds, path by path. */
export function onRemote(remote: string, branch: string): Record<string, string> {
  const paths = git(remote, 'ls-tree', '-r', '--name-only', branch).split('\n');
  return Object.fromEntries(paths.map(path => [path, git(remote, 'show', `${branch}:${path}`)]));
}

export function branchesOf(root: string): string[] {
  return git(root, 'branch', '--list', '--format=%(refname:short)').split('\n').filter(Boolean);
}

/** Names of temporary worktrees of this process that exist now. */
export function temporaryWorktrees(): string[] {
  return readdirSync(tmpdir()).filter(name => name.includes(`-${process.pid}-`));
}

/**
 * Everything a person has in a checkout, byte for byte, files of `.git` included. Left out is what git itself only
 * ever adds to: objects; and what belongs to no checkout of theirs: remote-tracking refs and their logs, and
 * records of our own temporary worktrees.
 */
export function snapshotOf(root: string): Record<string, string> {
  const ours = /^\.git\/(objects\/|refs\/remotes\/|logs\/refs\/remotes\/|worktrees\/driftline-)/;
  const entries = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name))
    .map(path => ({ path, name: relative(root, path) }))
    .filter(({ name }) => !ours.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(
    entries.map(({ path, name }) => {
      const stat = lstatSync(path);
      const content = stat.isSymbolicLink() ? readlinkSync(path) : readFileSync(path);
      return [name, `${stat.mode} ${createHash('sha256').update(content).digest('hex')}`];
    }),
  );
}
