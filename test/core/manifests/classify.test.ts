import { describe, expect, it } from 'vitest';
import type { FileRole } from '../../../src/core/manifests/index-types.ts';
import { indexOf } from './repository.ts';

const object = (kind = 'ConfigMap', apiVersion = 'v1') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: x\n`;

describe('a file by itself', () => {
  it.each<[string, string, FileRole]>([
    ['a.yaml', object(), 'manifest'],
    [
      'a.json',
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }),
      'manifest',
    ],
    ['a.yml', `# values\nfoo: 1\n---\n${object()}`, 'manifest'],
    ['a.yaml', object('Widget', 'widgets.example.com/v1'), 'manifest'],
    ['a.yaml', 'kind: List\napiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n', 'manifest'],
    ['broken.yaml', `${object()}  labels: "x\nspec: [\n`, 'manifest'],
    ['no-kind.yaml', 'apiVersion: apps/v1\nmetadata:\n  name: x\n', 'manifest'],
    ['no-version.yaml', 'kind: Deployment\nmetadata:\n  name: x\n', 'manifest'],
    [
      'flux/kustomization.yaml',
      object('Kustomization', 'kustomize.toolkit.fluxcd.io/v1'),
      'manifest',
    ],
    ['values.yaml', 'replicas: 2\nkind: fast\n', 'other'],
    ['empty.yaml', '', 'other'],
    ['comments.yaml', '# apiVersion: v1\n# kind: Pod\n', 'other'],
    ['skaffold.yaml', object('Config', 'skaffold/v4beta1'), 'other'],
    ['kubeconfig.yaml', 'apiVersion: v1\nkind: Config\nclusters: []\n', 'other'],
    ['kind.yaml', object('Cluster', 'kind.x-k8s.io/v1alpha4'), 'other'],
    ['note.yaml', 'apiVersion: release-notes/v2\nkind: feature\narea: security\n', 'other'],
    ['transformer.yaml', object('PrefixTransformer', 'builtin'), 'other'],
    ['generator.yaml', object('PolicyGenerator', 'policy.open-cluster-management.io/v1'), 'other'],
    ['catalog-info.yaml', object('Component', 'backstage.io/v1alpha1'), 'other'],
    ['grafana.yaml', 'apiVersion: 1\ndatasources: []\n', 'other'],
    [
      'fn.yaml',
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  annotations: {config.kubernetes.io/local-config: "true"}\n',
      'other',
    ],
    ['web-template.yaml', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ name }}\n', 'other'],
    [
      'roles/web/templates/pod.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ name }}\n',
      'other',
    ],
    [
      '{{cookiecutter.name}}/pod.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{cookiecutter.name}}\n',
      'other',
    ],
    ['roles/web/templates/pod.yaml', object('Pod'), 'manifest'],
    ['left-over.yaml', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ name }}\n', 'manifest'],
    ['workflow.yml', 'on: push\njobs: {}\n', 'other'],
    ['settings.yaml', 'a: !env_var [X, 1]\nb: !ENV Y\n', 'other'],
  ])('%s is what it holds: %j is %s', async (path, text, role) => {
    expect((await indexOf({ [path]: text })).file(path)?.role).toBe(role);
  });

  it.each([
    'package.json',
    'node_modules/x/a.yaml',
    'a.txt',
    'main.jsonnet',
    'a.cue',
    'values.gotmpl',
  ])('%s is not read', async path => {
    expect((await indexOf({ [path]: object() })).files()).toEqual([]);
  });
});

