import { afterAll, describe, expect, it } from 'vitest';
import {
  filesBelow,
  fixture,
  objectOf,
  placeOf,
  release,
  renderingOf,
  repositoryOf,
  startRenderer,
  viaOf,
} from './harness.ts';

const { program, resident } = startRenderer();
afterAll(() => resident.close());

const deployment = 'web/templates/deployment.yaml';

describe('a release', () => {
  const rendering = renderingOf(fixture('charts'), program);
  const production = release('web', 'web/values-production.yaml');

  it('is rendered into objects, with custom resource definitions and hooks', async () => {
    const { objects, text, failure, reads } = await rendering.render(production);
    expect(failure).toBeUndefined();
    expect(objects.map(({ resource }) => `${resource.kind}/${resource.name}`)).toEqual([
      'CustomResourceDefinition/shops.example.org',
      'Secret/shop-session',
      'ConfigMap/cache',
      'Deployment/shop-web',
      'Pod/check',
    ]);
    expect(text).not.toContain('Installed');
    expect(reads).toContain('web/values-production.yaml');
    expect(objectOf({ objects } as never, 'ConfigMap', 'cache').source.file).toBe(
      'web/charts/cache/templates/config.yaml',
    );
  });

  it('leads values to the file that sets them, and the rest to the template', async () => {
    const rendered = await rendering.trace(production);
    const web = objectOf(rendered, 'Deployment', 'shop-web');
    const cache = objectOf(rendered, 'ConfigMap', 'cache');
    const container = '/spec/template/spec/containers/0';
    expect({
      ofEnvironment: placeOf(web, '/spec/replicas'),
      ofChart: placeOf(web, `${container}/ports/0/containerPort`),
      block: placeOf(web, `${container}/resources/limits/memory`),
      switch: placeOf(web, '/spec/template/spec/automountServiceAccountToken'),
      composed: placeOf(web, `${container}/image`),
      subchart: placeOf(cache, '/data/policy'),
      subchartOfParent: placeOf(cache, '/data/size'),
      text: placeOf(web, `${container}/ports/0/protocol`),
      definition: placeOf(web, '/metadata/labels/app.kubernetes.io~1part-of'),
      action: placeOf(web, '/metadata/name'),
      crd: placeOf(
        objectOf(rendered, 'CustomResourceDefinition', 'shops.example.org'),
        '/spec/names/kind',
      ),
    }).toEqual({
      ofEnvironment: 'web/values-production.yaml:2:15 exact',
      ofChart: 'web/values.yaml:6:9 exact',
      block: 'web/values-production.yaml:7:13 exact',
      switch: 'web/values.yaml:11:12 exact',
      composed: 'web/values-production.yaml:4:8 transformed',
      subchart: 'web/charts/cache/values.yaml:2:9 exact',
      subchartOfParent: 'web/values.yaml:13:9 exact',
      text: `${deployment}:25:21 exact`,
      definition: 'web/templates/_helpers.tpl:6:28 exact',
      action: `${deployment}:4:3 template`,
      crd: 'web/crds/shops.yaml:8:17 exact',
    });
    expect(viaOf(web, '/spec/replicas')).toEqual([`${deployment}:9`]);
    expect(viaOf(web, `${container}/image`)).toEqual([
      'web/values.yaml:3 .image.repository',
      `${deployment}:22`,
    ]);
  });

  it('knows the place of values that stand in another object', async () => {
    const repository = repositoryOf({
      ...filesBelow(`${import.meta.dirname}/fixtures/charts`),
      'release.yaml': 'kind: HelmRelease\nspec:\n  values:\n    replicaCount: 7\n',
    });
    const target = release('web');
    const source = {
      ...target.source,
      values: [
        {
          kind: 'inline',
          values: { replicaCount: 7 },
          place: { file: 'release.yaml', line: 4, column: 5 },
        },
      ],
    };
    const rendered = await renderingOf(repository, program).trace({ source } as typeof target);
    const web = objectOf(rendered, 'Deployment', 'shop-web');
    expect(web.value.spec).toMatchObject({ replicas: 7 });
    expect(placeOf(web, '/spec/replicas')).toBe('release.yaml:4:19 exact');
  });

  it('says which fields are made anew each time', async () => {
    const secret = objectOf(await rendering.render(production), 'Secret', 'shop-session');
    expect(secret.volatile).toEqual(['.stringData.key']);
  });

  it('does not check what depends on a look-up in the cluster', async () => {
    const { notChecked } = await renderingOf(fixture('charts'), program).render(production);
    expect(notChecked).toEqual([
      {
        resource: { group: '', version: 'v1', kind: 'ConfigMap', namespace: '', name: 'migrate' },
        reason:
          'the chart looks up Secret store/old in the cluster (lookup), so it may render otherwise there',
        place: { file: 'web/templates/lookup.yaml', line: 1, column: 1 },
      },
    ]);
  });
});

