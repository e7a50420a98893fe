import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configMap, folderWith, git, repositoryWith } from './fixtures.ts';
import { driftline } from './run.ts';

/** A checkout with one changed file, and the bare repository that it came from. */
function changed() {
  const remote = folderWith({});
  git(remote, 'init', '--quiet', '--bare', '--initial-branch=main');
  const repo = repositoryWith({ 'apps/a.yaml': configMap('a') });
  git(repo, 'config', 'user.name', 'Test');
  git(repo, 'config', 'user.email', 'test@example.com');
  git(repo, 'remote', 'add', 'origin', remote);
  git(repo, 'push', '--quiet', '--set-upstream', 'origin', 'main');
  writeFileSync(join(repo, 'apps/a.yaml'), configMap('a', 'a: changed'));
  const branches = () => git(remote, 'branch', '--format=%(refname:short)').trim().split('\n');
  return { repo, remote, branches };
}

describe('driftline propose', () => {
  it('shows what it is going to do, and does nothing where nobody can be asked', async () => {
    const { repo, branches } = changed();
    const ran = await driftline(['propose', '-C', repo, '--trust']);
    expect(ran.status).toBe(2);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toMatch(/modified {3}apps\/a\.yaml/);
    expect(ran.stderr).toContain('+  a: changed');
    expect(ran.stderr).toMatch(/say --yes to go ahead/);
    expect(branches()).toEqual(['main']);
  });

  it('takes title, text and branch from a person', async () => {
    const { repo, remote, branches } = changed();
    const body = join(folderWith({ 'body.md': 'because\n' }), 'body.md');
    const told = ['--title', 'my title', '--body-file', body, '--branch', 'mine'];
    const args = ['propose', 'apps', '-C', repo, '--trust', '--yes', '--format', 'json', ...told];
    const ran = await driftline(args);
    expect(ran.status).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      version: 1,
      command: 'propose',
      files: [{ path: 'apps/a.yaml', change: 'modified' }],
      title: 'my title',
      body: 'because\n',
      base: 'main',
      kind: 'branch',
      branch: 'mine',
    });
    expect(branches()).toEqual(['main', 'mine']);
    expect(git(remote, 'log', '-1', '--format=%s', 'mine').trim()).toBe('my title');
    expect(git(repo, 'status', '--porcelain').trim()).toBe('M apps/a.yaml');
  });

  it.each([
    [['--trust', '--yes', '--offline'], /does not go with --offline/],
    [['--trust', '--yes', '--revision', 'HEAD'], /--revision does not fit/],
    [['--trust', '--yes', '--body-file', 'gone.md'], /Cannot read gone\.md/],
    [['--trust', '--yes', '-e', 'gone'], /no environment named gone/],
    [['--yes'], /--trust/],
  ])('refuses %j', async (args, reason) => {
    const { repo, branches } = changed();
    const ran = await driftline(['propose', '-C', repo, ...args]);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(reason);
    expect(branches()).toEqual(['main']);
  });
});
