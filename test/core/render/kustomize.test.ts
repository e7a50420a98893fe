import { afterAll, describe, expect, it } from 'vitest';
import {
  fixture,
  kustomization,
  objectOf,
  placeOf,
  renderingOf,
  scalars,
  startRenderer,
  viaOf,
} from './harness.ts';

const { program, resident } = startRenderer();
afterAll(() => resident.close());

const overlay = 'overlays/production/kustomization.yaml';

describe('a kustomization', () => {
  const rendering = renderingOf(fixture('shop'), program);

  it('is built into objects with their identity', async () => {
    const { objects, failure, reads } = await rendering.render(
      kustomization('overlays/production'),
    );
    expect(failure).toBeUndefined();
    const names = objects.map(
      ({ resource }) => `${resource.kind} ${resource.namespace}/${resource.name}`,
    );
    expect(names.map(name => name.replace(/-[a-z0-9]{10}$/, '-#'))).toEqual([
      'ConfigMap shop/prod-settings-#',
      'Secret shop/prod-token-#',
      'Service shop/prod-web',
      'Deployment shop/prod-web',
      'Deployment shop/prod-worker',
    ]);
    expect(reads).toContain('base/flags.env');
    expect(reads).not.toContain('overlays/production/kustomization.yml');
  });

  it('leads each field to the line that causes it', async () => {
    const rendered = await rendering.trace(kustomization('overlays/production'));
    const web = objectOf(rendered, 'Deployment', 'prod-web');
    const worker = objectOf(rendered, 'Deployment', 'prod-worker');
    const service = objectOf(rendered, 'Service', 'prod-web');
    const container = '/spec/template/spec/containers/0';
    expect({
      patched: placeOf(web, '/spec/replicas'),
      counted: placeOf(worker, '/spec/replicas'),
      image: placeOf(web, `${container}/image`),
      ownImage: placeOf(web, '/spec/template/spec/containers/1/image'),
      operation: placeOf(web, `${container}/resources/limits/memory`),
      operationInFile: placeOf(web, `${container}/readinessProbe/httpGet/path`),
      flowItem: placeOf(web, `${container}/args/1`),
      inlinePatch: placeOf(service, '/spec/type'),
      base: placeOf(service, '/spec/ports/0/targetPort'),
      secondDocument: placeOf(worker, '/spec/template/spec/containers/0/image'),
      namespace: placeOf(worker, '/metadata/namespace'),
      prefix: placeOf(worker, '/metadata/name'),
      label: placeOf(worker, '/metadata/labels/tier'),
    }).toEqual({
      patched: 'overlays/production/replicas.yaml:6:13 exact',
      counted: `${overlay}:17:10 transformed`,
      image: `${overlay}:14:11 transformed`,
      ownImage: 'base/deployment.yaml:26:16 exact',
      operation: `${overlay}:26:14 exact`,
      operationInFile: 'components/probes/probe.json:5:35 exact',
      flowItem: 'base/deployment.yaml:18:26 exact',
      inlinePatch: `${overlay}:33:13 exact`,
      base: 'base/service.yaml:10:17 exact',
      secondDocument: 'base/service.yaml:26:16 exact',
      namespace: `${overlay}:3:12 transformed`,
      prefix: `${overlay}:4:13 transformed`,
      label: `${overlay}:11:11 transformed`,
    });
  });

  it('leads generated values to the literal, the file and the line of an env file', async () => {
    const rendered = await rendering.trace(kustomization('overlays/production'));
    const generated = (kind: string) => {
      const found = rendered.objects.find(({ resource }) => resource.kind === kind);
      return objectOf(rendered, kind, found?.resource.name ?? '');
    };
    const settings = generated('ConfigMap');
    expect(settings.value.data).toMatchObject({ LOG_LEVEL: 'warn', GREETING: 'hello world' });
    expect({
      overridden: placeOf(settings, '/data/LOG_LEVEL'),
      literal: placeOf(settings, '/data/GREETING'),
      file: placeOf(settings, '/data/banner.txt'),
      env: placeOf(settings, '/data/NEW_CART'),
      secret: placeOf(generated('Secret'), '/data/password'),
      object: settings.source,
    }).toEqual({
      overridden: `${overlay}:38:15 exact`,
      literal: 'base/kustomization.yaml:10:14 exact',
      file: 'base/banner.txt:1:1 exact',
      env: 'base/flags.env:2:10 exact',
      secret: 'base/kustomization.yaml:18:14 exact',
      object: { file: 'base/kustomization.yaml', line: 7, column: 9 },
    });
  });

  it('says how a value came there', async () => {
    const rendered = await rendering.trace(kustomization('overlays/production'));
    const web = objectOf(rendered, 'Deployment', 'prod-web');
    expect(viaOf(web, '/spec/replicas')).toEqual([
      `${overlay}:19 patches`,
      'base/deployment.yaml:7 overwritten',
    ]);
    expect(viaOf(web, '/spec/template/spec/containers/1/image')).toEqual([
      `${overlay}:6 resources`,
      'base/kustomization.yaml:4 resources',
    ]);
  });

  it('claims no exact place for what is not there, only the nearest', async () => {
    const rendered = await rendering.trace(kustomization('overlays/production'));
    const web = objectOf(rendered, 'Deployment', 'prod-web');
    const place = web.locate(['spec', 'template', 'spec', 'containers', 1, 'ports', 0]);
    expect(place).toMatchObject({ file: 'base/deployment.yaml', line: 25, how: 'unknown' });
  });

  it('never claims a place to hold a value that does not stand there', async () => {
    const repository = fixture('shop');
    for (const path of ['base', 'overlays/production'])
      for (const object of (await rendering.trace(kustomization(path))).objects)
        for (const [pointer, value] of scalars(object.value)) {
          const place = object.locate(pointer);
          if (place.how !== 'exact' || pointer[0] === 'data') continue;
          const line = Buffer.from(await repository.read(place.file))
            .toString()
            .split('\n')[place.line - 1];
          expect(line?.slice(place.column - 1).replace(/^["']/, '')).toMatch(
            startsWith(String(value)),
          );
        }
  });
});

function startsWith(text: string): RegExp {
  return new RegExp(`^${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`);
}

describe('a name that patches select by', () => {
  it('is found again when an outer kustomization patches by the changed name', async () => {
    const rendering = renderingOf(
      {
        'base/kustomization.yaml': 'resources: [pod.yaml]\nnamespace: inner\nnamePrefix: a-\n',
        'base/pod.yaml':
          'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  hostname: one\n  subdomain: two\n',
        'kustomization.yaml':
          'resources: [base]\npatches:\n- target: {kind: Pod, name: a-web, namespace: inner}\n  patch: |\n    - {op: replace, path: /spec/hostname, value: three}\n',
      },
      program,
    );
    const pod = objectOf(await rendering.trace(kustomization('')), 'Pod', 'a-web');
    expect(placeOf(pod, '/spec/hostname')).toBe('kustomization.yaml:5:50 exact');
    expect(placeOf(pod, '/spec/subdomain')).toBe('base/pod.yaml:7:14 exact');
    expect(placeOf(pod, '/metadata/namespace')).toBe('base/kustomization.yaml:2:12 transformed');
  });
});

describe('a replacement', () => {
  it('leads to the field that is copied', async () => {
    const rendering = renderingOf(
      {
        'kustomization.yaml': `resources: [pods.yaml]
replacements:
- source: {kind: Pod, name: one, fieldPath: spec.hostname}
  targets:
  - select: {kind: Pod, name: two}
    fieldPaths: [spec.subdomain]
`,
        'pods.yaml': `apiVersion: v1
kind: Pod
metadata: {name: one}
spec: {hostname: here}
---
apiVersion: v1
kind: Pod
metadata: {name: two}
spec: {subdomain: later}
`,
      },
      program,
    );
    const two = objectOf(await rendering.trace(kustomization('')), 'Pod', 'two');
    expect(placeOf(two, '/spec/subdomain')).toBe('pods.yaml:4:18 transformed');
    expect(viaOf(two, '/spec/subdomain')).toEqual([
      'kustomization.yaml:1 resources',
      'kustomization.yaml:3 replacements',
      'pods.yaml:9',
    ]);
  });
});

describe('characters beyond the basic plane', () => {
  it('count as two columns, as editors have it', async () => {
    const rendering = renderingOf(
      {
        'kustomization.yaml': 'resources: [map.yaml]\n',
        'map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "😀", namespace: "here"}\n',
      },
      program,
    );
    const map = objectOf(await rendering.trace(kustomization('')), 'ConfigMap', '😀');
    expect(placeOf(map, '/metadata/namespace')).toBe('map.yaml:3:35 exact');
  });
});

describe('a list', () => {
  it('is rendered as its items, each with its place', async () => {
    const rendering = renderingOf(
      {
        'kustomization.yaml': 'resources: [list.yaml]\n',
        'list.yaml': `apiVersion: v1
kind: ConfigMapList
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: one}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: two}
  data:
    key: value
`,
      },
      program,
    );
    const rendered = await rendering.trace(kustomization(''));
    expect(rendered.objects).toHaveLength(2);
    expect(placeOf(objectOf(rendered, 'ConfigMap', 'two'), '/data/key')).toBe(
      'list.yaml:11:10 exact',
    );
  });
});
