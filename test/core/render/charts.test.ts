import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ChartFinder } from '../../../src/core/charts/finder.ts';
import { sha256 } from '../../../src/core/charts/store.ts';
import type {
  ChartReference,
  HelmSource,
  ValuesSource,
} from '../../../src/core/model/environment.ts';
import { RenderCache } from '../../../src/core/render/cache.ts';
import type { RenderedSource } from '../../../src/core/render/renderer.ts';
import { createRendering } from '../../../src/core/render/rendering.ts';
import { packed, podinfo } from '../charts/archive.ts';
import {
  objectOf,
  placeOf,
  release,
  renderingOf,
  repositoryOf,
  startRenderer,
  viaOf,
} from './harness.ts';

const { program, resident } = startRenderer();
const folder = mkdtempSync(join(tmpdir(), 'driftline-store-'));
const charts = new ChartFinder(folder, { HOME: folder });
afterAll(async () => {
  await resident.close();
  rmSync(folder, { recursive: true, force: true });
});

const url = 'https://charts.example.com';
const origin = { file: 'apps/podinfo.yaml', line: 3, column: 1 };

async function fetched(name: string, version: string, archive: Buffer, asked = version) {
  const reference: ChartReference = { url, name, version: asked };
  const digest = sha256(archive);
  const from = `${url}/${name}-${version}.tgz`;
  await charts.store.put(reference, { version, digest, from, archive }, new Date());
  return reference;
}

function releaseOf(chart: ChartReference, ...values: ValuesSource[]) {
  const source: HelmSource = {
    kind: 'helm',
    path: '',
    chart,
    release: 'shop',
    namespace: 'store',
    values,
    includeCrds: true,
  };
  return { source, origin };
}

const files = {
  'apps/podinfo.yaml': 'kind: HelmRelease\nspec:\n  values:\n    replicas: 3\n',
  'prod.yaml': 'replicas: 5\n',
};

describe('a release of a chart that is not in the repository', () => {
  it('is not checked until the chart was fetched, and rendered then', async () => {
    const cache = new RenderCache();
    const render = (chart: ChartReference) =>
      createRendering(repositoryOf(files), program, { cache, charts }).render(releaseOf(chart));
    const missing = await render({ url, name: 'podinfo', version: '6.5.0' });
    expect(missing.failure).toEqual({
      message: `chart podinfo 6.5.0 of ${url} is not here: \`driftline fetch --trust\` gets it`,
      place: origin,
    });
    const reference = await fetched('podinfo', '6.5.0', packed('podinfo', podinfo('6.5.0')));
    const first = await render(reference);
    expect(first.failure).toBeUndefined();
    expect(await render(reference)).toBe(first);
    const other = { ...podinfo('6.5.0'), 'values.yaml': 'replicas: 7\n' };
    await fetched('podinfo', '6.5.0', packed('podinfo', other));
    const printed = await createRendering(repositoryOf(files), program, { cache, charts }).print(
      releaseOf(reference),
    );
    expect(printed.text).toContain('# Source: podinfo/templates/deployment.yaml');
    expect(objectOf(await render(reference), 'Deployment', 'shop').value.spec).toEqual({
      replicas: 7,
    });
  });

  it('names the line that deploys it, and the template in the chain', async () => {
    const reference = await fetched('podinfo', '6.5.1', packed('podinfo', podinfo('6.5.1')));
    const rendered = await renderingOf(files, program, charts).trace(releaseOf(reference));
    const deployment = objectOf(rendered, 'Deployment', 'shop');
    expect(deployment.source).toEqual(origin);
    expect(rendered.reads).toEqual([]);
    expect(placeOf(deployment, '/metadata/labels/chart')).toBe('apps/podinfo.yaml:3:1 template');
    expect(viaOf(deployment, '/metadata/labels/chart')).toContain(
      'podinfo-6.5.1.tgz: templates/deployment.yaml:6',
    );
    expect(viaOf(deployment, '/spec/replicas').join()).toMatch(
      /^podinfo-6\.5\.1\.tgz: (values|templates)/,
    );
  });

  it('keeps the exact line of values that stand in the repository', async () => {
    const reference = await fetched('podinfo', '6.5.2', packed('podinfo', podinfo('6.5.2')));
    const rendered = await renderingOf(files, program, charts).trace(
      releaseOf(reference, { kind: 'file', path: 'prod.yaml' }),
    );
    const deployment = objectOf(rendered, 'Deployment', 'shop');
    expect(placeOf(deployment, '/spec/replicas')).toMatch(/^prod\.yaml:1:11 /);
    expect(rendered.reads).toEqual(['prod.yaml']);
  });

  it('fails on the line that deploys it', async () => {
    const broken = { ...podinfo('1.0.0'), 'templates/x.yaml': 'a: {{ fail "no" }}\n' };
    const reference = await fetched('broken', '1.0.0', packed('broken', broken));
    const { failure } = await renderingOf(files, program, charts).render(releaseOf(reference));
    expect(failure?.message).toContain('no');
    expect(failure?.place).toEqual(origin);
  });

  it('is rendered again from the archive after the renderer died', async () => {
    const reference = await fetched('podinfo', '6.5.3', packed('podinfo', podinfo('6.5.3')));
    const rendering = renderingOf(files, program, charts);
    await rendering.render(releaseOf(reference));
    const again = renderingOf({ ...files, 'x.yaml': 'a: 1' }, program, charts);
    expect((await again.render(releaseOf(reference))).failure).toBeUndefined();
  });

  it('is rendered from the copy that the repository carries', async () => {
    const copy = Object.fromEntries(
      Object.entries(podinfo('7.0.0')).map(([name, text]) => [`vendor/podinfo/${name}`, text]),
    );
    const reference = { url, name: 'podinfo', version: '7.0.0' };
    const rendered = await renderingOf({ ...files, ...copy }, program, charts).trace(
      releaseOf(reference),
    );
    const deployment = objectOf(rendered, 'Deployment', 'shop');
    expect(placeOf(deployment, '/metadata/labels/chart')).toBe(
      'vendor/podinfo/templates/deployment.yaml:6:12 exact',
    );
    const packedCopy = repositoryOf({
      ...files,
      'vendor/podinfo-7.0.1.tgz': packed('podinfo', podinfo('7.0.1')),
    });
    const other = await renderingOf(packedCopy, program, charts).trace(
      releaseOf({ ...reference, version: '7.0.1' }),
    );
    expect(other.reads).toEqual(['vendor/podinfo-7.0.1.tgz']);
    expect(viaOf(objectOf(other, 'Deployment', 'shop'), '/metadata/labels/chart')).toContain(
      'vendor/podinfo-7.0.1.tgz: templates/deployment.yaml:6',
    );
  });
});

