import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { history } from '../../../src/core/git/history.ts';
import { push, pushTarget } from '../../../src/core/git/push.ts';
import { changeBase, chooseRemote, freeBranch } from '../../../src/core/git/remote.ts';
import { commit, folderWith, git as run, write } from './folders.ts';
import { branchesOf, hook, snapshotOf, worldWith } from './world.ts';

const files = { 'a.yaml': 'a: 1\n' };

/** Somebody else changes the branch on the remote. */
function colleague(remote: string, path = 'theirs.yaml'): string {
  const theirs = folderWith();
  run(theirs, 'clone', '--quiet', remote, '.');
  write(theirs, path, 'theirs: 1\n');
  const made = commit(theirs, 'theirs');
  run(theirs, 'push', '--quiet', 'origin', 'HEAD');
  return made;
}

describe('pushing', () => {
  it('pushes the checked-out branch to what it tracks, and nothing else', async () => {
    const { root, remote, git } = worldWith(files);
    git('config', 'push.default', 'matching');
    git('config', 'push.followTags', 'true');
    git('branch', 'other');
    git('tag', '-a', 'v1', '-m', 'v1');
    git('branch', '--set-upstream-to=origin/main');
    commit(root, 'second');
    expect(await pushTarget(root)).toEqual({
      branch: 'main',
      remote: 'origin',
      to: 'main',
      isNew: false,
    });
    expect(await push(root)).toBe('origin/main');
    expect(run(remote, 'rev-parse', 'main')).toBe(git('rev-parse', 'HEAD'));
    expect(branchesOf(remote)).toEqual(['main']);
    expect(run(remote, 'tag')).toBe('');
  });

  it('makes a new branch track the remote one', async () => {
    const { root, remote, git } = worldWith(files);
    git('checkout', '--quiet', '-b', 'fix/a');
    expect(await push(root)).toBe('origin/fix/a');
    expect(branchesOf(remote)).toEqual(['fix/a', 'main']);
    expect(git('rev-parse', '--abbrev-ref', '@{upstream}')).toBe('origin/fix/a');
  });

  it('follows an upstream of another name, and the remote the user pushes to', async () => {
    const { root, remote, git } = worldWith(files);
    git('checkout', '--quiet', '-b', 'mine', '--track', 'origin/main');
    commit(root, 'second');
    expect(await push(root)).toBe('origin/main');
    const fork = folderWith();
    run(fork, 'init', '--quiet', '--bare');
    git('remote', 'add', 'fork', fork);
    git('config', 'remote.pushDefault', 'fork');
    expect(await push(root)).toBe('fork/mine');
    expect(branchesOf(remote)).toEqual(['main']);
    expect(git('rev-parse', '--abbrev-ref', '@{upstream}')).toBe('origin/main');
  });

  it('says in a sentence what is in the way', async () => {
    const { root, remote, git } = worldWith(files);
    colleague(remote);
    commit(root, 'second');
    await expect(push(root)).rejects.toThrow(
      "The remote's main has commits that are not here, so nothing was pushed; pull first, then push.",
    );
    git('pull', '--quiet', '--rebase');
    hook(root, 'pre-push', 'echo "not on fridays" >&2; exit 1');
    await expect(push(root)).rejects.toThrow(/^Nothing was pushed: not on fridays/);
    hook(root, 'pre-push', 'exit 0');
    write(remote, 'hooks/pre-receive', '#!/bin/sh\necho "main is protected"\nexit 1\n');
    run(remote, 'config', 'core.hooksPath', `${remote}/hooks`);
    chmodSync(`${remote}/hooks/pre-receive`, 0o755);
    await expect(push(root)).rejects.toThrow(
      /^The remote refused main: pre-receive hook declined\..*main is protected/,
    );
    git('remote', 'set-url', 'origin', 'https://pat:hunter2@localhost:9/none.git');
    await expect(push(root)).rejects.toThrow(/^Nothing was pushed: (?!.*hunter2)/);
    git('checkout', '--quiet', '--detach');
    await expect(push(root)).rejects.toThrow('no branch is checked out');
  });
});

