import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ChartFinder } from '../../../src/core/charts/finder.ts';
import { digestIn } from '../../../src/core/charts/helm-cache.ts';
import { helmSettings } from '../../../src/core/charts/helm-settings.ts';
import { sha256 } from '../../../src/core/charts/store.ts';
import type { FoundChart } from '../../../src/core/model/chart.ts';
import { repositoryOf } from '../render/harness.ts';
import { packed, podinfo } from './archive.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function world(files: Record<string, string | Uint8Array> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'driftline-charts-'));
  folders.push(root);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  const env = {
    HOME: root,
    XDG_CACHE_HOME: join(root, 'cache'),
    XDG_CONFIG_HOME: join(root, 'config'),
  };
  return { root, finder: new ChartFinder(join(root, 'store'), env) };
}

const url = 'https://charts.example.com/podinfo';
const empty = repositoryOf({});
const archive = packed('podinfo', podinfo('6.5.0'));
const digest = sha256(archive);
const fetched = { version: '6.5.0', digest, from: `${url}/podinfo-6.5.0.tgz`, archive };
const at = new Date('2026-01-02T03:04:05Z');

function said(found: FoundChart): string {
  if (found.kind === 'archive') return `archive ${found.file} ${found.digest}`;
  return found.kind === 'copy' ? `copy ${found.path}` : found.reason;
}

async function find(finder: ChartFinder, version: string, repository = empty, from = url) {
  return said(await finder.find({ url: from, name: 'podinfo', version }, repository));
}

describe('a chart that was fetched', () => {
  it('is found by its address, name and version', async () => {
    const { finder } = world();
    const reference = { url: `${url}/`, name: 'podinfo', version: '6.5.0' };
    expect(await find(finder, '6.5.0')).toMatch(
      /^chart podinfo 6\.5\.0 of https:\S+ is not here: `driftline fetch --trust` gets it$/,
    );
    await finder.store.put(reference, fetched, at);
    expect(await find(finder, '6.5.0')).toBe(`archive podinfo-6.5.0.tgz ${digest}`);
    expect(await find(finder, '6.5.1')).toContain('is not here');
    expect(await find(finder, '6.5.0', empty, 'https://other.example.com')).toContain(
      'is not here',
    );
  });

  it('stands for a range only where that range was asked when it was fetched', async () => {
    const { finder } = world();
    await finder.store.put({ url, name: 'podinfo', version: '6.5.0' }, fetched, at);
    for (const range of ['6.x', '', '>=1', '6.5', 'latest'])
      expect(await find(finder, range)).toContain('cannot be known before it was fetched');
    await finder.store.put({ url, name: 'podinfo', version: '6.x' }, fetched, at);
    expect(await find(finder, '6.x')).toBe(`archive podinfo-6.5.0.tgz ${digest}`);
    expect(await find(finder, '>=1')).toContain('cannot be known');
    expect((await finder.store.find({ url, name: 'podinfo', version: '6.x' }))?.at).toBe(
      at.toISOString(),
    );
  });

  it('is not used when its bytes are not those that were stored', async () => {
    const { root, finder } = world();
    await finder.store.put({ url, name: 'podinfo', version: '6.5.0' }, fetched, at);
    writeFileSync(join(root, 'store', 'archives', `${digest}.tgz`), 'other');
    expect(await find(finder, '6.5.0')).toContain('is not here');
  });

  it('tells when a version that was fetched before has other bytes now', async () => {
    const { finder } = world();
    const reference = { url, name: 'podinfo', version: '6.5.0' };
    expect(await finder.store.put(reference, fetched, at)).toBeUndefined();
    expect(await finder.store.put(reference, fetched, at)).toBeUndefined();
    const other = packed('podinfo', { ...podinfo('6.5.0'), 'values.yaml': 'replicas: 9\n' });
    const again = { ...fetched, archive: other, digest: sha256(other) };
    expect(await finder.store.put(reference, again, at)).toBe(digest);
  });
});

