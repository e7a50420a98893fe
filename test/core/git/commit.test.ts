import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changedInWorkingTree } from '../../../src/core/git/changes.ts';
import { commitPaths } from '../../../src/core/git/commit.ts';
import { folderWith, write } from './folders.ts';
import { hook, snapshotOf, worldWith } from './world.ts';

const files = { 'a.yaml': 'a: 1\n', 'b.yaml': 'b: 1\n', 'c.yaml': 'c: 1\n' };

describe('changed files', () => {
  it('says of each what happened to it', async () => {
    const { root, git } = worldWith({ ...files, 'd.yaml': 'd: 1\n', '.gitignore': 'ignored\n' });
    write(root, 'a.yaml', 'a: 2\n');
    rmSync(join(root, 'b.yaml'));
    git('rm', '--quiet', 'c.yaml');
    write(root, 'new folder/ü.yaml', 'x: 1\n');
    write(root, 'added.yaml', 'x: 1\n');
    write(root, 'ignored', '');
    git('add', 'added.yaml');
    git('rm', '--quiet', '--cached', 'd.yaml');
    expect(await changedInWorkingTree(root)).toEqual([
      { path: 'a.yaml', change: 'modified' },
      { path: 'added.yaml', change: 'added' },
      { path: 'b.yaml', change: 'deleted' },
      { path: 'c.yaml', change: 'deleted' },
      { path: 'd.yaml', change: 'modified' },
      { path: 'new folder/ü.yaml', change: 'untracked' },
    ]);
  });

  it('leaves the index untouched', async () => {
    const { root } = worldWith(files);
    write(root, 'a.yaml', 'a: 1\n');
    const before = snapshotOf(root);
    expect(await changedInWorkingTree(root)).toEqual([]);
    expect(snapshotOf(root)).toEqual(before);
  });
});

