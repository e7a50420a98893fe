import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiResource, Cluster, WatchEvent } from '../../../src/core/cluster/cluster.ts';
import type { OpenAnswer } from '../../../src/core/cluster/open.ts';
import { Connection } from '../../../src/core/cluster/server/connection.ts';
import { defaultWatchTiming, keepCurrent } from '../../../src/core/cluster/server/watch.ts';
import { dryRunOf } from './dry-run-of.ts';
import { type Answer, json, openSmall, type SmallServer, smallServer } from './small-server.ts';

let folder: string;
let server: SmallServer;
let cluster: Cluster | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-api-'));
});
afterEach(async () => {
  cluster?.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

async function start(routes: Record<string, Answer>, options = {}): Promise<Cluster> {
  server = await smallServer(routes);
  const answer = await openSmall(folder, server.url, options);
  if (!answer.ok) throw new Error(answer.reason);
  cluster = answer.cluster;
  return cluster;
}

const reasonOf = (answer: OpenAnswer | { ok: true }) => (answer as { reason: string }).reason;
const pods: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  resource: 'pods',
  namespaced: true,
  verbs: ['list'],
};
const podsPath = '/api/v1/namespaces/shop/pods';
const status = (code: number, message: string, extra = {}) =>
  json({ kind: 'Status', code, message, ...extra }, code);

describe('lists', () => {
  it('are read page by page, with gzip, and say what their items are', async () => {
    const page: Answer = (_, response, url) => {
      const first = url.searchParams.get('continue') === null;
      const items = [{ metadata: { name: first ? 'a' : 'b' } }];
      const metadata = first ? { continue: 'next page' } : { resourceVersion: '42' };
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(JSON.stringify({ kind: 'PodList', metadata, items })));
    };
    const answer = await (await start({ [podsPath]: page })).list(pods, 'shop');
    expect(answer).toEqual({
      ok: true,
      resourceVersion: '42',
      objects: ['a', 'b'].map(name => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name } })),
    });
    expect(server.asked.slice(-2)).toEqual([
      `GET ${podsPath}?limit=500`,
      `GET ${podsPath}?limit=500&continue=next+page`,
    ]);
  });

  it('are read at once when their pages grow too old', async () => {
    const page: Answer = (request, response, url) => {
      if (url.searchParams.get('continue')) status(410, 'too old')(request, response, url);
      else if (url.searchParams.get('limit'))
        json({ metadata: { continue: 'c' }, items: [{}] })(request, response, url);
      else json({ metadata: {}, items: [{}, {}, {}] })(request, response, url);
    };
    const answer = await (await start({ [podsPath]: page })).list(pods, 'shop');
    expect(answer).toMatchObject({ ok: true, objects: [{}, {}, {}] });
  });

  it('that are refused are data', async () => {
    const routes = {
      [podsPath]: status(403, 'pods is forbidden: User "eve" cannot list resource "pods"'),
      '/api/v1/namespaces/other/pods': status(500, 'etcd is gone'),
    };
    const small = await start(routes);
    expect(await small.list(pods, 'shop')).toMatchObject({
      ok: false,
      why: 'forbidden',
      reason:
        'no permission to list pods in the namespace shop (User "eve" cannot list resource "pods")',
    });
    expect(await small.list(pods, 'other')).toMatchObject({ ok: false, why: 'error' });
    expect(await small.list({ ...pods, group: 'gone.dev' }, '')).toMatchObject({
      why: 'not-served',
      reason: `${server.url} does not serve what was asked: list pods`,
    });
  });

  it.each([
    ['nothing', {}],
    ['a page of somebody else', { status: 'ok', items: 'none' }],
    ['a greeting', 'welcome'],
  ])('are not empty because somebody answers %s in the place of the server', async (_, body) => {
    const routes = [podsPath, `${podsPath}/a`, '/api', '/apis'].map(path => [path, json(body)]);
    const small = await start(Object.fromEntries(routes));
    const strange = {
      ok: false,
      reason: expect.stringContaining('does a proxy or a login page answer in its place?'),
    };
    expect(await small.list(pods, 'shop')).toMatchObject(strange);
    const pod = { ...pods, namespace: 'shop', name: 'a' };
    expect(await small.get(pods, pod)).toMatchObject(strange);
    expect(await small.discovery()).toMatchObject(strange);
  });

  it('that are not whole JSON were cut', async () => {
    const half: Answer = (_, response) => response.end('{"metadata": {}, "items": [{');
    const answer = await (await start({ [podsPath]: half })).list(pods, 'shop');
    expect(answer).toMatchObject({ ok: false, why: 'unreachable' });
    expect(server.asked.filter(line => line.includes(podsPath))).toHaveLength(3);
  });

  it('wait for a busy server', async () => {
    let asked = 0;
    const busy: Answer = (request, response, url) => {
      if (asked++ > 0) return json({ metadata: {}, items: [] })(request, response, url);
      response.writeHead(429, { 'retry-after': '0.01' }).end();
    };
    expect(await (await start({ [podsPath]: busy })).list(pods, 'shop')).toMatchObject({
      ok: true,
    });
  });

  it('reject only when aborted', async () => {
    const small = await start({ [podsPath]: () => {} });
    const abort = new AbortController();
    const answer = small.list(pods, 'shop', abort.signal);
    abort.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
  });
});