it('a tag that can move says nothing of the version that it named once', async () => {
  const { finder } = world();
  const registry = 'oci://registry.example.com/charts';
  const tagged = { ...fetched, from: `${registry}/podinfo:latest` };
  await finder.store.put({ url: registry, name: 'podinfo', version: 'latest' }, tagged, at);
  expect(await find(finder, 'latest', empty, registry)).toContain(digest);
  expect(await find(finder, '6.5.0', empty, registry)).toContain('is not here');
  const other = packed('podinfo', { ...podinfo('6.5.0'), 'values.yaml': 'replicas: 9\n' });
  const versioned = {
    ...fetched,
    archive: other,
    digest: sha256(other),
    from: `${registry}/podinfo:6.5.0`,
  };
  await finder.store.put({ url: registry, name: 'podinfo', version: '6.5.0' }, versioned, at);
  expect(await find(finder, 'latest', empty, registry)).toContain(digest);
  expect(await find(finder, '6.5.0', empty, registry)).toContain(sha256(other));
});

const repositories = `apiVersion: ""\nrepositories:\n- name: stefan\n  url: ${url}/\n`;
const index = (digestText: string) => `apiVersion: v1
entries:
  other:
  - name: other
    version: 6.5.0
    digest: ${'0'.repeat(64)}
  podinfo:
  - apiVersion: v1
    # a comment
    digest: ${'1'.repeat(64)}
    name: podinfo
    version: 6.5.1
  - apiVersion: v1
    digest: ${digestText}
    name: podinfo
    version: 6.5.0
generated: "2026-01-01T00:00:00Z"
`;

describe("Helm's own cache", () => {
  const config = { 'config/helm/repositories.yaml': repositories };
  const cached = 'cache/helm/repository/podinfo-6.5.0.tgz';

  it('has the archive whose digest the repository index gives', async () => {
    for (const file of [cached, `cache/helm/content/${digest.slice(0, 2)}/${digest}.chart`]) {
      const { finder } = world({
        ...config,
        'cache/helm/repository/stefan-index.yaml': index(digest),
        [file]: archive,
      });
      expect(await find(finder, '6.5.0'), file).toBe(`archive podinfo-6.5.0.tgz ${digest}`);
      expect(await find(finder, '6.5.1'), file).toContain('is not here');
    }
  });

  it('is not believed for what may come from elsewhere', async () => {
    const without = world({ ...config, [cached]: archive });
    expect(await find(without.finder, '6.5.0')).toContain('is not here');
    const other = world({
      ...config,
      'cache/helm/repository/stefan-index.yaml': index('2'.repeat(64)),
      [cached]: archive,
    });
    expect(await find(other.finder, '6.5.0')).toContain('is not here');
    const complete = world({
      ...config,
      'cache/helm/repository/stefan-index.yaml': index(digest),
      [cached]: archive,
    });
    expect(await find(complete.finder, '6.5.0', empty, 'https://other.example.com')).toContain(
      'is not here',
    );
    expect(await find(complete.finder, '6.x')).toContain('cannot be known');
  });

  it('is read by names that stay inside only', async () => {
    const { finder } = world({
      ...config,
      'cache/helm/repository/stefan-index.yaml': index(digest).replaceAll(
        'podinfo',
        '../../secret',
      ),
      'cache/secret-6.5.0.tgz': archive,
    });
    const reference = { url, name: '../../secret', version: '6.5.0' };
    expect(said(await finder.find(reference, empty))).toContain('is not here');
  });

  it('lies where helm env says', () => {
    const at = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform) =>
      helmSettings({ HOME: '/home/a', ...env }, platform).repositoryCache;
    expect(at({}, 'linux')).toBe('/home/a/.cache/helm/repository');
    expect(at({ XDG_CACHE_HOME: '/x' }, 'linux')).toBe('/x/helm/repository');
    expect(at({ HELM_CACHE_HOME: '/h', XDG_CACHE_HOME: '/x' }, 'linux')).toBe('/h/repository');
    expect(at({ HELM_REPOSITORY_CACHE: '/r' }, 'linux')).toBe('/r');
    expect(at({}, 'darwin')).toBe('/home/a/Library/Caches/helm/repository');
  });

  it('has indexes in several forms', () => {
    expect(digestIn(index(digest), 'podinfo', '6.5.0')).toBe(digest);
    const indented = index(digest).replace(/^( {4}| {2}- )/gm, '  $1');
    expect(digestIn(indented, 'podinfo', '6.5.0')).toBe(digest);
    const json = { entries: { podinfo: [{ version: '6.5.0', digest: `sha256:${digest}` }] } };
    expect(digestIn(JSON.stringify(json), 'podinfo', '6.5.0')).toBe(digest);
    expect(digestIn('', 'podinfo', '6.5.0')).toBeUndefined();
    expect(digestIn('entries:\n  podinfo:\n  - a: [\n', 'podinfo', '6.5.0')).toBeUndefined();
  });
});

