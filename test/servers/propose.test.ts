import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gitea as forge } from '../../src/core/forges/gitea.ts';
import { parseRemote } from '../../src/core/forges/remote.ts';
import { driftline } from '../cli/run.ts';
import { snapshotOf } from '../core/git/world.ts';
import {
  askGitea,
  createRepository,
  createUser,
  type Gitea,
  type GiteaRepository,
  type GiteaUser,
  mergePullRequest,
} from './gitea-api.ts';
import { gitea } from './servers.ts';
import { WorkRepository } from './work-repository.ts';

// A change on its way from a checkout to a merge, by the command line and a real Gitea.

interface Pull {
  number: number;
  title: string;
  body: string;
  state: string;
  merged: boolean;
  html_url: string;
  head: { ref: string; sha: string };
  base: { ref: string };
}

const deployment = (image: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - {name: web, image: "${image}"}\n`;
const secret = (password: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: ${password}}\n`;
const overlay = (more = '') => `namespace: shop\nresources: [../../base${more}]\n`;

let server: Gitea;
let alice: GiteaUser;
let bob: GiteaUser;
let repository: GiteaRepository;
let work: WorkRepository;
let host: string;
/** As the layout of folders names it. */
const application = 'production';

beforeAll(async () => {
  server = await gitea();
  host = new URL(server.url).host;
  [alice, bob] = await Promise.all([createUser(server, 'alice'), createUser(server, 'bob')]);
  repository = await createRepository(server, alice, 'fleet');
  const path = `repos/${repository.owner}/${repository.name}`;
  await askGitea(server, alice, 'PUT', `${path}/collaborators/${bob.name}`, {
    permission: 'write',
  });
  work = await WorkRepository.create({
    'base/kustomization.yaml': 'resources: [web.yaml, secret.yaml]\n',
    'base/web.yaml': deployment('nginx:1.27'),
    'base/secret.yaml': secret('hunter2-old'),
    'overlays/staging/kustomization.yaml': overlay(),
    'overlays/production/kustomization.yaml': overlay(),
    'notes.txt': 'one\n',
  });
  await work.git('remote', 'add', 'origin', repository.pushUrl);
  await work.git('push', '--quiet', '--set-upstream', 'origin', 'main');
});
afterAll(() => work.remove());

const ask = <T>(user: GiteaUser, method: string, path: string, body?: object) =>
  askGitea<T>(server, user, method, `repos/${repository.owner}/${repository.name}/${path}`, body);

/** Runs the command line in the checkout; `secrets` are environment variables. */
async function run(args: string[], secrets: Record<string, string>) {
  const ran = await driftline([...args, '-C', work.folder], {
    env: { GIT_CONFIG_NOSYSTEM: '1', ...secrets },
  });
  for (const output of [ran.stdout, ran.stderr]) {
    for (const hidden of ['hunter2', alice.token, bob.token, `:${alice.password}@`])
      expect(output).not.toContain(hidden);
  }
  return ran;
}

const propose = (args: string[], secrets: Record<string, string> = {}) =>
  run(['propose', '--trust', '--yes', '--forge', `${host}=gitea`, ...args], secrets);

/** The row of a request's table in which the image is another one. */
const changed = (from: string, to: string) =>
  `| <code>Deployment shop/web</code> | <code>containers&#91;web&#93;.image nginx&#58;${from} → nginx&#58;${to}</code> |`;

describe('a change that is proposed', () => {
  let pull: Pull;
  let before: Record<string, string>;

  beforeAll(async () => {
    const { writeFileSync } = await import('node:fs');
    const write = (path: string, text: string) => writeFileSync(`${work.folder}/${path}`, text);
    write('base/web.yaml', deployment('nginx:1.28'));
    write('base/secret.yaml', secret('hunter2-new'));
    write('overlays/production/pdb.yaml', pdb);
    write('overlays/production/kustomization.yaml', overlay(', pdb.yaml'));
    write('notes.txt', 'two\n');
    await work.git('add', 'notes.txt');
    before = snapshotOf(work.folder);
    const { status, stdout, stderr } = await propose(['-e', 'production'], {
      GITEA_TOKEN: alice.token,
    });
    expect(stderr).toContain('production, staging: change 3 objects');
    expect(status).toBe(0);
    const number = Number(/\/pulls\/(\d+)\n$/.exec(stdout)?.[1]);
    pull = await ask<Pull>(bob, 'GET', `pulls/${number}`);
    expect(stdout).toBe(`${pull.html_url}\n`);
  });

  const pdb =
    'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {minAvailable: 1, selector: {matchLabels: {app: web}}}\n';

  it('is a pull request whose text says what changes in each environment', () => {
    expect(pull).toMatchObject({
      title: 'production, staging: change 3 objects',
      state: 'open',
      base: { ref: 'main' },
    });
    expect(pull.head.ref).toMatch(/^driftline\/production-staging-change-3-objects-[0-9a-f]{7}$/);
    const { production, staging } = sectionsOf(pull.body);
    expect(production).toContain(changed('1.27', '1.28'));
    expect(production).toContain('| <code>PodDisruptionBudget shop/web</code> | create |');
    expect(production).toContain('-        - image: nginx:1.27\n+        - image: nginx:1.28');
    expect(staging).toContain(changed('1.27', '1.28'));
    expect(staging).not.toContain('PodDisruptionBudget');
    expect(pull.body).toContain('+  password: ••• (changed)');
    expect(pull.body).not.toContain('hunter2');
  });

  it('holds the chosen files only, and the checkout is as it was, byte for byte', async () => {
    const files = await ask<{ filename: string }[]>(bob, 'GET', `pulls/${pull.number}/files`);
    expect(files.map(({ filename }) => filename).sort()).toEqual([
      'base/secret.yaml',
      'base/web.yaml',
      'overlays/production/kustomization.yaml',
      'overlays/production/pdb.yaml',
    ]);
    expect(snapshotOf(work.folder)).toEqual(before);
    expect(await work.git('worktree', 'list')).not.toContain('\n');
  });

  it('is the answer when the same branch is proposed again', async () => {
    const remote = parseRemote(repository.pushUrl);
    if (remote === undefined) throw new Error(repository.url);
    const draft = { title: 'again', body: '', branch: pull.head.ref, base: 'main' };
    const again = await forge.propose(remote, draft, { token: alice.token });
    expect(again).toEqual({ number: pull.number, url: pull.html_url });
  });

  it('is reviewed by somebody else, merged, and then what main holds', async () => {
    const remote = parseRemote(repository.url);
    if (remote === undefined) throw new Error(repository.url);
    const state = () => forge.state(remote, pull.number, { token: bob.token });
    expect(await state()).toBe('open');
    await ask(bob, 'POST', `pulls/${pull.number}/reviews`, { event: 'APPROVED', body: 'fine' });
    await mergePullRequest(server, bob, repository, pull.number);
    expect(await state()).toBe('merged');
    await work.git('fetch', '--quiet', 'origin');
    expect(await work.git('show', 'origin/main:base/web.yaml')).toContain('nginx:1.28');
    expect(await work.git('show', 'origin/main:notes.txt')).toBe('one');
    expect(snapshotOf(work.folder)['notes.txt']).toBe(before['notes.txt']);
  });
});

describe('a merged change that is rolled back', () => {
  let before: Record<string, string>;
  let pull: Pull;

  beforeAll(async () => {
    before = snapshotOf(work.folder);
    const first = await work.git('rev-parse', 'main');
    const args = ['rollback', application, '-e', 'production', '--to', first];
    const { status, stdout, stderr } = await run(
      [...args, '--trust', '--yes', '--forge', `${host}=gitea`],
      { GITEA_TOKEN: alice.token },
    );
    expect(stderr).toContain(`roll back ${application} to ${first.slice(0, 7)}`);
    expect(status).toBe(0);
    pull = await ask<Pull>(bob, 'GET', `pulls/${/\/pulls\/(\d+)\n$/.exec(stdout)?.[1]}`);
  });

  it('is a pull request that says what it takes back', () => {
    expect(pull.title).toMatch(/^production: roll back .* to [0-9a-f]{7}$/);
    const { production, staging } = sectionsOf(pull.body);
    expect(production).toContain('| <code>PodDisruptionBudget shop/web</code> | remove |');
    expect(production).toContain('-        - image: nginx:1.28\n+        - image: nginx:1.27');
    expect(staging).toContain(changed('1.28', '1.27'));
    expect(pull.body).not.toContain('hunter2');
  });

  it('leaves the checkout as it was, and main as it was at first when it is merged', async () => {
    expect(snapshotOf(work.folder)).toEqual(before);
    await ask(bob, 'POST', `pulls/${pull.number}/reviews`, { event: 'APPROVED', body: 'back' });
    await mergePullRequest(server, bob, repository, pull.number);
    await work.git('fetch', '--quiet', 'origin');
    expect(await work.git('rev-parse', 'origin/main^{tree}')).toBe(
      await work.git('rev-parse', 'main^{tree}'),
    );
  });
});

describe('where no request can be opened', () => {
  it('the page for it is named when there is no token, also none of another forge', async () => {
    const { status, stdout, stderr } = await propose(['notes.txt', '--branch', 'page'], {
      GITHUB_TOKEN: alice.token,
      GITLAB_TOKEN: alice.token,
    });
    expect(status).toBe(0);
    expect(stderr).toMatch(/there is no token for Gitea \(DRIFTLINE_TOKEN or GITEA_TOKEN\)/);
    const page = `${server.url}/${repository.owner}/${repository.name}/compare/main...page`;
    expect(stdout.startsWith(`${page}?`)).toBe(true);
    const opened = await fetch(stdout.trim(), {
      headers: { authorization: `token ${alice.token}` },
    });
    expect(opened.status).toBe(200);
    expect(await ask<Pull[]>(alice, 'GET', 'pulls?state=open')).toEqual([]);
  });

  it('the page of GitHub is named for a host that a person says is one', async () => {
    const args = ['notes.txt', '--branch', 'hub', '--forge', `${host}=github`];
    const { status, stdout, stderr } = await propose(args, { GITEA_TOKEN: alice.token });
    expect(status).toBe(0);
    expect(stderr).toMatch(/there is no token for GitHub \(DRIFTLINE_TOKEN or GITHUB_TOKEN\)/);
    const path = `${repository.owner}/${repository.name}/compare/main...hub`;
    expect(stdout).toBe(`${server.url}/${path}?expand=1&title=change+notes.txt\n`);
  });

  it('the branch is named when nobody knows the host', async () => {
    const args = ['propose', 'notes.txt', '--trust', '--yes', '--branch', 'unknown'];
    const { status, stdout, stderr } = await run(args, { GITEA_TOKEN: alice.token });
    expect(status).toBe(0);
    expect(stdout).toBe('unknown\n');
    expect(stderr).toContain(`--forge ${host}=gitea`);
    expect(await work.git('ls-remote', 'origin', 'refs/heads/unknown')).not.toBe('');
  });

  it('a token that is wrong is said so, with what became of the branch', async () => {
    const wrong = 'f'.repeat(40);
    const { status, stderr } = await propose(['notes.txt', '--branch', 'wrong'], {
      DRIFTLINE_TOKEN: wrong,
      GITEA_TOKEN: alice.token,
    });
    expect(status).toBe(2);
    expect(stderr).toContain(`${host} does not accept the token`);
    expect(stderr).toMatch(/The branch wrong is pushed: open the pull request on http.*compare/);
    expect(stderr).not.toContain(wrong);
  });
});

function sectionsOf(body: string): Record<string, string> {
  const sections = body.split(/^### /m).slice(1);
  return Object.fromEntries(sections.map(text => [text.split(/[ \n]/)[0], text]));
}
