import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Forge, RemoteAddress } from '../../../src/core/forges/forge.ts';
import { gitea } from '../../../src/core/forges/gitea.ts';
import { github } from '../../../src/core/forges/github.ts';
import { gitlab } from '../../../src/core/forges/gitlab.ts';

// Each forge against a server that answers as the real ones are recorded to: their documentation's examples,
// and Gitea's own sources. test/servers/gitea.test.ts has the real Gitea.

interface Asked {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown> | undefined;
}
interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

const token = 'tkn-0123456789abcdef';
const draft = { title: 'a title', body: 'a *text*', branch: 'driftline/a-1', base: 'main' };
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** Answers in turn, the last one again and again. */
async function serve(...answers: Answer[]) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', chunk => {
      text += chunk;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      asked.push({ method, url, headers, body: text === '' ? undefined : JSON.parse(text) });
      const answer = answers[Math.min(asked.length, answers.length) - 1] ?? { status: 500 };
      response.writeHead(answer.status, { 'Content-Type': 'application/json', ...answer.headers });
      const { body = {} } = answer;
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { asked, origin: `http://127.0.0.1:${port}`, remote: remoteAt(`127.0.0.1:${port}`) };
}

const remoteAt = (host: string): RemoteAddress => ({
  host,
  protocol: 'http',
  owner: 'group/sub',
  name: 'shop',
});

const created: Record<string, Answer> = {
  github: { status: 201, body: { number: 7, html_url: 'https://x/acme/shop/pull/7' } },
  gitlab: { status: 201, body: { id: 900, iid: 7, web_url: 'https://x/acme/shop/pull/7' } },
  gitea: { status: 201, body: { id: 900, number: 7, html_url: 'https://x/acme/shop/pull/7' } },
};
const all: Forge[] = [github, gitlab, gitea];

async function failure(forge: Forge, ...answers: Answer[]): Promise<string> {
  const { remote } = await serve(...answers);
  const error = await forge.propose(remote, draft, { token }).catch(caught => caught);
  expect(error).toBeInstanceOf(Error);
  expect(error.message).not.toContain(token);
  return error.message;
}

describe('opening a request', () => {
  it('asks GitHub Enterprise', async () => {
    const { asked, remote } = await serve(created.github as Answer);
    const request = await github.propose(remote, draft, { token });
    expect(request).toEqual({ number: 7, url: 'https://x/acme/shop/pull/7' });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      method: 'POST',
      url: '/api/v3/repos/group/sub/shop/pulls',
      body: { title: 'a title', body: 'a *text*', head: 'driftline/a-1', base: 'main' },
      headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' },
    });
  });

  it('asks GitLab', async () => {
    const { asked, remote } = await serve(created.gitlab as Answer);
    const request = await gitlab.propose(remote, draft, { token });
    expect(request).toEqual({ number: 7, url: 'https://x/acme/shop/pull/7' });
    expect(asked[0]).toMatchObject({
      method: 'POST',
      url: '/api/v4/projects/group%2Fsub%2Fshop/merge_requests',
      body: {
        title: 'a title',
        description: 'a *text*',
        source_branch: 'driftline/a-1',
        target_branch: 'main',
      },
      headers: { authorization: `Bearer ${token}` },
    });
  });

  it('asks Gitea', async () => {
    const { asked, remote } = await serve(created.gitea as Answer);
    const request = await gitea.propose(remote, draft, { token });
    expect(request).toEqual({ number: 7, url: 'https://x/acme/shop/pull/7' });
    expect(asked[0]).toMatchObject({
      method: 'POST',
      url: '/api/v1/repos/group/sub/shop/pulls',
      body: { title: 'a title', body: 'a *text*', head: 'driftline/a-1', base: 'main' },
      headers: { authorization: `token ${token}` },
    });
  });

  it.each(all)('$title: an address that is no page is not handed on', async forge => {
    const body = { number: 7, iid: 7, html_url: 'javascript:alert(1)', web_url: 'file:///etc' };
    expect(await failure(forge, { status: 201, body })).toMatch(/does not tell its address/);
  });
});

