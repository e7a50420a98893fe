import { afterAll, describe, expect, it } from 'vitest';
import type { FluxBuild } from '../../../src/core/model/environment.ts';
import { objectOf, placeOf, renderingOf, startRenderer } from './harness.ts';

const { program, resident } = startRenderer();
afterAll(() => resident.close());

const origin = { file: 'clusters/production/apps.yaml', line: 3, column: 1 };

function build(flux: Partial<FluxBuild>, files: Record<string, string>, path = 'apps') {
  const source = {
    kind: 'kustomize' as const,
    path,
    flux: { name: 'apps', namespace: 'flux-system', ...flux },
  };
  return renderingOf(files, program).trace({ source, origin });
}

function configMap(name: string, more = ''): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`;
}

/** `${text}`, as Flux reads it. */
function variable(text: string): string {
  return `$\{${text}}`;
}

describe("Flux's build of a folder", () => {
  it('takes all manifests below it, and kustomizations as they are', async () => {
    const { objects, failure } = await build(
      {},
      {
        'apps/one.yaml': configMap('one'),
        'apps/deep/two.yml': configMap('two'),
        'apps/deep/.sops.yaml': 'creation_rules: []\n',
        'apps/built/kustomization.yaml': 'resources: [three.yaml]\nnamePrefix: a-\n',
        'apps/built/three.yaml': configMap('three'),
        'apps/built/left-out.yaml': configMap('four'),
        'other/five.yaml': configMap('five'),
        'apps/notes.txt': 'nothing',
      },
    );
    expect(failure).toBeUndefined();
    expect(objects.map(({ resource }) => resource.name).sort()).toEqual(['a-three', 'one', 'two']);
  });

  it('fails on what is no manifest, as Flux does', async () => {
    const { failure } = await build({}, { 'apps/values.yaml': 'replicas: 1\n' });
    expect(failure?.message).toContain('failed to decode Kubernetes YAML from');
    expect(failure?.message).toContain('values.yaml');
  });

  it('labels every object with the Kustomization, after the common metadata', async () => {
    const rendered = await build(
      { commonMetadata: { labels: { team: 'shop' }, annotations: { note: 'x' } } },
      { 'apps/one.yaml': configMap('one') },
    );
    expect(objectOf(rendered, 'ConfigMap', 'one').value.metadata).toEqual({
      name: 'one',
      labels: {
        team: 'shop',
        'kustomize.toolkit.fluxcd.io/name': 'apps',
        'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
      },
      annotations: { note: 'x' },
    });
  });

  it('applies namespace, prefix, suffix, patches, images and components of the spec', async () => {
    const rendered = await build(
      {
        targetNamespace: 'shop',
        namePrefix: 'p-',
        nameSuffix: '-s',
        images: [{ name: 'web', newTag: '2.0' }],
        components: ['../component'],
        patches: [
          {
            patch: '- {op: add, path: /spec/hostname, value: there}',
            target: { kind: 'Pod' } as never,
          },
        ],
      },
      {
        'apps/kustomization.yaml':
          'resources: [pod.yaml]\nimages:\n- {name: web, newTag: "1.5", newName: shop/web}\n',
        'apps/pod.yaml':
          'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - {name: web, image: web:1.0}\n',
        'component/kustomization.yaml':
          'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [extra.yaml]\n',
        'component/extra.yaml': configMap('extra'),
      },
    );
    expect(rendered.failure).toBeUndefined();
    const pod = objectOf(rendered, 'Pod', 'p-web-s');
    expect(pod.resource.namespace).toBe('shop');
    expect(pod.value.spec).toEqual({
      hostname: 'there',
      containers: [{ name: 'web', image: 'shop/web:2.0' }],
    });
    objectOf(rendered, 'ConfigMap', 'p-extra-s');
    expect(placeOf(pod, '/spec/hostname')).toBe('clusters/production/apps.yaml:3:1 transformed');
    expect(placeOf(pod, '/spec/containers/0/image')).toBe(
      'clusters/production/apps.yaml:3:1 transformed',
    );
    expect(placeOf(pod, '/spec/containers/0/name')).toBe('apps/pod.yaml:6:12 exact');
  });

  it('leads what the spec sets to its line there', async () => {
    const rendered = await build(
      {
        targetNamespace: 'shop',
        images: [{ name: 'web', newTag: '2.0' }],
        patches: [
          { patch: '- op: add\n  path: /spec/hostname\n  value: there\n', target: { kind: 'Pod' } },
        ],
      },
      {
        'clusters/production/apps.yaml': `---