describe('single objects', () => {
  it('are absent only when the server says so of the object', async () => {
    const small = await start({
      [`${podsPath}/gone`]: status(404, 'pods "gone" not found', { details: { name: 'gone' } }),
      [`${podsPath}/there`]: json({ metadata: { name: 'there' } }),
    });
    const pod = (name: string) => ({ ...pods, namespace: 'shop', name });
    expect(await small.get(pods, pod('gone'))).toEqual({ ok: true, object: undefined });
    expect(await small.get(pods, pod('there'))).toMatchObject({
      ok: true,
      object: { kind: 'Pod' },
    });
    expect(await small.get(pods, pod('elsewhere'))).toMatchObject({ ok: false });
  });

  it('are tried with the manager and by force', async () => {
    const small = await start({
      [`${podsPath}/web`]: (request, response, url) => {
        expect(request.headers['content-type']).toBe('application/apply-patch+yaml');
        expect(Object.fromEntries(url.searchParams)).toEqual({
          dryRun: 'All',
          fieldManager: 'flux',
          force: 'true',
          fieldValidation: 'Strict',
        });
        status(422, 'spec is immutable')(request, response, url);
      },
    });
    const object = { metadata: { name: 'web', namespace: 'shop' } };
    const answer = await small.dryRun(dryRunOf(pods, object, 'flux'));
    expect(answer).toEqual({ ok: false, status: 422, reason: 'spec is immutable', causes: [] });
  });
});

describe('discovery', () => {
  const deployment = {
    resource: 'deployments',
    responseKind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    scope: 'Namespaced',
    verbs: ['list'],
  };
  const group = (name: string, version: object) => ({ metadata: { name }, versions: [version] });
  const discoveryList = (items: object[]) => json({ kind: 'APIGroupDiscoveryList', items });

  it('says what it cannot know', async () => {
    const small = await start({
      '/api': discoveryList([]),
      '/apis': discoveryList([
        group('apps', { version: 'v1', freshness: 'Current', resources: [deployment] }),
        group('metrics.k8s.io', { version: 'v1beta1', freshness: 'Stale' }),
      ]),
    });
    expect(await small.discovery()).toEqual({
      ok: true,
      resources: [
        {
          group: 'apps',
          version: 'v1',
          kind: 'Deployment',
          resource: 'deployments',
          namespaced: true,
          verbs: ['list'],
        },
      ],
      incomplete: 'the server cannot say now which types it serves of metrics.k8s.io/v1beta1',
    });
  });

  it('asks old servers group by group', async () => {
    const small = await start({
      '/api': json({ kind: 'APIVersions', versions: ['v1'] }),
      '/apis': json({
        kind: 'APIGroupList',
        groups: [{ name: 'apps', versions: [{ groupVersion: 'apps/v1' }] }],
      }),
      '/api/v1': json({
        resources: [
          { name: 'pods', kind: 'Pod', namespaced: true, verbs: ['list'] },
          { name: 'pods/log', kind: 'Pod', namespaced: true, verbs: ['get'] },
        ],
      }),
      '/apis/apps/v1': status(503, 'no'),
    });
    expect(await small.discovery()).toMatchObject({
      resources: [pods],
      incomplete: expect.stringContaining('apps/v1'),
    });
  });
});