describe('a request that is open already is the answer', () => {
  it('GitHub', async () => {
    const { asked, remote } = await serve(
      {
        status: 422,
        body: {
          message: 'Validation Failed',
          errors: [
            {
              resource: 'PullRequest',
              code: 'custom',
              message: 'A pull request already exists for group/sub:driftline/a-1.',
            },
          ],
        },
      },
      { status: 200, body: [{ number: 3, html_url: 'https://x/pull/3' }] },
    );
    expect(await github.propose(remote, draft, { token })).toEqual({
      number: 3,
      url: 'https://x/pull/3',
    });
    expect(asked[1]).toMatchObject({
      method: 'GET',
      url: '/api/v3/repos/group/sub/shop/pulls?head=group%2Fsub%3Adriftline%2Fa-1&base=main&state=open',
    });
  });

  it('GitLab', async () => {
    const { asked, remote } = await serve(
      {
        status: 409,
        body: { message: ['Another open merge request already exists for this source branch: !3'] },
      },
      { status: 200, body: [{ iid: 3, web_url: 'https://x/-/merge_requests/3' }] },
    );
    expect(await gitlab.propose(remote, draft, { token })).toEqual({
      number: 3,
      url: 'https://x/-/merge_requests/3',
    });
    expect(asked[1]?.url).toBe(
      '/api/v4/projects/group%2Fsub%2Fshop/merge_requests?state=opened&source_branch=driftline%2Fa-1&target_branch=main',
    );
  });

  it('Gitea, also on a later page', async () => {
    const other = {
      number: 9,
      html_url: 'https://x/pulls/9',
      head: { ref: 'other' },
      base: { ref: 'main' },
    };
    const ours = {
      ...other,
      number: 3,
      html_url: 'https://x/pulls/3',
      head: { ref: draft.branch },
    };
    const { asked, remote } = await serve(
      {
        status: 409,
        body: {
          message:
            'pull request already exists for these targets [id: 12, issue_id: 40, head_repo_id: 1, base_repo_id: 1, head_branch: driftline/a-1, base_branch: main]',
        },
      },
      { status: 200, body: [other] },
      { status: 200, body: [{ ...ours, base: { ref: 'next' }, number: 2 }, ours] },
    );
    expect(await gitea.propose(remote, draft, { token })).toEqual({
      number: 3,
      url: 'https://x/pulls/3',
    });
    expect(asked.map(({ url }) => url.split('?')[1])).toEqual([
      undefined,
      'state=open&limit=50&page=1',
      'state=open&limit=50&page=2',
    ]);
  });

  it('but not when none is found: then the refusal is told', async () => {
    const taken = {
      status: 409,
      body: { message: 'pull request already exists for these targets' },
    };
    expect(await failure(gitea, taken, { status: 200, body: [] })).toMatch(/already exists/);
  });
});

it('Gitea is asked again while it does not know the branch that was pushed a moment ago', async () => {
  const unknown = { status: 404, body: { message: "The target couldn't be found." } };
  const { asked, remote } = await serve(unknown, unknown, created.gitea as Answer);
  expect(await gitea.propose(remote, draft, { token })).toMatchObject({ number: 7 });
  expect(asked).toHaveLength(3);
});

