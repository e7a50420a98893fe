import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { chmod, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeFrom, changeTo } from '../../../src/core/git/bring.ts';
import { changeBase } from '../../../src/core/git/remote.ts';
import { withChange } from '../../../src/core/git/with-change.ts';
import { commit, folderWith, git as run, write } from './folders.ts';
import {
  branchesOf,
  hook,
  onRemote,
  snapshotOf,
  temporaryWorktrees,
  type World,
  worldWith,
} from './world.ts';

const files = { 'a.yaml': 'a: 1', 'b/b.yaml': 'b: 1', 'c.yaml': 'c: 1' };

async function propose(world: World, paths: string[], branch = 'change') {
  const base = await changeBase(world.root);
  return withChange(
    world.root,
    { base, branch, message: 'a change' },
    changeFrom(world.root, paths),
  );
}

/** A checkout in which a person is in the middle of something. */
function busy(world: World): World {
  const { root, git } = world;
  write(root, 'stashed.yaml', 's: 1');
  git('add', 'stashed.yaml');
  git('-c', 'user.name=T', '-c', 'user.email=t@e', 'stash', 'push', '--quiet');
  write(root, 'a.yaml', 'a: 2');
  write(root, 'c.yaml', 'c: 2');
  git('add', 'c.yaml');
  write(root, 'c.yaml', 'c: 3');
  rmSync(join(root, 'b/b.yaml'));
  write(root, 'new/n.yaml', 'n: 1');
  return world;
}

describe('a change on a branch of its own', () => {
  it('has exactly the chosen files, and leaves the checkout byte for byte', async () => {
    const world = busy(worldWith(files));
    const before = snapshotOf(world.root);
    const base = run(world.remote, 'rev-parse', 'main');
    const made = await propose(world, ['a.yaml', 'b/b.yaml', 'new/n.yaml']);
    expect(made).toEqual({
      commit: expect.stringMatching(/^[0-9a-f]{40}$/),
      branch: 'change',
      pushedTo: 'origin/change',
    });
    expect(onRemote(world.remote, 'change')).toEqual({
      'a.yaml': 'a: 2',
      'c.yaml': 'c: 1',
      'new/n.yaml': 'n: 1',
    });
    expect(run(world.remote, 'log', '-1', '--format=%H %P %an %s', 'change')).toBe(
      `${made.commit} ${base} Pat a change`,
    );
    expect(snapshotOf(world.root)).toEqual(before);
    expect(branchesOf(world.root)).toEqual(['main']);
    expect(temporaryWorktrees()).toEqual([]);
    expect(world.git('worktree', 'list').split('\n')).toHaveLength(1);
  });

  it('runs hooks: what they refuse is not pushed, what they change is', async () => {
    const world = busy(worldWith(files));
    hook(world.root, 'post-checkout', 'echo changed > post-checkout-ran');
    hook(world.root, 'pre-commit', 'echo "no" >&2; exit 1');
    const before = snapshotOf(world.root);
    await expect(propose(world, ['a.yaml'])).rejects.toThrow('Nothing was committed: no.');
    expect(snapshotOf(world.root)).toEqual(before);
    expect(branchesOf(world.remote)).toEqual(['main']);
    hook(world.root, 'pre-commit', 'echo "a: formatted" > a.yaml; git add a.yaml');
    hook(world.root, 'pre-push', 'echo "not today" >&2; exit 1');
    await expect(propose(world, ['a.yaml'])).rejects.toThrow('Nothing was pushed: not today');
    expect(temporaryWorktrees()).toEqual([]);
    hook(world.root, 'pre-push', 'exit 0');
    await propose(world, ['a.yaml']);
    expect(onRemote(world.remote, 'change')).toEqual({ ...files, 'a.yaml': 'a: formatted' });
  });

  it('runs hooks that a tool made in the checkout', async () => {
    const world = busy(worldWith({ ...files, '.gitignore': '.tool' }));
    world.git('config', 'core.hooksPath', '.tool/hooks');
    write(world.root, '.tool/hooks/pre-commit', '#!/bin/sh\necho "the tool says no" >&2; exit 1\n');
    await chmod(join(world.root, '.tool/hooks/pre-commit'), 0o755);
    const before = snapshotOf(world.root);
    await expect(propose(world, ['a.yaml'])).rejects.toThrow(
      'Nothing was committed: the tool says no.',
    );
    expect(snapshotOf(world.root)).toEqual(before);
  });

  it('never moves a branch that the remote has', async () => {
    const world = busy(worldWith(files));
    world.git('push', '--quiet', 'origin', 'HEAD:refs/heads/change');
    const there = run(world.remote, 'rev-parse', 'change');
    await expect(propose(world, ['a.yaml'])).rejects.toThrow("The remote's change has commits");
    expect(run(world.remote, 'rev-parse', 'change')).toBe(there);
  });

  it('says that nothing would change', async () => {
    const world = worldWith(files);
    await expect(propose(world, ['a.yaml', 'not-there.yaml'])).rejects.toThrow(
      'Nothing would change',
    );
    expect(branchesOf(world.remote)).toEqual(['main']);
  });

  it('takes modes, links, odd names, ignored files, and what was a folder and is a file', async () => {
    const world = worldWith({
      ...files,
      'was/a/folder.yaml': '1',
      'was-file': '1',
      '.gitignore': 'secret*',
    });
    const { root } = world;
    rmSync(join(root, 'was'), { recursive: true });
    writeFileSync(join(root, 'was'), 'now a file');
    rmSync(join(root, 'was-file'));
    write(root, 'was-file/below.yaml', 'now a folder');
    write(root, 'run.sh', '#!/bin/sh');
    await chmod(join(root, 'run.sh'), 0o755);
    symlinkSync('a.yaml', join(root, 'link.yaml'));
    for (const name of ['*.yaml', ':(top)x', '-x']) write(root, name, 'odd');
    write(root, 'secret.yaml', 'ignored');
    await propose(world, [
      ...['was', 'was/a/folder.yaml', 'was-file', 'was-file/below.yaml', 'run.sh', 'link.yaml'],
      ...['*.yaml', ':(top)x', '-x', 'secret.yaml'],
    ]);
    expect(
      run(world.remote, 'ls-tree', '-r', '--format=%(objectmode) %(path)', 'change').split('\n'),
    ).toEqual([
      '100644 *.yaml',
      '100644 -x',
      '100644 .gitignore',
      '100644 :(top)x',
      '100644 a.yaml',
      '100644 b/b.yaml',
      '100644 c.yaml',
      '120000 link.yaml',
      '100755 run.sh',
      '100644 secret.yaml',
      '100644 was',
      '100644 was-file/below.yaml',
    ]);
  });

  it('never writes through a link that the base has', async () => {
    const outside = folderWith({ 'x.yaml': 'theirs' });
    const world = worldWith(files);
    symlinkSync(outside, join(world.root, 'away'));
    commit(world.root, 'a link');
    world.git('push', '--quiet', 'origin', 'main');
    rmSync(join(world.root, 'away'));
    mkdirSync(join(world.root, 'away'));
    write(world.root, 'away/x.yaml', 'mine');
    await propose(world, ['away/x.yaml', 'away/gone.yaml']);
    expect(await readFile(join(outside, 'x.yaml'), 'utf8')).toBe('theirs');
    expect(onRemote(world.remote, 'change')['away/x.yaml']).toBe('mine');
  });

  it('brings files as a commit has them, and deletes those that came later', async () => {
    const world = worldWith(files);
    const old = world.git('rev-parse', 'HEAD');
    write(world.root, 'a.yaml', 'a: 2');
    write(world.root, 'c.yaml', 'c: 2');
    write(world.root, 'later.yaml', 'l: 1');
    rmSync(join(world.root, 'b/b.yaml'));
    commit(world.root, 'second');
    world.git('push', '--quiet', 'origin', 'main');
    const before = snapshotOf(world.root);
    const base = await changeBase(world.root);
    const paths = ['a.yaml', 'b/b.yaml', 'later.yaml'];
    await withChange(world.root, { base, branch: 'back', message: 'back' }, changeTo(old, paths));
    expect(onRemote(world.remote, 'back')).toEqual({ ...files, 'c.yaml': 'c: 2' });
    expect(snapshotOf(world.root)).toEqual(before);
  });

  it('is a local branch where there is no remote', async () => {
    const world = busy(worldWith(files));
    world.git('remote', 'remove', 'origin');
    const made = await propose(world, ['a.yaml']);
    expect(made).toEqual({ commit: world.git('rev-parse', 'change'), branch: 'change' });
    expect(branchesOf(world.root)).toEqual(['change', 'main']);
    await expect(propose(world, ['a.yaml'])).rejects.toThrow('already exists');
  });

  it('works from a worktree of the user, and with a sparse checkout', async () => {
    const world = worldWith(files);
    const second = join(folderWith(), 'second');
    world.git('worktree', 'add', '--quiet', '-b', 'second', second);
    run(second, 'sparse-checkout', 'set', 'b');
    write(second, 'b/b.yaml', 'b: 2');
    const before = { first: snapshotOf(world.root), second: snapshotOf(second) };
    await propose({ ...world, root: second }, ['b/b.yaml']);
    expect(onRemote(world.remote, 'change')).toEqual({ ...files, 'b/b.yaml': 'b: 2' });
    expect({ first: snapshotOf(world.root), second: snapshotOf(second) }).toEqual(before);
    expect(world.git('worktree', 'list').split('\n')).toHaveLength(2);
  });
});