describe('a slow server', () => {
  const patience = { answer: 150, parallel: 2 };
  const ask = async (answer: Answer) => {
    server = await smallServer({ '/slow': answer });
    const user = { name: 'u' };
    const context = { name: 'small', file: 'f', cluster: clusterAt(server.url), user };
    const connection = new Connection(context, {}, patience);
    const result = await connection.ask({ what: 'wait', path: '/slow' });
    connection.close();
    return result;
  };
  const clusterAt = (url: string) => ({ name: 'c', server: url, skipTlsVerify: false });

  it('is given up when it does not answer', async () => {
    expect(await ask(() => {})).toMatchObject({
      ok: false,
      why: 'timeout',
      reason: `${server.url} did not answer within 0.15 s: check the network, a VPN or the address`,
    });
  });

  it('is given up when it stops in the middle', async () => {
    const answer = await ask((_, response) => void response.write('{"items": ['));
    expect(answer).toMatchObject({
      why: 'timeout',
      reason: `${server.url} stopped in the middle of an answer for 0.15 s`,
    });
  });

  it('is left when a stream falls silent', async () => {
    server = await smallServer({ '/stream': (_, response) => void response.write('one\ntwo\nth') });
    const context = { name: 's', file: 'f', cluster: clusterAt(server.url), user: { name: 'u' } };
    const connection = new Connection(context, {}, patience);
    const lines: string[] = [];
    const { signal } = new AbortController();
    const question = { what: 'watch', path: '/stream' };
    const end = await connection.stream(question, 100, { line: text => lines.push(text) }, signal);
    expect(end).toEqual({ ok: true, silent: true });
    expect(lines).toEqual(['one', 'two']);
    connection.close();
  });

  it('is not asked by all who wait, one after the other', async () => {
    server = await smallServer({ '/slow': () => {} });
    const context = { name: 's', file: 'f', cluster: clusterAt(server.url), user: { name: 'u' } };
    const connection = new Connection(context, {}, patience);
    const ask = () => connection.ask({ what: 'wait', path: '/slow' });
    const answers = await Promise.all(Array.from({ length: 10 }, ask));
    expect(answers.every(answer => !answer.ok && answer.why === 'timeout')).toBe(true);
    expect(server.asked.length).toBeLessThan(2 * patience.parallel);
    connection.close();
  });

  it('is waited for while it goes on', async () => {
    const answer = await ask(async (_, response) => {
      for (const piece of ['{"a"', ':', '1', ', ', '"b"', ':', '2', '}']) {
        response.write(piece);
        await new Promise(resolve => setTimeout(resolve, 40));
      }
      response.end();
    });
    expect(answer).toEqual({ ok: true, status: 200, body: { a: 1, b: 2 } });
  });
});

