import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, git, repositoryWith } from './fixtures.ts';
import { driftline } from './run.ts';

const file = 'overlays/production/map.yaml';
const map = (value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: shop\ndata:\n  a: "${value}"\n`;
const config = `version: 1
environments:
- name: production
  source: {path: overlays/production}
  protected: true
- name: staging
  source: {path: overlays/staging}
`;

/** Three commits, the newest first, of which one is staging's alone, and the bare remote they are pushed to. */
function released() {
  const remote = folderWith({});
  git(remote, 'init', '--quiet', '--bare', '--initial-branch=main');
  const root = repositoryWith({
    'driftline.yaml': config,
    [file]: map('1'),
    'overlays/staging/map.yaml': map('1'),
  });
  git(root, 'config', 'user.name', 'Test');
  git(root, 'config', 'user.email', 'test@example.com');
  git(root, 'remote', 'add', 'origin', remote);
  const head = () => git(root, 'rev-parse', 'HEAD').trim();
  const first = head();
  writeFileSync(join(root, file), map('2'));
  git(root, 'commit', '--quiet', '--all', '--message=web 2');
  const second = head();
  writeFileSync(join(root, 'overlays/staging/map.yaml'), map('2'));
  git(root, 'commit', '--quiet', '--all', '--message=staging');
  git(root, 'push', '--quiet', '--set-upstream', 'origin', 'main');
  const branches = () => git(remote, 'branch', '--format=%(refname:short)').trim().split('\n');
  const status = () => git(root, 'status', '--porcelain=v2', '--branch');
  const rollback = (...args: string[]) => driftline(['rollback', '-C', root, ...args]);
  return { remote, first, second, branches, status, rollback };
}

const named = ['-e', 'production', 'production'];

describe('driftline rollback', () => {
  it('lists the commits that changed the application', async () => {
    const { first, second, rollback } = released();
    const text = await rollback(...named);
    expect(text).toMatchObject({ status: 0, stderr: '' });
    const lines = text.stdout.trim().split('\n');
    expect(lines[0]).toBe('production in production');
    const age = expect.stringMatching(/^just now$|min ago$/);
    expect(lines.slice(2).map(line => line.trim().split(/ {2,}/))).toEqual([
      [second.slice(0, 7), age, 'Test', 'web 2'],
      [first.slice(0, 7), age, 'Test', 'first'],
    ]);
    const json = await rollback(...named, '--format', 'json');
    expect(JSON.parse(json.stdout)).toEqual({
      version: 1,
      command: 'rollback',
      environment: 'production',
      application: 'production',
      revisions: [
        { commit: second, subject: 'web 2', author: 'Test', date: expect.any(String) },
        { commit: first, subject: 'first', author: 'Test', date: expect.any(String) },
      ],
    });
  });

  it('pushes the earlier state on a branch and leaves the checkout alone', async () => {
    const { remote, first, branches, status, rollback } = released();
    const before = status();
    const ran = await rollback(...named, '--to', first, '--trust', '--yes');
    const branch = `driftline/rollback-production-production-${first.slice(0, 7)}`;
    expect(ran).toMatchObject({ status: 0, stdout: `${branch}\n` });
    expect(ran.stderr).toContain(`production: roll back production to ${first.slice(0, 7)}`);
    expect(ran.stderr).toMatch(/^-.*2.*\n\+.*1/m);
    expect(git(remote, 'show', `${branch}:${file}`)).toBe(map('1'));
    expect(git(remote, 'show', `${branch}:overlays/staging/map.yaml`)).toBe(map('2'));
    expect(branches()).toEqual([branch, 'main']);
    expect(status()).toBe(before);
    const again = await rollback(...named, '--to', first, '--trust', '--yes', '--format', 'json');
    expect(JSON.parse(again.stdout)).toMatchObject({
      version: 1,
      command: 'rollback',
      paths: [file],
      to: first,
      kind: 'branch',
      branch: `${branch}-2`,
    });
  });

  it.each([
    [
      'without a word of consent',
      ['--trust'],
      'There is no terminal to ask on; say --yes to go ahead with -e production.',
    ],
    ['in a folder that is not trusted', ['--yes'], 'This folder is not trusted'],
    ['without a connection', ['--yes', '--trust', '--offline'], '--to does not go with --offline'],
    ['at another revision', ['--yes', '--trust', '--revision', 'HEAD'], '--revision does not fit'],
  ])('pushes nothing %s', async (_, args, sentence) => {
    const { first, branches, status, rollback } = released();
    const before = status();
    const ran = await rollback(...named, '--to', first, ...args);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain(sentence);
    expect(branches()).toEqual(['main']);
    expect(status()).toBe(before);
  });

  it.each([
    [[], 'Name the application to roll back'],
    [
      ['production'],
      'A rollback is of one environment: name it with -e (there are: production, staging).',
    ],
    [
      ['-e', 'production', 'web'],
      'There is no application named web in production; there are: production',
    ],
    [
      ['-e', 'production', 'production', '--to', 'v1', '--trust', '--yes'],
      'The repository has no commit v1',
    ],
  ])('says of %j what is missing', async (args, sentence) => {
    const ran = await released().rollback(...args);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain(sentence);
  });
});