describe('a chart of the repository whose dependencies are not in it', () => {
  const parent = (dependency: string) => ({
    'web/Chart.yaml': `apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies:\n- name: podinfo\n${dependency}`,
    'web/values.yaml': 'podinfo:\n  replicas: 4\n',
  });
  const remote = parent(`  version: 6.6.0\n  repository: ${url}\n`);

  it('has no place in an archive of its own, which nobody can open', async () => {
    const repository = repositoryOf({
      ...remote,
      'web/charts/podinfo-6.6.0.tgz': packed('podinfo', podinfo('6.6.0')),
    });
    const rendered = await renderingOf(repository, program, charts).trace(release('web'));
    const deployment = objectOf(rendered, 'Deployment', 'shop');
    expect(placeOf(deployment, '/metadata/labels/chart')).toBe('web/Chart.yaml:1:1 template');
    expect(viaOf(deployment, '/metadata/labels/chart')).toContain(
      'web/charts/podinfo-6.6.0.tgz: templates/deployment.yaml:6',
    );
    expect(placeOf(deployment, '/spec/replicas')).toBe('web/values.yaml:2:13 exact');
  });

  it('is rendered with those that were fetched', async () => {
    const before = await renderingOf(remote, program, charts).render(release('web'));
    expect(before.failure?.message).toMatch(
      /^The chart's dependency podinfo is not in web\/charts, and chart podinfo 6\.6\.0 of \S+ is not here: `driftline fetch --trust` gets it\. Helm: /,
    );
    expect(before.failure?.place).toEqual({ file: 'web/Chart.yaml', line: 5, column: 1 });
    await fetched('podinfo', '6.6.0', packed('podinfo', podinfo('6.6.0')));
    const after = await renderingOf(remote, program, charts).trace(release('web'));
    const deployment = objectOf(after, 'Deployment', 'shop');
    expect(deployment.value.spec).toEqual({ replicas: 4 });
    expect(placeOf(deployment, '/metadata/labels/chart')).toBe('web/Chart.yaml:5:1 template');
    expect(placeOf(deployment, '/spec/replicas')).toMatch(/^web\/values\.yaml:2:13 /);
    expect(after.reads).toEqual(['web/Chart.yaml', 'web/values.yaml']);
    expect((after as RenderedSource).absent).toContain('web/Chart.lock');
  });

  it('is rendered with several versions of one chart', async () => {
    for (const version of ['6.8.0', '6.9.0'])
      await fetched(
        'podinfo',
        version,
        packed('podinfo', {
          ...podinfo(version),
          'templates/deployment.yaml':
            podinfo(version)['templates/deployment.yaml']?.replace(
              '{{ .Release.Name }}',
              '{{ .Chart.Name }}',
            ) ?? '',
        }),
      );
    const both = parent(
      `  alias: old\n  version: 6.8.0\n  repository: ${url}\n- name: podinfo\n  alias: new\n  version: 6.9.0\n  repository: ${url}\n`,
    );
    const rendered = await renderingOf(both, program, charts).render(release('web'));
    expect(rendered.failure).toBeUndefined();
    const labels = ['old', 'new'].map(
      name => objectOf(rendered, 'Deployment', name).value.metadata,
    );
    expect(labels).toMatchObject([
      { labels: { chart: 'podinfo-6.8.0' } },
      { labels: { chart: 'podinfo-6.9.0' } },
    ]);
  });

  it('is rendered with a chart beside it, whose lines stay exact', async () => {
    const beside = Object.fromEntries(
      Object.entries(podinfo('0.1.0')).map(([name, text]) => [`libs/podinfo/${name}`, text]),
    );
    const local = {
      ...parent('  version: 0.1.0\n  repository: file://../libs/podinfo\n'),
      ...beside,
    };
    const rendered = await renderingOf(local, program, charts).trace(release('web'));
    const deployment = objectOf(rendered, 'Deployment', 'shop');
    expect(placeOf(deployment, '/metadata/labels/chart')).toBe(
      'libs/podinfo/templates/deployment.yaml:6:12 exact',
    );
    expect(rendered.reads).toContain('libs/podinfo/templates/deployment.yaml');
  });
});