describe('opening', () => {
  it('refuses another cluster than the pinned one, and one that cannot be known', async () => {
    server = await smallServer({});
    const other = await openSmall(folder, server.url, { uid: 'u-2' });
    expect(reasonOf(other)).toContain(
      'leads to another cluster (u-1) than the environment is pinned',
    );
    expect(await openSmall(folder, server.url, { uid: 'u-1' })).toMatchObject({ ok: true });
    await server.close();
    server = await smallServer({ '/api/v1/namespaces/kube-system': status(403, 'no') });
    const hidden = await openSmall(folder, server.url, { uid: 'u-1' });
    expect(reasonOf(hidden)).toContain('may not read the namespace kube-system');
    expect(await openSmall(folder, server.url)).toMatchObject({ ok: true });
  });

  const restricted = (uid: () => string) => ({
    '/api/v1/namespaces/kube-system': status(403, 'no'),
    '/api/v1/namespaces/default': ((request, response, url) =>
      json({ metadata: { uid: uid() } })(request, response, url)) as Answer,
  });

  it('knows a cluster by another namespace where kube-system may not be read', async () => {
    const small = await start(restricted(() => 'd-1'));
    expect(small.identity).toMatchObject({ namespace: { name: 'default', uid: 'd-1' } });
    expect(small.identity.uid).toBeUndefined();
  });

  it.each(['kube-system', 'default'])(
    'takes no word of another cluster, seen by its %s',
    async by => {
      let uid = 'u-1';
      let isThere = true;
      const list: Answer = (request, response, url) =>
        isThere
          ? json({ metadata: { resourceVersion: '1' }, items: [] })(request, response, url)
          : response.destroy();
      const whole: Answer = (request, response, url) =>
        json({ metadata: { uid } })(request, response, url);
      const routes =
        by === 'default' ? restricted(() => uid) : { [`/api/v1/namespaces/${by}`]: whole };
      const small = await start({ ...routes, [podsPath]: list });
      const ask = () => small.list(pods, 'shop');
      expect(await ask()).toMatchObject({ ok: true });
      isThere = false;
      expect(await ask()).toMatchObject({ ok: false, why: 'unreachable' });
      [isThere, uid] = [true, 'u-2'];
      expect(await ask()).toMatchObject({ ok: false, why: 'replaced' });
      expect(small.replaced).toContain('another cluster (u-2');
      expect(await small.get(pods, { ...pods, namespace: 'shop', name: 'a' })).toMatchObject({
        ok: false,
        why: 'replaced',
      });
      expect(await small.discovery()).toMatchObject({ ok: false });
      uid = 'u-1';
      expect(await ask()).toMatchObject({ ok: true });
      expect(small.replaced).toBeUndefined();
    },
  );

  it.each([
    ['/version', status(401, 'Unauthorized'), 'expired or wrong): sign in again'],
    ['/version', (_, response) => response.end('<html>'), 'answered something else than JSON'],
    ['/version', (_, response) => response.destroy(), 'closed the connection without an answer'],
  ] as [string, Answer, string][])('says what is wrong with %s', async (path, answer, reason) => {
    server = await smallServer({ [path]: answer });
    expect(reasonOf(await openSmall(folder, server.url))).toContain(reason);
  });

  it('says that nothing listens there', async () => {
    server = await smallServer({});
    await server.close();
    const answer = await openSmall(folder, server.url);
    expect(reasonOf(answer)).toBe(`${server.url} cannot be reached: nothing listens there`);
  });

  it('opens nothing when the CA is not there', async () => {
    server = await smallServer({});
    const answer = await openSmall(folder, server.url, {
      cluster: { 'certificate-authority': 'gone.crt' },
    });
    expect(reasonOf(answer)).toContain('gone.crt');
  });
});

describe('credentials', () => {
  const seen: Record<string, unknown>[] = [];
  const version: Answer = (request, response, url) => {
    seen.push(request.headers);
    json({ gitVersion: 'v1.30.0' })(request, response, url);
  };
  const headersFor = async (user: object) => {
    seen.length = 0;
    await start({ '/version': version }, { user, trusted: true });
    return seen[0];
  };

  it('are tokens, token files, passwords and impersonation', async () => {
    expect(await headersFor({ token: 't-1' })).toMatchObject({ authorization: 'Bearer t-1' });
    await server.close();
    writeFileSync(join(folder, 'token'), 't-2\n');
    expect(await headersFor({ tokenFile: 'token' })).toMatchObject({ authorization: 'Bearer t-2' });
    await server.close();
    const basic = `Basic ${Buffer.from('me:pass').toString('base64')}`;
    const person = { username: 'me', password: 'pass', as: 'eve', 'as-groups': ['dev', 'ops'] };
    expect(await headersFor(person)).toMatchObject({
      authorization: basic,
      'impersonate-user': 'eve',
      'impersonate-group': 'dev, ops',
    });
  });

  it('come from a plug-in, which runs once for many requests and again when refused', async () => {
    const script = join(folder, 'plugin.mjs');
    writeFileSync(
      script,
      `import { appendFileSync } from 'node:fs';
      appendFileSync(${JSON.stringify(join(folder, 'runs'))}, 'x');
      const { spec } = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
      const status = { token: [process.env.NAME, spec.interactive, spec.cluster.server].join(' ') };
      console.log(JSON.stringify({ kind: 'ExecCredential', status }));`,
    );
    const exec = {
      command: process.execPath,
      args: [script],
      env: [{ name: 'NAME', value: 'eve' }],
      provideClusterInfo: true,
    };
    let refusals = 1;
    const picky: Answer = (request, response, url) =>
      refusals-- > 0
        ? status(401, 'expired')(request, response, url)
        : json({ items: [request.headers.authorization], metadata: {} })(request, response, url);
    const small = await start({ [podsPath]: picky }, { user: { exec }, trusted: true });
    const runs = async () => (await import('node:fs')).readFileSync(join(folder, 'runs'), 'utf8');
    expect(await runs()).toBe('x');
    expect(await small.list(pods, 'shop')).toMatchObject({ ok: true });
    expect(await runs()).toBe('xx');
  });

  it.each([
    [
      { command: 'no-such-program-xyz', installHint: 'Get it at example.com' },
      'was not found: Get it',
    ],
    [{ command: process.execPath, args: ['-e', 'throw "no login"'] }, 'failed ('],
    [{ command: process.execPath, args: ['-e', '1'] }, 'answered no credential'],
  ])('that cannot be had are one sentence', async (exec, reason) => {
    server = await smallServer({});
    const answer = await openSmall(folder, server.url, { user: { exec }, trusted: true });
    expect(reasonOf(answer)).toContain('which gives the credentials of the context "small"');
    expect(reasonOf(answer)).toContain(reason);
  });
});