describe('a file by its place', () => {
  const files = {
    'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.2.3\n',
    'chart/values.yaml': 'a: 1\n',
    'chart/values-production.yaml': 'a: 2\n',
    'chart/templates/web.yaml': `{{ if .Values.a }}\n${object()}{{ end }}\n`,
    'chart/templates/plain.yaml': object(),
    'chart/files/injected.yaml': '{{ x }}\n',
    'chart/crds/crd.yaml': object('CustomResourceDefinition', 'apiextensions.k8s.io/v1'),
    'chart/tests/web_test.yaml': 'suite: web\n',
    'chart/charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 0.1.0\ntype: library\n',
    'chart/charts/sub/templates/_x.yaml': object(),
    'base/kustomization.yaml':
      'resources: [web.yaml, ./more/, https://example.com/x.yaml, ../missing.yaml]\n',
    'base/web.yaml': object('Deployment', 'apps/v1'),
    'base/more/kustomization.yml': 'kind: Component\nresources: [cm.yaml]\n',
    'base/more/cm.yaml': object(),
    'overlay/Kustomization': [
      'resources: [../base, own.yaml]',
      'patches: [{path: patch.yaml}, {patch: "- op: remove", target: {kind: Pod}}]',
      'patchesStrategicMerge: [old.yaml, "apiVersion: v1\\nkind: Pod"]',
      'patchesJson6902: [{target: {}, path: ops.json}]',
      'configMapGenerator: [{name: c, files: [app.yaml, other=data/x.yaml], envs: [vars.env]}]',
      'helmCharts: [{name: h, valuesFile: helm-values.yaml}]',
      'generators: [gen.yaml]',
    ].join('\n'),
    'overlay/own.yaml': object(),
    'overlay/patch.yaml': object('Deployment', 'apps/v1'),
    'overlay/old.yaml': object('Deployment', 'apps/v1'),
    'overlay/ops.json': '[{"op": "remove", "path": "/x"}]',
    'overlay/app.yaml': object(),
    'overlay/data/x.yaml': 'a: 1\n',
    'overlay/vars.env': 'A=1\n',
    'overlay/helm-values.yaml': 'a: 1\n',
    'overlay/gen.yaml': object('ksops', 'viaduct.ai/v1'),
  };

  it.each<[string, FileRole]>([
    ['chart/Chart.yaml', 'chart'],
    ['chart/values.yaml', 'chart-values'],
    ['chart/values-production.yaml', 'chart-values'],
    ['chart/templates/web.yaml', 'chart-template'],
    ['chart/templates/plain.yaml', 'chart-template'],
    ['chart/files/injected.yaml', 'chart-template'],
    ['chart/crds/crd.yaml', 'manifest'],
    ['chart/tests/web_test.yaml', 'other'],
    ['chart/charts/sub/Chart.yaml', 'chart'],
    ['chart/charts/sub/templates/_x.yaml', 'chart-template'],
    ['base/kustomization.yaml', 'kustomization'],
    ['base/more/kustomization.yml', 'kustomization'],
    ['base/web.yaml', 'manifest'],
    ['overlay/Kustomization', 'kustomization'],
    ['overlay/own.yaml', 'manifest'],
    ['overlay/patch.yaml', 'patch'],
    ['overlay/old.yaml', 'patch'],
    ['overlay/ops.json', 'patch'],
    ['overlay/app.yaml', 'generator-input'],
    ['overlay/data/x.yaml', 'generator-input'],
    ['overlay/helm-values.yaml', 'chart-values'],
    ['overlay/gen.yaml', 'other'],
  ])('%s is a %s', async (path, role) => {
    expect((await indexOf(files)).file(path)?.role).toBe(role);
  });

  it('tells the charts and kustomizations, and what they name', async () => {
    const index = await indexOf(files);
    expect([...index.charts.values()]).toEqual([
      {
        path: 'chart',
        file: 'chart/Chart.yaml',
        name: 'web',
        version: '1.2.3',
        type: 'application',
      },
      {
        path: 'chart/charts/sub',
        file: 'chart/charts/sub/Chart.yaml',
        name: 'sub',
        version: '0.1.0',
        type: 'library',
      },
    ]);
    expect(index.kustomizations.get('base')?.refersTo).toEqual(['base/web.yaml', 'base/more']);
    expect(index.kustomizations.get('base/more')?.kind).toBe('Component');
    expect(index.kustomizations.get('overlay')?.refersTo.sort()).toEqual([
      'base',
      'overlay/app.yaml',
      'overlay/data/x.yaml',
      'overlay/gen.yaml',
      'overlay/helm-values.yaml',
      'overlay/old.yaml',
      'overlay/ops.json',
      'overlay/own.yaml',
      'overlay/patch.yaml',
      'overlay/vars.env',
    ]);
  });

  it('says which manifests an overlay may complete', async () => {
    const index = await indexOf({ ...files, 'alone.yaml': object() });
    expect(index.standsAlone('alone.yaml')).toBe(true);
    for (const path of [
      'base/web.yaml',
      'overlay/patch.yaml',
      'base/kustomization.yaml',
      'nothing.yaml',
    ])
      expect(index.standsAlone(path)).toBe(false);
    expect(index.usersOf('base').map(({ path }) => path)).toEqual(['overlay']);
  });

  it('is a manifest when a kustomization builds it, although another takes it as a patch', async () => {
    const index = await indexOf({
      'a/kustomization.yaml': 'resources: [x.yaml]\n',
      'b/kustomization.yaml': 'patches: [{path: ../a/x.yaml}]\n',
      'a/x.yaml': object(),
    });
    expect(index.file('a/x.yaml')?.role).toBe('manifest');
  });

  it('is told although kustomizations name themselves, each other or nothing readable', async () => {
    const index = await indexOf({
      'a/kustomization.yaml': 'resources: [., ../b, ../a/kustomization.yaml]\n',
      'b/kustomization.yaml': 'resources: [../a, 5, null, {x: 1}]\npatches: 3\n',
      'c/kustomization.yaml': 'resources: "x\n',
      'd/kustomization.yaml': '',
      'e/kustomization.yaml': '- a\n',
    });
    expect([...index.kustomizations.keys()].sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(index.kustomizations.get('a')?.refersTo).toEqual(['a', 'b', 'a/kustomization.yaml']);
  });
});