describe('what a killed run leaves', () => {
  it("is taken away by the next run; a running one's and others' is not", async () => {
    const world = busy(worldWith(files));
    await propose(world, ['a.yaml'], 'first');
    const machine = await nameOfOwnFolder(world);
    const dead = `driftline-${machine}-4194305-abcdef`;
    const alive = `driftline-${machine}-${process.pid}-abcdef`;
    const elsewhere = `driftline-00000000-4194305-abcdef`;
    const theirs = 'driftline-of-pat';
    const folders = [dead, alive, elsewhere, theirs].map(name => join(tmpdir(), name));
    try {
      for (const folder of folders) world.git('worktree', 'add', '--quiet', '--detach', folder);
      mkdirSync(join(world.root, '.git/worktrees', `driftline-${machine}-4194306-abcdef`));
      await propose(world, ['a.yaml'], 'second');
      expect(folders.map(folder => existsSync(folder))).toEqual([false, true, true, true]);
      const listed = world.git('worktree', 'list', '--porcelain');
      expect(listed).not.toContain(dead);
      expect(listed).toContain(alive);
      expect(
        existsSync(join(world.root, '.git/worktrees', `driftline-${machine}-4194306-abcdef`)),
      ).toBe(false);
    } finally {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    }
  });
});

async function nameOfOwnFolder(world: World): Promise<string> {
  const base = await changeBase(world.root);
  let name = '';
  const look = async (folder: string) => {
    name = folder;
    throw new Error('seen');
  };
  const change = { base, branch: 'x', message: 'x' };
  await expect(withChange(world.root, change, look)).rejects.toThrow('seen');
  return /driftline-([0-9a-f]{8})-/.exec(name)?.[1] ?? '';
}