# What production runs.
kind: Kustomization
spec:
  path: ./apps
  targetNamespace: shop
  images:
  - name: web
    newTag: "2.0"
  patches:
  - patch: |
      - op: add
        path: /spec/hostname
        value: there
    target: {kind: Pod}
`,
        'apps/pod.yaml':
          'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - {name: web, image: web:1.0}\n',
      },
    );
    const pod = objectOf(rendered, 'Pod', 'web');
    const file = 'clusters/production/apps.yaml';
    expect(placeOf(pod, '/metadata/namespace')).toBe(`${file}:6:20 transformed`);
    expect(placeOf(pod, '/spec/containers/0/image')).toBe(`${file}:9:13 transformed`);
    expect(placeOf(pod, '/spec/hostname')).toBe(`${file}:14:16 exact`);
  });

  it('loads files from outside the folder', async () => {
    const { objects } = await build(
      {},
      {
        'apps/kustomization.yaml': 'resources: [../shared.yaml]\n',
        'shared.yaml': configMap('shared'),
      },
    );
    expect(objects).toHaveLength(1);
  });

  it('of an empty folder is nothing', async () => {
    const { objects, failure } = await build({}, { 'apps/README.md': 'none' });
    expect({ objects, failure }).toEqual({ objects: [], failure: undefined });
  });
});

describe('post-build substitution', () => {
  const data = `data:
  a: ${variable('A')}
  b: ${variable('B:=5Gi')}
  c: ${variable('C:-x')}
  d: $${variable('D')}
  e: ${variable('LIST/,/-')}
`;
  const files = {
    'apps/one.yaml': configMap('one', data),
    'apps/two.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: two\n  annotations:\n    kustomize.toolkit.fluxcd.io/substitute: disabled\ndata:\n  a: ${variable('A')}\n`,
    'apps/three.yaml': configMap('three', 'data:\n  n: "1"\n'),
  };

  it('fills in variables, defaults and escapes', async () => {
    const rendered = await build(
      { postBuild: { substitute: { A: 'one', LIST: '1,2' }, substituteFrom: [] } },
      files,
    );
    expect(objectOf(rendered, 'ConfigMap', 'one').value.data).toEqual({
      a: 'one',
      b: '5Gi',
      c: 'x',
      d: variable('D'),
      e: '1-2',
    });
    expect(objectOf(rendered, 'ConfigMap', 'two').value.data).toEqual({ a: variable('A') });
    expect(placeOf(objectOf(rendered, 'ConfigMap', 'one'), '/data/a')).toBe(
      'apps/one.yaml:6:6 transformed',
    );
    expect(placeOf(objectOf(rendered, 'ConfigMap', 'three'), '/data/n')).toBe(
      'apps/three.yaml:6:6 exact',
    );
  });

  it('does not check objects whose variables only the cluster knows, even with a default', async () => {
    const rendered = await build(
      {
        postBuild: {
          substitute: { A: 'one', LIST: '' },
          substituteFrom: [{ kind: 'Secret', name: 'settings' }],
        },
      },
      files,
    );
    expect(
      rendered.notChecked.map(({ resource, reason, place }) => [
        resource?.name,
        reason,
        place.file,
      ]),
    ).toEqual([
      [
        'one',
        `${variable('B')}, ${variable('C')} may be set by Secret settings, which only the cluster has`,
        'apps/one.yaml',
      ],
    ]);
    expect(rendered.objects.map(({ resource }) => resource.name).sort()).toEqual(['three', 'two']);
  });

  it('leaves text alone where none is asked for', async () => {
    const rendered = await build({}, files);
    expect(objectOf(rendered, 'ConfigMap', 'one').value.data).toMatchObject({
      a: variable('A'),
      d: `$${variable('D')}`,
    });
  });
});
