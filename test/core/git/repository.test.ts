import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  changedFiles,
  currentBranch,
  findRoot,
  headRevision,
  openRepository,
  remoteUrls,
} from '../../../src/core/git/repository.ts';
import { UserError } from '../../../src/core/lib/errors.ts';
import type { Repository } from '../../../src/core/model/repository.ts';
import { commit, folderWith, git, link, repositoryWith, write } from './folders.ts';

async function textOf(repository: Repository, file: string): Promise<string> {
  return new TextDecoder().decode(await repository.read(file));
}

afterEach(() => vi.unstubAllEnvs());

describe('a working tree', () => {
  it('has what git tracks or does not ignore, and the text on disk', async () => {
    const root = repositoryWith({
      'a.yaml': 'a: 1',
      'b/ü c.yaml': 'b: 1',
      '.gitignore': 'out/\n*.log\n',
      'gone.yaml': '',
    });
    write(root, 'a.yaml', 'a: 2');
    write(root, 'new.yaml', 'n: 1');
    write(root, 'out/x.yaml', '');
    write(root, 'y.log', '');
    rmSync(join(root, 'gone.yaml'));
    const repository = await openRepository(root);
    expect(repository).toMatchObject({ root, revision: 'working tree', left: [] });
    expect(repository.files).toEqual(['.gitignore', 'a.yaml', 'b/ü c.yaml', 'new.yaml']);
    expect(await textOf(repository, 'a.yaml')).toBe('a: 2');
    expect(await textOf(repository, 'b/ü c.yaml')).toBe('b: 1');
  });

  it('may be a folder without git, with all its files', async () => {
    const root = folderWith({
      'a.yaml': '',
      'b/c.yaml': '',
      '.hidden/d.yaml': '',
      '.gitignore': 'b/',
    });
    const { files } = await openRepository(root);
    expect(files).toEqual(['.gitignore', '.hidden/d.yaml', 'a.yaml', 'b/c.yaml']);
  });

  it('may be a folder inside a repository', async () => {
    const root = repositoryWith({ 'a/x.yaml': '', 'b.yaml': '' });
    expect((await openRepository(join(root, 'a'))).files).toEqual(['x.yaml']);
    expect(findRoot(join(root, 'a'))).toBe(root);
  });

  it('of a folder that its outer repository ignores has its files all the same', async () => {
    const root = repositoryWith({ '.gitignore': 'ignored/\n' });
    write(root, 'ignored/x.yaml', '');
    expect((await openRepository(join(root, 'ignored'))).files).toEqual(['x.yaml']);
  });

  it('never leads out by links', async () => {
    const outside = folderWith({ 'secret.yaml': 'secret' });
    const root = repositoryWith({ 'a/x.yaml': 'x' });
    link(root, 'file.yaml', join(outside, 'secret.yaml'));
    link(root, 'folder', outside);
    link(root, 'inside', 'a');
    link(root, 'a/loop', '..');
    link(root, 'self', 'self');
    const repository = await openRepository(root);
    expect(repository.files).toEqual(['a/x.yaml', 'inside/x.yaml']);
    expect(await textOf(repository, 'inside/x.yaml')).toBe('x');
    expect(repository.left.map(({ file }) => file).sort()).toEqual([
      'a/loop',
      'file.yaml',
      'folder',
      'inside/loop',
      'self',
    ]);
    await expect(repository.read('file.yaml')).rejects.toThrow(UserError);
    await expect(repository.read('../secret.yaml')).rejects.toThrow(UserError);
  });

  it('does not read through a folder that has become a link since', async () => {
    const outside = folderWith({ 'x.yaml': 'secret' });
    const root = repositoryWith({ 'a/x.yaml': 'x' });
    const repository = await openRepository(root);
    rmSync(join(root, 'a'), { recursive: true });
    link(root, 'a', outside);
    await expect(repository.read('a/x.yaml')).rejects.toThrow(/leads out of the repository/);
  });

  it('leaves out other repositories inside it, and says so', async () => {
    const root = repositoryWith({ 'a.yaml': '' });
    write(root, 'nested/b.yaml', '');
    git(join(root, 'nested'), 'init', '--quiet');
    commit(join(root, 'nested'), 'nested');
    const { files, left } = await openRepository(root);
    expect(files).toEqual(['a.yaml']);
    expect(left).toMatchObject([{ file: 'nested' }]);
  });

  it('says which file it cannot read', async () => {
    const root = repositoryWith({ 'a.yaml': '' });
    const repository = await openRepository(root);
    rmSync(join(root, 'a.yaml'));
    await expect(repository.read('a.yaml')).rejects.toThrow(/^a\.yaml cannot be read/);
    mkdirSync(join(root, 'a.yaml'));
    await expect(repository.read('a.yaml')).rejects.toThrow(/^a\.yaml cannot be read/);
  });

  it('does not read files that are too large for any manifest', async () => {
    const root = folderWith({ 'big.yaml': new Uint8Array(33 * 1024 * 1024) });
    await expect((await openRepository(root)).read('big.yaml')).rejects.toThrow(
      /larger than 32 MB/,
    );
  });

  it('starts no program that the repository names', async () => {
    const root = repositoryWith({
      'a.yaml': 'a',
      '.gitattributes': '*.yaml filter=evil diff=evil',
    });
    const witness = join(root, '.git', 'witness');
    const program = join(root, '.git', 'evil.sh');
    writeFileSync(program, `#!/bin/sh\ntouch '${witness}'\ncat\n`, { mode: 0o755 });
    for (const key of [
      'core.fsmonitor',
      'filter.evil.smudge',
      'filter.evil.clean',
      'diff.evil.textconv',
      'core.pager',
      'core.sshCommand',
      'alias.ls-files',
    ])
      git(root, 'config', key, program);
    mkdirSync(join(root, '.git', 'hooks'), { recursive: true });
    for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction'])
      writeFileSync(join(root, '.git', 'hooks', hook), `#!/bin/sh\ntouch '${witness}'\n`, {
        mode: 0o755,
      });
    const files = (await openRepository(root)).files;
    const head = await openRepository(root, { revision: 'HEAD' });
    await head.read('a.yaml');
    await remoteUrls(root);
    await headRevision(root);
    write(root, 'a.yaml', 'b');
    expect(await changedFiles(root)).toEqual(['a.yaml']);
    expect(files).toContain('a.yaml');
    expect(existsSync(witness)).toBe(false);
  });

  it('fetches nothing that a partial clone lacks', async () => {
    const root = repositoryWith({ 'a.yaml': 'a' });
    const witness = join(root, '.git', 'witness');
    const settings = {
      'remote.origin.url': `ext::touch ${witness}`,
      'remote.origin.promisor': 'true',
      'remote.origin.partialclonefilter': 'blob:none',
      'extensions.partialClone': 'origin',
      'core.repositoryFormatVersion': '1',
      'protocol.ext.allow': 'always',
    };
    for (const [key, value] of Object.entries(settings)) git(root, 'config', key, value);
    const blob = git(root, 'rev-parse', 'HEAD:a.yaml');
    rmSync(join(root, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    const repository = await openRepository(root, { revision: 'HEAD' });
    await expect(repository.read('a.yaml')).rejects.toThrow(UserError);
    expect(existsSync(witness)).toBe(false);
  });

  it('is where its .git is, not where that says', async () => {
    const root = repositoryWith({ 'a/x.yaml': 'a' });
    git(root, 'config', 'core.worktree', '/');
    expect(findRoot(join(root, 'a'))).toBe(root);
    expect((await openRepository(root)).files).toEqual(['a/x.yaml']);
  });

  it('of 20,000 files is listed', async () => {
    const root = repositoryWith({ '.keep': '' });
    for (let folder = 0; folder < 100; folder++) {
      mkdirSync(join(root, `d${folder}`));
      for (let at = 0; at < 200; at++) writeFileSync(join(root, `d${folder}/f${at}.yaml`), '');
    }
    expect((await openRepository(root)).files).toHaveLength(20_001);
  });
});

describe('a revision', () => {
  it('has the files and texts of that commit, links included', async () => {
    const root = repositoryWith({
      'a.yaml': 'a: 1',
      'b/c.yaml': 'c: 1',
      'pic.png': new Uint8Array([0, 1, 255]),
    });
    link(root, 'd.yaml', 'b/c.yaml');
    link(root, 'out.yaml', '../../etc/passwd');
    const first = commit(root, 'second');
    write(root, 'a.yaml', 'a: 2');
    write(root, 'later.yaml', '');
    commit(root, 'third');
    const repository = await openRepository(root, { revision: 'HEAD~1' });
    expect(repository.revision).toBe(first);
    expect(repository.files).toEqual(['a.yaml', 'b/c.yaml', 'd.yaml', 'pic.png']);
    expect(repository.left).toMatchObject([{ file: 'out.yaml' }]);
    const texts = await Promise.all(
      ['a.yaml', 'd.yaml', 'b/c.yaml'].map(file => textOf(repository, file)),
    );
    expect(texts).toEqual(['a: 1', 'c: 1', 'c: 1']);
    expect([...(await repository.read('pic.png'))]).toEqual([0, 1, 255]);
    await expect(repository.read('later.yaml')).rejects.toThrow(UserError);
  });

  it('can be read in a bare repository, whose working tree cannot', async () => {
    const root = repositoryWith({ 'a.yaml': 'a' });
    const bare = join(folderWith(), 'bare.git');
    git(root, 'clone', '--quiet', '--bare', root, bare);
    expect((await openRepository(bare, { revision: 'main' })).files).toEqual(['a.yaml']);
    await expect(openRepository(bare)).rejects.toThrow(/bare repository.*--revision/);
    expect(findRoot(bare)).toBe(bare);
  });

  it('is a detached HEAD, a tag or a short id as well', async () => {
    const root = repositoryWith({ 'a.yaml': 'a' });
    const id = git(root, 'rev-parse', 'HEAD');
    git(root, 'tag', '-a', 'v1', '-m', 'v1');
    git(root, 'checkout', '--quiet', '--detach');
    for (const revision of ['HEAD', 'v1', id.slice(0, 8)])
      expect((await openRepository(root, { revision })).revision).toBe(id);
    expect(await currentBranch(root)).toBeUndefined();
    expect(await headRevision(root)).toBe(id);
    expect((await openRepository(root)).files).toEqual(['a.yaml']);
  });

  it.each(['nope', '--help', '-x', 'HEAD:a.yaml', ''])(
    'that does not exist (%j) is one sentence',
    async revision => {
      const root = repositoryWith({ 'a.yaml': 'a' });
      await expect(openRepository(root, { revision })).rejects.toThrow(
        /has no revision .*; name a commit/,
      );
    },
  );

  it('of a repository without commits is one sentence, its working tree is read', async () => {
    const root = folderWith({ 'a.yaml': 'a' });
    git(root, 'init', '--quiet');
    expect((await openRepository(root)).files).toEqual(['a.yaml']);
    expect(await headRevision(root)).toBeUndefined();
    await expect(openRepository(root, { revision: 'HEAD' })).rejects.toThrow(
      /has no revision HEAD/,
    );
  });

  it('of a folder without git is one sentence', async () => {
    await expect(openRepository(folderWith(), { revision: 'HEAD' })).rejects.toThrow(
      /not in a git repository/,
    );
  });
});

describe('trouble', () => {
  it('a missing folder, or a file, is one sentence', async () => {
    const root = folderWith({ file: '' });
    for (const path of ['missing', 'file'])
      await expect(openRepository(join(root, path))).rejects.toThrow(/^There is no folder /);
    expect(() => findRoot(join(root, 'missing'))).toThrow(/^There is no folder /);
  });

  it('a broken .git is read as files, and says so', async () => {
    const root = repositoryWith({ 'a.yaml': 'a' });
    rmSync(join(root, '.git/index'));
    writeFileSync(join(root, '.git/index'), 'broken');
    const { files, left } = await openRepository(root);
    expect(files).toEqual(['a.yaml']);
    expect(left[0]?.reason).toContain('git cannot list');
  });

  it('without git installed the files are read, and a revision is one sentence', async () => {
    const root = repositoryWith({ 'a.yaml': 'a' });
    vi.stubEnv('PATH', folderWith());
    const { files, left } = await openRepository(root);
    expect(files).toEqual(['a.yaml']);
    expect(left[0]?.reason).toContain('git is not installed');
    await expect(openRepository(root, { revision: 'HEAD' })).rejects.toThrow(
      /git is not installed/,
    );
    expect(await headRevision(root)).toBeUndefined();
  });
});

describe('what git says about a repository', () => {
  it('its remotes, branch and commit', async () => {
    const root = repositoryWith({ 'a.yaml': 'a' });
    expect(await remoteUrls(root)).toEqual([]);
    git(root, 'remote', 'add', 'origin', 'https://git.example.com/acme/fleet.git');
    git(root, 'remote', 'add', 'fork', 'git@git.example.com:me/fleet.git');
    git(root, 'config', '--add', 'remote.fork.url', 'https://git.example.com/acme/fleet.git');
    expect((await remoteUrls(root)).sort()).toEqual([
      'git@git.example.com:me/fleet.git',
      'https://git.example.com/acme/fleet.git',
    ]);
    expect(await currentBranch(root)).toBe('main');
    expect(await headRevision(root)).toBe(git(root, 'rev-parse', 'HEAD'));
  });

  it('the files that differ from the commit', async () => {
    const root = repositoryWith({ 'a.yaml': 'a', 'b c.yaml': 'b', 'd.yaml': 'd' });
    expect(await changedFiles(root)).toEqual([]);
    write(root, 'b c.yaml', 'changed');
    write(root, 'new/x.yaml', '');
    rmSync(join(root, 'd.yaml'));
    git(root, 'mv', 'a.yaml', 'e.yaml');
    expect(await changedFiles(root)).toEqual([
      'a.yaml',
      'b c.yaml',
      'd.yaml',
      'e.yaml',
      'new/x.yaml',
    ]);
  });

  it('nothing where there is no git', async () => {
    const root = folderWith();
    expect(findRoot(root)).toBe(root);
    expect(await remoteUrls(root)).toEqual([]);
    expect(await headRevision(root)).toBeUndefined();
    expect(await changedFiles(root)).toBeUndefined();
  });
});
