import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../scripts/lib/run.ts';
import { type Fetched, fetchArchives } from '../../src/core/charts/fetcher.ts';
import { ChartFinder } from '../../src/core/charts/finder.ts';
import { sha256 } from '../../src/core/charts/store.ts';
import type { ChartReference } from '../../src/core/model/environment.ts';
import { requireProgram } from '../../src/core/upstream/programs.ts';
import { folderWith } from '../cli/fixtures.ts';
import { podinfo } from '../core/charts/archive.ts';
import { repositoryOf } from '../core/render/harness.ts';
import { buildPart } from './build.ts';
import { createUser, type Gitea, type GiteaUser } from './gitea-api.ts';
import { parts } from './parts.ts';
import { gitea } from './servers.ts';

// Charts made by the real Helm, in the Helm repository and the OCI registry of a real Gitea.
let server: Gitea;
let alice: GiteaUser;
let helm: (...args: string[]) => Promise<string>;
let home: string;
let before: NodeJS.ProcessEnv;
const archives = new Map<string, Buffer>();

beforeAll(async () => {
  server = await gitea();
  alice = await createUser(server, 'alice');
  home = await mkdtemp(join(tmpdir(), 'driftline-helm-'));
  before = { ...process.env };
  Object.assign(process.env, {
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
  });
  const program = join(await buildPart(parts.tools), 'helm');
  helm = async (...args) => {
    const { status, output, error } = await run(program, args, { env: process.env });
    if (status !== 0) throw new Error(`helm ${args.join(' ')}: ${error}`);
    return output;
  };
  for (const version of ['6.5.0', '6.6.0', '7.0.0-rc.1']) {
    const files = Object.entries(podinfo(version)).map(([name, text]) => [`podinfo/${name}`, text]);
    const folder = folderWith(Object.fromEntries(files));
    await helm('package', join(folder, 'podinfo'), '--destination', folder);
    const file = join(folder, `podinfo-${version}.tgz`);
    archives.set(version, await readFile(file));
    await upload(file);
  }
});
afterAll(async () => {
  process.env = before;
  await rm(home, { recursive: true, force: true });
});

async function upload(file: string): Promise<void> {
  const response = await fetch(`${repository()}/api/charts`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${alice.name}:${alice.password}`).toString('base64')}`,
    },
    body: new Uint8Array(await readFile(file)),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const { host } = new URL(server.url);
  await helm('registry', 'login', host, '--plain-http', '-u', alice.name, '-p', alice.password);
  await helm('push', file, registry(), '--plain-http');
  await helm('registry', 'logout', host);
}

const repository = () => `${server.url}/api/packages/${alice.name}/helm`;
const registry = () => `oci://${new URL(server.url).host}/${alice.name}`;

async function ask(...charts: ChartReference[]): Promise<Fetched[]> {
  const results: Fetched[] = [];
  await fetchArchives(requireProgram('renderer'), charts, {
    onResult: async result => {
      results[result.index] = result;
    },
  });
  return results;
}

const named = (url: string, version: string, name = 'podinfo') => ({ url, name, version });
const said = (result?: Fetched) => (result && 'error' in result ? result.error : undefined);
const version = (result?: Fetched) =>
  result && 'chart' in result ? result.chart.version : said(result);

describe.each([
  { kind: 'an HTTP repository', url: repository },
  { kind: 'an OCI registry', url: registry },
])('$kind', ({ url }) => {
  it('gives the very archive that helm package made', async () => {
    const [result] = await ask(named(url(), '6.5.0'));
    expect(version(result)).toBe('6.5.0');
    const digest = sha256(archives.get('6.5.0') ?? '');
    expect(result).toMatchObject({ chart: { digest } });
  });

  it('says what a range means, as Helm does', async () => {
    const asked = ['6.x', '>=6.5.0 <6.6.0', '', '>=7.0.0-0'].map(range => named(url(), range));
    expect((await ask(...asked)).map(version)).toEqual(['6.6.0', '6.5.0', '6.6.0', '7.0.0-rc.1']);
  });

  it('says in a sentence what it has not', async () => {
    const [noVersion, noRange, noChart] = await ask(
      named(url(), '9.9.9'),
      named(url(), '9.x'),
      named(url(), '1.0.0', 'nothing'),
    );
    expect(said(noVersion)).toMatch(/ has no version 9\.9\.9 of chart podinfo/);
    expect(said(noRange)).toMatch(
      / has no version 9\.x of chart podinfo; its newest is 7\.0\.0-rc\.1\.$/,
    );
    expect(said(noChart)).toMatch(/ has no (version 1\.0\.0 of )?chart nothing\.$/);
  });
});

it('a private registry wants the credentials that helm registry login left', async () => {
  const { host } = new URL(server.url);
  await helm('registry', 'login', host, '--plain-http', '-u', alice.name, '-p', 'wrong').catch(
    () => '',
  );
  await setPrivate(true);
  try {
    const [refused, refusedRange, refusedHttp] = await ask(
      named(registry(), '6.5.0'),
      named(registry(), '6.x'),
      named(repository(), '6.5.0'),
    );
    for (const each of [refused, refusedRange])
      expect(said(each)).toMatch(
        /refuses \(40[13] \w+\): sign in with `helm registry login 127\.0\.0\.1:\d+`\.$/,
      );
    expect(said(refusedHttp)).toContain('sign in with `helm repo add');
    await helm('registry', 'login', host, '--plain-http', '-u', alice.name, '-p', alice.password);
    await helm(
      'repo',
      'add',
      'mine',
      repository(),
      '--username',
      alice.name,
      '--password',
      alice.password,
    );
    const [oci, http] = await ask(named(registry(), '6.x'), named(repository(), '6.5.0'));
    expect([oci, http].map(version)).toEqual(['6.6.0', '6.5.0']);
  } finally {
    await setPrivate(false);
  }
});

it("what the person's Helm pulled is found without a connection, where the index has digests", async () => {
  const folder = folderWith(
    Object.fromEntries(
      [...archives].map(([version, content]) => [`podinfo-${version}.tgz`, content]),
    ),
  );
  const asked: string[] = [];
  const files = createServer((request, response) => {
    asked.push(request.url ?? '');
    readFile(join(folder, request.url ?? '')).then(
      content => response.end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>(resolve => files.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
    await helm('repo', 'index', folder);
    await helm('repo', 'add', 'static', url);
    const login = ['--username', alice.name, '--password', alice.password];
    await helm('repo', 'add', 'without-digests', repository(), '--force-update', ...login);
    const store = folderWith({});
    const find = (at: string) => new ChartFinder(store).find(named(at, '6.6.0'), repositoryOf({}));
    expect((await find(url)).kind).toBe('missing');
    await helm('template', 'x', 'static/podinfo', '--version', '6.6.0');
    await helm('template', 'x', 'without-digests/podinfo', '--version', '6.6.0');
    const count = asked.length;
    const digest = sha256(archives.get('6.6.0') ?? '');
    expect(await find(url)).toMatchObject({ kind: 'archive', digest });
    expect((await find(repository())).kind).toBe('missing');
    expect(asked).toHaveLength(count);
  } finally {
    files.close();
  }
});

async function setPrivate(hidden: boolean): Promise<void> {
  const response = await fetch(`${server.url}/api/v1/admin/users/${alice.name}`, {
    method: 'PATCH',
    headers: { authorization: `token ${server.admin.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      source_id: 0,
      login_name: alice.name,
      visibility: hidden ? 'private' : 'public',
    }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}