describe('a watch over HTTP', () => {
  it('reads events however they are cut, and goes on from there when the connection breaks', async () => {
    let streams = 0;
    const watched: Answer = (request, response, url) => {
      if (!url.searchParams.has('watch'))
        return json({ metadata: { resourceVersion: '5' }, items: [] })(request, response, url);
      if (streams++ === 0) void sendInPieces(response);
    };
    const small = await start({ [podsPath]: watched });
    const told: WatchEvent[] = [];
    small.watch(pods, 'shop', event => told.push(event));
    await expect.poll(() => streams, { timeout: 5000 }).toBe(2);
    expect(told.map(({ type }) => type)).toEqual(['reset', 'added', 'added']);
    expect(told[2]).toMatchObject({ object: { metadata: { name: 'größer' } } });
    expect(server.asked.at(-1)).toContain('&resourceVersion=6&');
    const watching = server.asked.find(line => line.includes('watch=1'));
    expect(watching).toContain('allowWatchBookmarks=true&resourceVersion=5');
  });
});

describe('a watch that fell silent', () => {
  it('is noticed and opened anew from where it was, without a storm', async () => {
    const bookmark = JSON.stringify({
      type: 'BOOKMARK',
      object: { metadata: { resourceVersion: '7' } },
    });
    server = await smallServer({
      '/stream': (_, response) => void response.write(`${bookmark}\n`),
    });
    const cluster = { name: 'c', server: server.url, skipTlsVerify: false };
    const context = { name: 's', file: 'f', cluster, user: { name: 'u' } };
    const connection = new Connection(context, {});
    const told: string[] = [];
    const end = keepCurrent(
      {
        list: async () => ({ ok: true, objects: [], resourceVersion: '7' }),
        changes: (version, heard, signal) =>
          connection.stream({ what: 'watch', path: `/stream?from=${version}` }, 150, heard, signal),
      },
      ({ type }) => told.push(type),
      { ...defaultWatchTiming, pause: 200 },
    );
    await new Promise(resolve => setTimeout(resolve, 1500));
    end();
    connection.close();
    expect(new Set(server.asked)).toEqual(new Set(['GET /stream?from=7']));
    expect(server.asked.length).toBeGreaterThanOrEqual(3);
    expect(server.asked.length).toBeLessThanOrEqual(8);
    expect(told).toEqual(['reset']);
  });
});

async function sendInPieces(response: ServerResponse): Promise<void> {
  const events = ['web', 'größer'].map(name =>
    JSON.stringify({ type: 'ADDED', object: { metadata: { name, resourceVersion: '6' } } }),
  );
  const bytes = Buffer.from(`${events.join('\n')}\n`);
  for (let at = 0; at < bytes.length; at += 7) {
    response.write(bytes.subarray(at, at + 7));
    await new Promise(resolve => setImmediate(resolve));
  }
  response.destroy();
}