describe('where a change goes', () => {
  it('is the newest commit of the tracked branch, got without changing a ref', async () => {
    const { root, remote, git } = worldWith(files);
    const newest = colleague(remote);
    git('fetch', '--quiet', '--dry-run');
    const before = { ...snapshotOf(root), refs: git('for-each-ref') };
    expect(await changeBase(root)).toEqual({
      remote: { name: 'origin', url: remote },
      branch: 'main',
      commit: newest,
    });
    expect({ ...snapshotOf(root), refs: git('for-each-ref') }).toEqual(before);
    expect(git('cat-file', '-t', newest)).toBe('commit');
  });

  it("is the remote's default branch where none is tracked", async () => {
    const { root, remote, git } = worldWith(files);
    git('checkout', '--quiet', '-b', 'fix');
    commit(root, 'mine');
    expect(await changeBase(root)).toMatchObject({
      branch: 'main',
      commit: run(remote, 'rev-parse', 'main'),
    });
    git('checkout', '--quiet', '--detach');
    expect(await changeBase(root)).toMatchObject({ branch: 'main' });
  });

  it('is the checked-out branch without a remote', async () => {
    const { root, git } = worldWith(files);
    git('remote', 'remove', 'origin');
    expect(await changeBase(root)).toEqual({ branch: 'main', commit: git('rev-parse', 'HEAD') });
    git('checkout', '--quiet', '--detach');
    await expect(changeBase(root)).rejects.toThrow('No branch is checked out');
  });

  it('names the remote: tracked, else origin, else the only one', async () => {
    const { root, git } = worldWith(files);
    git('remote', 'add', 'other', 'git@example.com:a/b.git');
    expect(await chooseRemote(root)).toMatchObject({ name: 'origin' });
    git('config', 'branch.main.remote', 'other');
    git('config', 'remote.other.pushurl', 'git@example.com:push/b.git');
    expect(await chooseRemote(root)).toEqual({ name: 'other', url: 'git@example.com:push/b.git' });
    git('config', '--unset', 'branch.main.remote');
    git('remote', 'rename', 'origin', 'third');
    await expect(chooseRemote(root)).rejects.toThrow('has the remotes other, third');
    git('remote', 'remove', 'other');
    expect(await chooseRemote(root)).toMatchObject({ name: 'third' });
  });

  it('finds a name that is free', async () => {
    const { root, git } = worldWith(files);
    const remote = await chooseRemote(root);
    expect(await freeBranch(root, remote, 'driftline/x')).toBe('driftline/x');
    git(
      'push',
      '--quiet',
      'origin',
      'HEAD:refs/heads/driftline/x',
      'HEAD:refs/heads/driftline/x-2',
    );
    expect(await freeBranch(root, remote, 'driftline/x')).toBe('driftline/x-3');
    expect(await freeBranch(root, undefined, 'main')).toBe('main-2');
  });
});

describe('history', () => {
  it('lists the commits that changed the paths, merges instead of what they merged', async () => {
    const { root, git } = worldWith({ 'a/x.yaml': '1', 'b/x.yaml': '1', ':(glob)**': '1' });
    write(root, 'a/x.yaml', '2');
    const second = commit(root, 'change a');
    write(root, 'b/x.yaml', '2');
    commit(root, 'change b');
    git('checkout', '--quiet', '-b', 'side');
    write(root, 'a/x.yaml', '3');
    commit(root, 'on the side');
    git('checkout', '--quiet', 'main');
    git(
      '-c',
      'user.name=Test',
      '-c',
      'user.email=t@e',
      'merge',
      '--quiet',
      '--no-ff',
      '-m',
      'merge side',
      'side',
    );
    const subjects = async (paths: string[], limit = 10) =>
      (await history(root, paths, { limit })).map(({ subject }) => subject);
    expect(await subjects(['a'])).toEqual(['merge side', 'change a', 'first']);
    expect(await subjects(['a', 'b'], 2)).toEqual(['merge side', 'change b']);
    expect(await subjects([':(glob)**'])).toEqual(['first']);
    const [found] = await history(root, ['a'], { limit: 1, from: ['HEAD~1'] });
    expect(found).toMatchObject({ id: second, subject: 'change a', author: 'Test' });
    expect(found?.date).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('starts no program that the folder names', async () => {
    const { root, git } = worldWith(files);
    git('config', 'log.showSignature', 'true');
    git('config', 'gpg.program', '/bin/false');
    expect(await history(root, ['a.yaml'], { limit: 1 })).toHaveLength(1);
  });
});