describe('committing chosen files', () => {
  it('commits them as they are on disk, and leaves what else is staged as it was', async () => {
    const { root, git } = worldWith(files);
    write(root, 'a.yaml', 'a: 2\n');
    git('add', 'a.yaml');
    write(root, 'a.yaml', 'a: 3\n');
    write(root, 'b.yaml', 'b: 2\n');
    git('add', 'b.yaml');
    write(root, 'b.yaml', 'b: 3\n');
    rmSync(join(root, 'c.yaml'));
    write(root, 'new.yaml', 'new: 1\n');
    write(root, 'other.yaml', 'other: 1\n');
    const commit = await commitPaths(root, {
      paths: ['a.yaml', 'c.yaml', 'new.yaml'],
      message: 'production: change a\n\n# not a comment',
    });
    expect(git('rev-parse', 'HEAD')).toBe(commit);
    expect(git('log', '-1', '--format=%an %B')).toBe('Pat production: change a\n\n# not a comment');
    expect(git('show', '--name-status', '--format=', 'HEAD').split('\n')).toEqual([
      'M\ta.yaml',
      'D\tc.yaml',
      'A\tnew.yaml',
    ]);
    expect(git('show', 'HEAD:a.yaml')).toBe('a: 3');
    expect(git('show', ':b.yaml')).toBe('b: 2');
    expect(git('status', '--porcelain').split('\n')).toEqual(['MM b.yaml', '?? other.yaml']);
  });

  it('takes names literally', async () => {
    const { root, git } = worldWith(files);
    for (const name of ['*.yaml', ':(glob)**', '-x', 'one two']) write(root, name, 'x: 1\n');
    write(root, 'a.yaml', 'a: 2\n');
    await commitPaths(root, { paths: ['*.yaml', ':(glob)**', '-x', 'one two'], message: '-m' });
    expect(git('show', '--name-only', '--format=%s', 'HEAD').split('\n')).toEqual([
      '-m',
      '',
      '*.yaml',
      '-x',
      ':(glob)**',
      'one two',
    ]);
    expect(git('status', '--porcelain')).toBe('M a.yaml');
  });

  it.each([
    ['a hook', 'exit 1'],
    ['a hook that says why', 'echo "replicas are too many" >&2; exit 1'],
    ['a hook that stages things and fails', 'git add -A; exit 1'],
  ])('leaves everything as it was when %s refuses', async (_, script) => {
    const { root, git } = worldWith(files);
    write(root, 'a.yaml', 'a: 2\n');
    write(root, 'b.yaml', 'b: 2\n');
    git('add', 'b.yaml');
    write(root, 'new.yaml', 'new: 1\n');
    hook(root, 'pre-commit', script);
    const before = snapshotOf(root);
    const paths = ['a.yaml', 'new.yaml'];
    await expect(commitPaths(root, { paths, message: 'm' })).rejects.toThrow(
      'Nothing was committed: ',
    );
    expect(snapshotOf(root)).toEqual(before);
  });

  it('says what the hook said', async () => {
    const { root } = worldWith(files);
    write(root, 'a.yaml', 'a: 2\n');
    hook(root, 'pre-commit', 'echo "replicas are too many" >&2; exit 1');
    await expect(commitPaths(root, { paths: ['a.yaml'], message: 'm' })).rejects.toThrow(
      'Nothing was committed: replicas are too many.',
    );
  });

  it('lets a hook change what is committed', async () => {
    const { root, git } = worldWith(files);
    write(root, 'a.yaml', 'a: 2\n');
    write(root, 'b.yaml', 'b: 2\n');
    hook(root, 'pre-commit', 'echo "a: formatted" > a.yaml; git add a.yaml');
    hook(root, 'commit-msg', 'echo "Checked-by: hook" >> "$1"');
    await commitPaths(root, { paths: ['a.yaml'], message: 'm\n' });
    expect(git('show', 'HEAD:a.yaml')).toBe('a: formatted');
    expect(git('log', '-1', '--format=%B')).toContain('Checked-by: hook');
    expect(git('diff', '--name-only', 'HEAD')).toBe('b.yaml');
  });

  it('signs as the user signs, and commits nothing when that fails', async () => {
    const bin = folderWith({
      gpg: '#!/bin/sh\ncat > /dev/null\nprintf "\\n[GNUPG:] SIG_CREATED \\n" >&2\nprintf -- "-----BEGIN PGP SIGNATURE-----\\nfake\\n-----END PGP SIGNATURE-----\\n"\n',
      refuses: '#!/bin/sh\necho "no secret key" >&2\nexit 2\n',
    });
    for (const name of ['gpg', 'refuses']) chmodSync(join(bin, name), 0o755);
    const signing = (program: string) =>
      `[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = ${join(bin, program)}\n`;
    const signed = worldWith(files, signing('gpg'));
    write(signed.root, 'a.yaml', 'a: 2\n');
    await commitPaths(signed.root, { paths: ['a.yaml'], message: 'm' });
    expect(signed.git('cat-file', 'commit', 'HEAD')).toContain(
      'gpgsig -----BEGIN PGP SIGNATURE-----',
    );

    const refused = worldWith(files, signing('refuses'));
    write(refused.root, 'a.yaml', 'a: 2\n');
    write(refused.root, 'new.yaml', 'n: 2\n');
    const before = snapshotOf(refused.root);
    await expect(
      commitPaths(refused.root, { paths: ['a.yaml', 'new.yaml'], message: 'm' }),
    ).rejects.toThrow(/Nothing was committed: gpg failed to sign the data/);
    // git keeps the message of a commit that failed, for the next try.
    expect({ ...snapshotOf(refused.root), '.git/COMMIT_EDITMSG': '' }).toEqual({
      ...before,
      '.git/COMMIT_EDITMSG': '',
    });
  });

  it('refuses what is not changed, an empty choice and an empty message', async () => {
    const { root } = worldWith(files);
    write(root, 'a.yaml', 'a: 2\n');
    const before = snapshotOf(root);
    const refusal = (paths: string[], message = 'm') =>
      expect(commitPaths(root, { paths, message })).rejects;
    await refusal(['b.yaml']).toThrow('b.yaml is as it was committed');
    await refusal(['a.yaml', '.']).toThrow('. is as it was committed');
    await refusal([]).toThrow('No file was chosen');
    await refusal(['a.yaml'], ' \n').toThrow('The commit has no message');
    expect(snapshotOf(root)).toEqual(before);
  });

  it('ends a hook that does not end, when the signal says so, and puts the index back', async () => {
    const { root } = worldWith(files);
    write(root, 'new.yaml', 'a: 2\n');
    hook(root, 'pre-commit', 'echo started > "$HOME/started"; sleep 60');
    const before = snapshotOf(root);
    const stop = new AbortController();
    const started = Date.now();
    const committing = commitPaths(root, {
      paths: ['new.yaml'],
      message: 'm',
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(), 400);
    await expect(committing).rejects.toThrow('abort');
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(snapshotOf(root)).toEqual(before);
    expect(readFileSync(join(process.env.HOME ?? '', 'started'), 'utf8')).toBe('started\n');
  });

  it('makes the first commit of a repository', async () => {
    const { root, git } = worldWith(files);
    git('checkout', '--quiet', '--orphan', 'empty');
    git('rm', '-r', '--quiet', '--cached', '.');
    await commitPaths(root, { paths: ['b.yaml'], message: 'm' });
    expect(git('ls-tree', '--name-only', 'HEAD')).toBe('b.yaml');
  });
});