const chart = 'apiVersion: v2\nname: web\nversion: 0.1.0\n';

async function failureOf(files: Record<string, string>, ...values: string[]) {
  const { failure, objects } = await renderingOf(files, program).render(release('web', ...values));
  expect(objects).toEqual([]);
  return { message: failure?.message ?? '', place: failure?.place };
}

describe('a chart that cannot be rendered', () => {
  it('lacks a dependency: which, and what gets it', async () => {
    const { message, place } = await failureOf({
      'web/Chart.yaml': `${chart}dependencies:\n- name: redis\n  version: 1.0.0\n  repository: https://example.org\n`,
    });
    expect(message).toMatch(
      /^The chart's dependency redis is not in web\/charts, and redis is not here\. Helm: .*helm dependency build/,
    );
    expect(place).toEqual({ file: 'web/Chart.yaml', line: 5, column: 1 });
  });

  it('fails in a template, or in what it includes: the line of it', async () => {
    const files = {
      'web/Chart.yaml': chart,
      'web/templates/a.yaml': 'kind: A\nname: {{ include "web.name" . }}\n',
      'web/templates/_helpers.tpl': '{{ define "web.name" }}\n{{ .Values.deep.name }}{{ end }}',
    };
    const { message, place } = await failureOf(files);
    expect(message).toContain('nil pointer');
    expect(place).toMatchObject({ file: 'web/templates/_helpers.tpl', line: 2 });
  });

  it('prints what is no YAML', async () => {
    const { place } = await failureOf({
      'web/Chart.yaml': chart,
      'web/templates/a.yaml': 'kind: A\n  name: b\n',
    });
    expect(place?.file).toBe('web/templates/a.yaml');
  });

  it('refuses a value by its schema: the line of the value', async () => {
    const { message, place } = await failureOf(
      {
        'web/Chart.yaml': chart,
        'web/values.yaml': 'name: a\nreplicas: 1\n',
        'web/values-prod.yaml': 'name: b\nreplicas: many\n',
        'web/values.schema.json': '{"properties": {"replicas": {"type": "integer"}}}',
      },
      'web/values-prod.yaml',
    );
    expect(message).toContain('replicas');
    expect(place).toEqual({ file: 'web/values-prod.yaml', line: 2, column: 1 });
  });

  it('is given values that are no YAML, or are not there', async () => {
    const files = { 'web/Chart.yaml': chart, 'bad.yaml': 'a: b: c\n' };
    expect((await failureOf(files, 'bad.yaml')).place?.file).toBe('bad.yaml');
    expect((await failureOf(files, 'gone.yaml')).message).toContain('gone.yaml');
  });

  it('is no chart, or a library', async () => {
    expect((await failureOf({ 'web/a.yaml': 'a: 1\n' })).message).toContain('Chart.yaml');
    const library = await failureOf({ 'web/Chart.yaml': `${chart}type: library\n` });
    expect(library.message).toBe('library charts are not installable');
  });

  it('does not end the program by counting for ever', async () => {
    const rendering = renderingOf(
      {
        'web/Chart.yaml': chart,
        'web/values.yaml': 'count: 3\nname: a\n',
        'web/templates/a.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.name }}\ndata:\n{{- range $i := until (int .Values.count) }}\n  k{{ $i }}: "{{ $.Values.count }}"\n{{- end }}\n',
      },
      program,
    );
    const map = objectOf(await rendering.trace(release('web')), 'ConfigMap', 'a');
    expect(placeOf(map, '/data/k2')).toBe('web/values.yaml:1:8 exact');
  });

  it('says in a readable length that templates call each other for ever', async () => {
    const files = {
      'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
      'web/templates/a.yaml': '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}\n',
    };
    const { failure } = await renderingOf(files, program).render(release('web'));
    expect(failure?.message).toContain('nested reference name: a');
    expect(failure?.message.length).toBeLessThan(2_000);
    expect(failure?.place).toMatchObject({ file: 'web/templates/a.yaml', line: 1 });
  });
});
