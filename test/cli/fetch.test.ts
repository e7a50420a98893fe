import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/charts/store.ts';
import { packed, podinfo } from '../core/charts/archive.ts';
import { folderWith, repositoryWith } from './fixtures.ts';
import { driftline } from './run.ts';

/** A chart repository that remembers what it was asked for. */
async function chartRepository(
  versions: Record<string, Buffer>,
  digests: Record<string, string> = {},
) {
  const asked: string[] = [];
  const state = { versions, user: '', hang: false };
  const answer = ({ url = '', headers }: IncomingMessage, response: ServerResponse) => {
    asked.push(url);
    const basic = `Basic ${Buffer.from(state.user).toString('base64')}`;
    if (state.user !== '' && headers.authorization !== basic) return response.writeHead(401).end();
    if (url === '/charts/index.yaml') return response.end(indexOf(state.versions, digests));
    if (state.hang) return;
    const version = /podinfo-(.*)\.tgz$/.exec(url)?.[1] ?? '';
    const archive = state.versions[version];
    return archive ? response.end(archive) : response.writeHead(404).end();
  };
  const server = createServer(answer);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/charts`, asked, state };
}

function indexOf(versions: Record<string, Buffer>, digests: Record<string, string>): string {
  const entries = Object.entries(versions).map(
    ([version, archive]) =>
      `  - {apiVersion: v2, name: podinfo, version: ${version}, urls: [podinfo-${version}.tgz], digest: ${digests[version] ?? sha256(archive)}}\n`,
  );
  return `apiVersion: v1\nentries:\n  podinfo:\n${entries.join('')}`;
}

const archiveOf = (version: string, values = 'replicas: 1\n') =>
  packed('podinfo', { ...podinfo(version), 'values.yaml': values });

/** A repository whose environment is a chart that needs podinfo. */
function world(url: string, version: string) {
  const home = folderWith({});
  const repo = repositoryWith({
    'driftline.yaml':
      'version: 1\nenvironments:\n- name: production\n  source: {path: web}\n  kubernetes: "1.33"\n',
    'web/Chart.yaml': `apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies:\n- name: podinfo\n  version: "${version}"\n  repository: ${url}\n`,
    'web/values.yaml': 'podinfo: {}\n',
  });
  const env = {
    HOME: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'config'),
  };
  const run = (args: string[], more: Parameters<typeof driftline>[1] = {}) =>
    driftline([...args, '-C', repo], { env, ...more });
  return { run, home, repo };
}

/** What lies in the store; what is not finished has other names. */
function stored(home: string): string[] {
  const folder = join(home, 'cache', 'driftline', 'charts');
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap(entry =>
        entry.isFile() ? [entry.name] : [],
      )
    : [];
}

describe('driftline fetch', () => {
  it('gets what is missing, and then it renders', async () => {
    const { url, asked } = await chartRepository({
      '6.5.0': archiveOf('6.5.0'),
      '6.6.0': archiveOf('6.6.0'),
    });
    const { run, home } = world(url, '6.5.0');
    const before = await run(['render', '-e', 'production', '--trust']);
    expect(before.status).toBe(2);
    expect(before.stderr).toContain(
      `chart podinfo 6.5.0 of ${url} is not here: \`driftline fetch --trust\` gets it`,
    );
    const planned = await run(['fetch', '--dry-run']);
    expect(planned.stdout).toBe(
      `1 chart would be fetched:\npodinfo 6.5.0  from ${url}\n  for production (web/Chart.yaml:5)\n`,
    );
    expect(asked).toEqual([]);
    const fetched = await run(['fetch', '--trust', '--format', 'json']);
    expect(fetched.stderr).toBe('');
    const digest = sha256(archiveOf('6.5.0'));
    expect(JSON.parse(fetched.stdout)).toMatchObject({
      command: 'fetch',
      charts: [
        {
          name: 'podinfo',
          asked: '6.5.0',
          environments: ['production'],
          result: 'fetched',
          version: '6.5.0',
          digest,
          from: `${url}/podinfo-6.5.0.tgz`,
        },
      ],
    });
    expect(stored(home)).toHaveLength(2);
    const count = asked.length;
    const after = await run(['render', '-e', 'production']);
    expect(after.status).toBe(0);
    expect(after.stdout).toContain('chart: podinfo-6.5.0');
    expect((await run(['drift', '-e', 'production'])).stderr).not.toContain('podinfo');
    expect(await run(['fetch', '--trust'])).toMatchObject({
      status: 0,
      stdout: 'Every chart is here.\n',
    });
    expect(asked).toHaveLength(count);
  });

  it('asks no address without trust, nor with --offline', async () => {
    const { url, asked } = await chartRepository({ '6.5.0': archiveOf('6.5.0') });
    const { run } = world(url, '6.5.0');
    const untrusted = await run(['fetch']);
    expect(untrusted.status).toBe(2);
    expect(untrusted.stderr).toMatch(/not trusted, so no address .* --trust/);
    const offline = await run(['fetch', '--trust', '--offline']);
    expect(offline.status).toBe(2);
    expect(offline.stderr).toContain('--offline, which opens no connection');
    for (const command of ['render', 'validate', 'drift', 'environments'])
      await run([command, '--trust']);
    expect(asked).toEqual([]);
  });

  it('says what a range meant, and asks again only when it is told to', async () => {
    const { url, state } = await chartRepository({ '6.5.0': archiveOf('6.5.0') });
    const { run } = world(url, '6.x');
    expect((await run(['render', '-e', 'production'])).stderr).toContain(
      'cannot be known before it was fetched',
    );
    expect((await run(['fetch', '--trust'])).stdout).toContain('podinfo 6.5.0, which 6.x means');
    state.versions = { '6.6.0': archiveOf('6.6.0'), ...state.versions };
    expect((await run(['fetch', '--trust'])).stdout).toBe('Every chart is here.\n');
    expect((await run(['render', '-e', 'production'])).stdout).toContain('chart: podinfo-6.5.0');
    expect((await run(['fetch', '--trust', '--refresh'])).stdout).toContain(
      'podinfo 6.6.0, which 6.x means',
    );
    expect((await run(['render', '-e', 'production'])).stdout).toContain('chart: podinfo-6.6.0');
  });

  it('says when the same version has other bytes', async () => {
    const { url, state } = await chartRepository({ '6.5.0': archiveOf('6.5.0') });
    const { run } = world(url, '6.5.0');
    await run(['fetch', '--trust']);
    expect((await run(['fetch', '--trust', '--refresh'])).stdout).not.toContain('other bytes');
    state.versions = { '6.5.0': archiveOf('6.5.0', 'replicas: 9\n') };
    const again = await run(['fetch', '--trust', '--refresh']);
    expect(again.stdout).toContain(
      `It has other bytes than when it was fetched before (sha256:${sha256(archiveOf('6.5.0'))})`,
    );
  });

  it("uses the person's credentials, for that repository only", async () => {
    const { url, state } = await chartRepository({ '6.5.0': archiveOf('6.5.0') });
    state.user = 'alice:secret';
    const { run, home } = world(url, '6.5.0');
    const refused = await run(['fetch', '--trust']);
    expect(refused.status).toBe(2);
    expect(refused.stdout).toContain(
      `${url} refuses (401 Unauthorized): sign in with \`helm repo add NAME ${url} --username … --password-stdin\`.`,
    );
    write(
      join(home, 'config', 'helm', 'repositories.yaml'),
      `repositories:\n- {name: mine, url: "${url}", username: alice, password: secret}\n`,
    );
    const allowed = await run(['fetch', '--trust']);
    expect(allowed.status).toBe(0);
    expect(allowed.stdout + allowed.stderr).not.toContain('secret');
  });

  it('says in a sentence what is wrong', async () => {
    const { url } = await chartRepository(
      { '6.5.0': archiveOf('6.5.0'), '6.7.0': archiveOf('6.5.0') },
      { '6.5.0': 'a'.repeat(64) },
    );
    const said = async (address: string, version: string) => {
      const { run, home } = world(address, version);
      const ran = await run(['fetch', '--trust']);
      expect(ran.status).toBe(2);
      expect(stored(home)).toEqual([]);
      return ran.stdout.split('\n')[1]?.trim();
    };
    expect(await said(url, '7.0.0')).toBe(
      `${url} has no version 7.0.0 of chart podinfo; its newest is 6.7.0.`,
    );
    expect(await said(url, '6.5.0')).toMatch(
      /^The archive at \S+ has the digest sha256:\w+, but the repository's index says sha256:a{64}: it is not used\.$/,
    );
    expect(await said(url, '6.7.0')).toMatch(
      /^The archive at \S+ is chart podinfo 6\.5\.0, not podinfo 6\.7\.0 as the repository's index says\.$/,
    );
    expect(await said(`${url}/none`, '6.5.0')).toContain('has no chart repository');
    expect(await said('http://127.0.0.1:1/charts', '6.5.0')).toMatch(
      /^127\.0\.0\.1:1 cannot be reached: .*refused\.$/,
    );
    expect(await said('oci://127.0.0.1:1/charts', '6.5.0')).toMatch(
      /^127\.0\.0\.1:1 cannot be reached: .*refused\.$/,
    );
  });

  it('says when what it got cannot be kept', async () => {
    const { url } = await chartRepository({ '6.5.0': archiveOf('6.5.0') });
    const { run, home } = world(url, '6.5.0');
    write(join(home, 'cache', 'driftline'), 'a file where a folder should be');
    const ran = await run(['fetch', '--trust']);
    expect(ran.status).toBe(2);
    expect(ran.stdout).toMatch(/It cannot be kept in .*charts: E/);
    expect(ran.stderr).toBe('');
  });

  it('leaves nothing half-written when it is interrupted', async () => {
    const { url, state, asked } = await chartRepository({ '6.5.0': archiveOf('6.5.0') });
    state.hang = true;
    const { run, home } = world(url, '6.5.0');
    const temporary = folderWith({});
    const env = { HOME: home, XDG_CACHE_HOME: join(home, 'cache'), TMPDIR: temporary };
    const isAsked = (async () => {
      while (!asked.some(path => path.endsWith('.tgz')))
        await new Promise(resolve => setTimeout(resolve, 20));
    })();
    const ran = await run(['fetch', '--trust'], { env, interruptWhen: isAsked });
    expect(ran.status).toBe(130);
    expect(stored(home)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

it('gets the dependencies of a chart that no environment deploys, which render names', async () => {
  const { url } = await chartRepository({ '6.5.0': archiveOf('6.5.0') });
  const { run, repo } = world(url, '6.5.0');
  write(
    join(repo, 'lib/Chart.yaml'),
    `apiVersion: v2\nname: lib\nversion: 1.0.0\ndependencies:\n- name: podinfo\n  version: ">=6"\n  repository: ${url}\n`,
  );
  const before = await run(['render', join(repo, 'lib')]);
  expect(before.stderr).toContain(
    'cannot be known before it was fetched: `driftline fetch --trust` gets it',
  );
  expect((await run(['fetch', '-e', 'production', '--dry-run'])).stdout).not.toContain('>=6');
  const fetched = await run(['fetch', '--trust']);
  expect(fetched.stdout).toContain('for a chart that no environment deploys (lib/Chart.yaml:5)');
  expect((await run(['render', join(repo, 'lib')])).stdout).toContain('chart: podinfo-6.5.0');
});

describe('charts that engines name', () => {
  const flux = (url: string) => ({
    'clusters/production/gotk-sync.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: fleet, namespace: flux-system}
spec: {url: "https://git.example.com/fleet"}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: fleet, namespace: flux-system}
spec: {path: ./clusters/production, prune: true, sourceRef: {kind: GitRepository, name: fleet}}
`,
    'clusters/production/podinfo.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: podinfo, namespace: flux-system}
spec: {url: "${url}"}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: podinfo, namespace: flux-system}
spec:
  targetNamespace: shop
  chart:
    spec:
      chart: podinfo
      version: 6.x
      sourceRef: {kind: HelmRepository, name: podinfo}
  values:
    replicas: 3
`,
  });
  const argo = (url: string) => ({
    'apps/podinfo.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: podinfo, namespace: argocd}
spec:
  destination: {server: "https://kubernetes.default.svc", namespace: shop}
  project: default
  source:
    repoURL: "${url}"
    chart: podinfo
    targetRevision: 6.5.0
    helm:
      valuesObject:
        replicas: 3
`,
  });

  it.each([
    {
      engine: 'Flux',
      files: flux,
      name: 'shop-podinfo',
      at: 'clusters/production/podinfo.yaml',
      line: 17,
    },
    { engine: 'Argo CD', files: argo, name: 'podinfo', at: 'apps/podinfo.yaml', line: 13 },
  ])(
    '$engine: rendered after the fetch, the values on their own lines',
    async ({ files, name, at, line }) => {
      const { url } = await chartRepository({ '6.5.0': archiveOf('6.5.0') });
      const home = folderWith({});
      const env = {
        HOME: home,
        XDG_CACHE_HOME: join(home, 'cache'),
        XDG_CONFIG_HOME: join(home, 'config'),
      };
      const repo = repositoryWith(files(url));
      const run = (...args: string[]) => driftline([...args, '-C', repo], { env });
      expect((await run('render')).stderr).toContain('`driftline fetch --trust` gets it');
      const fetched = await run('fetch', '--trust');
      expect(fetched.stdout).toContain('podinfo 6.5.0');
      const rendered = await run('render');
      expect(rendered.stderr).toBe('');
      expect(rendered.stdout).toContain('chart: podinfo-6.5.0');
      const traced = await run('trace', `Deployment/${name}`, '--format', 'json');
      const { objects } = JSON.parse(traced.stdout);
      const field = (path: string) =>
        objects[0].fields.find((each: { path: string }) => each.path === path);
      expect(field('.spec.replicas')).toMatchObject({ value: 3, file: at, line });
      const label = field('.metadata.labels.chart');
      expect(label).toMatchObject({ file: at, how: 'template' });
      expect(label.via).toContain('podinfo-6.5.0.tgz: templates/deployment.yaml:6');
    },
  );
});

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