describe('a copy in the repository', () => {
  const chart = 'apiVersion: v2\nname: podinfo\nversion: 6.5.0\n';
  const helmPackaged =
    'apiVersion: v1\nappVersion: 6.5.0\ndescription: Podinfo\nname: podinfo\nversion: 6.5.0\n';
  const found = async (files: Record<string, string>, version = '6.5.0') =>
    find(world().finder, version, repositoryOf(files));

  it('is an archive with that name, or a folder that is clearly a copy', async () => {
    expect(await found({ 'vendor/podinfo-6.5.0.tgz': 'x' })).toBe('copy vendor/podinfo-6.5.0.tgz');
    expect(await found({ 'vendor/charts/podinfo/Chart.yaml': chart })).toBe(
      'copy vendor/charts/podinfo',
    );
    expect(await found({ 'charts/podinfo-6.5.0/Chart.yaml': chart })).toBe(
      'copy charts/podinfo-6.5.0',
    );
    expect(await found({ 'charts/podinfo/Chart.yaml': helmPackaged })).toBe('copy charts/podinfo');
  });

  it("is not the repository's own chart of the same name, nor another version", async () => {
    expect(await found({ 'charts/podinfo/Chart.yaml': chart })).toContain('is not here');
    expect(await found({ 'vendor/podinfo/Chart.yaml': chart }, '6.5.1')).toContain('is not here');
    expect(await found({ 'vendor/podinfo/Chart.yaml': chart }, '6.x')).toContain('cannot be known');
    expect(
      await found({ 'vendor/podinfo/Chart.yaml': chart.replace('name: podinfo', 'name: web') }),
    ).toContain('is not here');
  });
});

describe('the dependencies of a chart', () => {
  const dependency = (text: string) =>
    `apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- name: redis\n${text}`;
  const resolveAll = async (text: string, more: Record<string, string> = {}) => {
    const { finder } = world({ 'config/helm/repositories.yaml': repositories });
    const files = repositoryOf({ 'web/Chart.yaml': dependency(text), ...more });
    return finder.dependencies('web', ['redis'], files);
  };
  const resolve = async (...given: Parameters<typeof resolveAll>) =>
    (await resolveAll(...given))[0];

  it('come from where Chart.yaml says, at the version of Chart.lock', async () => {
    const written = '  version: 18.x\n  repository: https://r.example.com/\n';
    expect(await resolve(written)).toMatchObject({
      reference: { url: 'https://r.example.com/', version: '18.x' },
    });
    const lock = {
      'web/Chart.lock':
        'dependencies:\n- name: redis\n  repository: https://r.example.com\n  version: 18.2.0\n',
    };
    expect(await resolve(written, lock)).toMatchObject({ reference: { version: '18.2.0' } });
    expect(await resolve(written.replace('18.x', '18.1.0'), lock)).toMatchObject({
      reason: expect.stringContaining('Chart.lock has another version'),
    });
    const twice = `${written.replace('18.x', '17.x')}- name: redis\n${written}`;
    const both = {
      'web/Chart.lock': `dependencies:\n${['17.1.0', '18.2.0'].map(version => `- name: redis\n  repository: https://r.example.com\n  version: ${version}\n`).join('')}`,
    };
    expect(await resolveAll(twice, both)).toMatchObject([
      { reference: { version: '17.1.0' } },
      { reference: { version: '18.2.0' } },
    ]);
    expect(await resolve('  version: 1.0.0\n  repository: "@stefan"\n')).toMatchObject({
      reference: { url: `${url}/` },
    });
    expect(await resolve('  version: 1.0.0\n  repository: "@nobody"\n')).toMatchObject({
      reason: expect.stringContaining('helm repo add nobody'),
    });
    expect(await resolve('  version: 1.0.0\n')).toMatchObject({
      reason: expect.stringContaining('must be in charts/'),
    });
    expect(
      await resolve('  repository: file://../redis\n', { 'redis/Chart.yaml': 'a: 1' }),
    ).toMatchObject({ kind: 'folder', path: 'redis' });
    expect(await resolve('  repository: file://../../../etc\n')).toMatchObject({ kind: 'unknown' });
  });
});