describe('a refusal is told in the words of the forge', () => {
  it.each(all)('$title: 401 says that the token is not accepted', async forge => {
    const message = await failure(forge, { status: 401, body: { message: 'Bad credentials' } });
    expect(message).toMatch(/^127\.0\.0\.1:\d+ does not accept the token \(Bad credentials\); /);
  });

  it.each(all)('$title: 403 says what the token needs', async forge => {
    const message = await failure(forge, { status: 403, body: { message: 'not for you' } });
    expect(message).toMatch(/does not allow to open a (pull|merge) request in group\/sub\/shop/);
    expect(message).toMatch(/\(not for you\); the token needs .*(repo|api|write:repository)/);
  });

  it.each(all)('$title: 404 names the repository', async forge => {
    const message = await failure(forge, { status: 404, body: { message: '404 Not Found' } });
    expect(message).toMatch(/does not find .*group\/sub\/shop \(404 Not Found\); check the remote/);
  });

  it('lists what GitHub says of each field', async () => {
    const errors = [
      { resource: 'PullRequest', field: 'head', code: 'invalid' },
      { resource: 'PullRequest', code: 'custom', message: 'No commits between main and a-1' },
    ];
    const message = await failure(github, {
      status: 422,
      body: { message: 'Validation Failed', errors },
    });
    expect(message).toMatch(
      /refused to open a pull request in group\/sub\/shop: head: invalid; No commits between main and a-1\.$/,
    );
  });

  it('lists what GitLab says of each field', async () => {
    const body = { message: { target_branch: ["can't be blank"], base: ['Branches must differ'] } };
    expect(await failure(gitlab, { status: 422, body })).toMatch(
      /: target_branch: can't be blank; Branches must differ\.$/,
    );
  });

  it('tells the scope that GitLab misses', async () => {
    const body = {
      error: 'insufficient_scope',
      error_description:
        'The request requires higher privileges than provided by the access token.',
      scope: 'api',
    };
    expect(await failure(gitlab, { status: 403, body })).toMatch(/higher privileges/);
  });

  it('tells what Gitea says', async () => {
    const message = 'Invalid PullRequest: There are no changes between the head and the base';
    expect(await failure(gitea, { status: 422, body: { message } })).toContain(message);
  });

  it('never repeats a token that a forge echoes, nor its control characters', async () => {
    const body = { message: `bad header "token ${token}"\u001b[31m` };
    expect(await failure(gitea, { status: 400, body })).toMatch(/answered 400 .*•••"\\u001b\[31m/);
  });

  it.each(all)('$title: what is no JSON is said so', async forge => {
    const page = { status: 200, body: '<html>sign in</html>' };
    expect(await failure(forge, page)).toMatch(/something else than JSON/);
    expect(await failure(forge, { ...page, status: 502 })).toMatch(/answered 502/);
  });

  it('says that nobody answers', async () => {
    const { remote } = await serve();
    for (const stop of stops.splice(0)) stop();
    await expect(gitea.propose(remote, draft, { token })).rejects.toThrow(
      /127\.0\.0\.1:\d+ cannot be reached \(.*ECONNREFUSED.*\)/,
    );
  });

  it('ends at once when it is cancelled', async () => {
    const silent = createServer(() => {});
    await new Promise<void>(done => silent.listen(0, '127.0.0.1', done));
    stops.push(() => {
      silent.closeAllConnections();
      silent.close();
    });
    const { port } = silent.address() as { port: number };
    const cancelled = new AbortController();
    const asked = gitea.propose(remoteAt(`127.0.0.1:${port}`), draft, {
      token,
      signal: cancelled.signal,
    });
    setTimeout(() => cancelled.abort(new Error('cancelled')), 50);
    await expect(asked).rejects.toThrow('cancelled');
  });
});

describe('a redirect', () => {
  it.each(all)('$title: to another host does not get the token', async forge => {
    const other = await serve(created[forge.id] as Answer);
    for (const status of [301, 302, 307, 308]) {
      const headers = { Location: `${other.origin}/api/v1/repos/x/y/pulls` };
      expect(await failure(forge, { status, headers })).toMatch(
        /redirects to http:\/\/127\.0\.0\.1:\d+, where the token is not sent/,
      );
    }
    expect(other.asked).toEqual([]);
  });

  it('of a renamed repository on the same host is followed, with what was sent', async () => {
    const { asked, remote } = await serve(
      { status: 307, headers: { Location: '/api/v3/repositories/12/pulls' } },
      created.github as Answer,
    );
    expect(await github.propose(remote, draft, { token })).toMatchObject({ number: 7 });
    expect(asked[1]).toMatchObject({
      method: 'POST',
      url: '/api/v3/repositories/12/pulls',
      body: { head: 'driftline/a-1' },
      headers: { authorization: `Bearer ${token}` },
    });
  });

  it('that never ends is given up', async () => {
    const message = await failure(github, { status: 302, headers: { Location: '/again' } });
    expect(message).toMatch(/redirects without end/);
  });
});

describe('the state of a request', () => {
  const open = { state: 'open', merged: false };
  const closed = { state: 'closed', merged: false };
  const merged = { state: 'closed', merged: true };
  it.each([
    [github, open, 'open', '/api/v3/repos/group/sub/shop/pulls/7'],
    [github, closed, 'closed', '/api/v3/repos/group/sub/shop/pulls/7'],
    [github, merged, 'merged', '/api/v3/repos/group/sub/shop/pulls/7'],
    [gitea, merged, 'merged', '/api/v1/repos/group/sub/shop/pulls/7'],
    [gitea, open, 'open', '/api/v1/repos/group/sub/shop/pulls/7'],
    [gitlab, { state: 'opened' }, 'open', '/api/v4/projects/group%2Fsub%2Fshop/merge_requests/7'],
    [gitlab, { state: 'merged' }, 'merged', '/api/v4/projects/group%2Fsub%2Fshop/merge_requests/7'],
    [gitlab, { state: 'closed' }, 'closed', '/api/v4/projects/group%2Fsub%2Fshop/merge_requests/7'],
  ] as const)('$title', async (forge, body, expected, url) => {
    const { asked, remote } = await serve({ status: 200, body });
    expect(await forge.state(remote, 7, { token })).toBe(expected);
    expect(asked[0]).toMatchObject({ method: 'GET', url });
  });
});
