import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  forgePlan,
  openRequest,
  tokenFor,
} from '../../../src/core/actions/propose/open-request.ts';
import type { Host } from '../../../src/core/model/host.ts';

const draft = { title: 'a title', body: 'text', branch: 'mine', base: 'main' };
const made = { branch: 'mine', commit: 'c0ffee' };

function host(secrets: Record<string, string>, forges: Record<string, string> = {}): Host {
  const read = (name: string) => (Object.hasOwn(secrets, name) ? secrets[name] : undefined);
  return { log: () => {}, trusted: () => true, secret: read, forges: () => forges };
}

describe('the token for a forge', () => {
  const tokenAt = (url: string, secrets: Record<string, string>, forges = {}) => {
    const asking = host(secrets, forges);
    return tokenFor(asking, forgePlan(asking, url));
  };
  const secrets = { GITHUB_TOKEN: 'hub', GITLAB_TOKEN: 'lab', GITEA_TOKEN: 'tea' };

  it("is the forge's own, and no other forge's", () => {
    expect(tokenAt('git@github.com:acme/shop', secrets)).toBe('hub');
    expect(tokenAt('git@gitlab.com:acme/shop', secrets)).toBe('lab');
    expect(tokenAt('git@codeberg.org:acme/shop', secrets)).toBe('tea');
    expect(tokenAt('git@gitlab.com:acme/shop', { GITHUB_TOKEN: 'hub' })).toBeUndefined();
  });

  it('is the common one where there is one', () => {
    expect(tokenAt('git@github.com:acme/shop', { ...secrets, DRIFTLINE_TOKEN: 'mine' })).toBe(
      'mine',
    );
    expect(tokenAt('git@github.com:acme/shop', { ...secrets, DRIFTLINE_TOKEN: '' })).toBe('hub');
  });

  it('goes to no host that nobody named', () => {
    const all = { ...secrets, DRIFTLINE_TOKEN: 'mine' };
    for (const url of ['git@github.com.evil.example:a/b', 'git@bitbucket.org:a/b', '/srv/a/b', ''])
      expect(tokenAt(url, all)).toBeUndefined();
    expect(tokenAt('git@git.example.com:a/b', secrets, { 'git.example.com': 'github' })).toBe(
      'hub',
    );
  });
});

describe('the plan of a forge', () => {
  it.each([
    ['git@github.com:acme/shop', { id: 'github', title: 'GitHub', host: 'github.com' }],
    ['https://u:p4ss@gitlab.com/a/b', { id: 'gitlab', title: 'GitLab', host: 'gitlab.com' }],
    ['git@bitbucket.org:acme/shop', { title: 'Bitbucket', host: 'bitbucket.org' }],
    ['git@git.example.com:acme/shop', { title: 'git.example.com', host: 'git.example.com' }],
    ['/srv/shop.git', { title: 'no forge', host: '' }],
    [undefined, { title: 'no forge', host: '' }],
  ])('%s', (url, expected) => {
    const plan = forgePlan(host({}), url);
    expect(plan).toMatchObject(expected);
    expect(plan.id).toBe('id' in expected ? expected.id : undefined);
    expect(JSON.stringify(plan)).not.toContain('p4ss');
  });
});

describe('opening a request', () => {
  it('is left to a person on the page of a forge without a token', async () => {
    const found = await openRequest(host({}), 'git@github.com:acme/shop.git', draft, {
      commit: 'c0ffee',
    });
    expect(found).toEqual({
      kind: 'page',
      url: 'https://github.com/acme/shop/compare/main...mine?expand=1&title=a+title',
      ...made,
    });
  });

  it('is left to a person where no API is spoken, whatever token there is', async () => {
    const options = { commit: 'c0ffee', token: 'x' };
    const bitbucket = await openRequest(host({}), 'git@bitbucket.org:a/b', draft, options);
    expect(bitbucket).toMatchObject({ kind: 'page', url: expect.stringContaining('/a/b/pull-') });
    for (const url of ['git@git.example.com:a/b', '/srv/b.git', undefined])
      expect(await openRequest(host({}), url, draft, options)).toEqual({ kind: 'branch', ...made });
  });

  it('that the forge refuses says where to go on', async () => {
    const server = createServer((_, response) => response.writeHead(403).end('{"message":"no"}'));
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const at = `127.0.0.1:${port}`;
    const asked = openRequest(host({}, { [at]: 'gitlab' }), `http://${at}/a/b.git`, draft, {
      commit: 'c0ffee',
      token: 's3cret-token',
    });
    await expect(asked).rejects.toThrow(
      new RegExp(
        `^${at} does not allow to open a merge request in a/b \\(no\\); the token needs .* The branch mine is pushed: open the merge request on http://${at}/a/b/-/merge_requests/new\\?`,
      ),
    );
  });
});
