import { describe, expect, it, onTestFinished } from 'vitest';
import { type Ignoring, ignoreDifference } from '../../../../src/core/actions/ignore/ignore.ts';
import type { JsonObject, Resource } from '../../../../src/core/model/resource.ts';
import { Workspace } from '../../../../src/core/workspace.ts';
import { repositoryWith } from '../../git/folders.ts';

const web = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web.a' };
const containers = (...names: string[]) => names.map(name => ({ name, image: `${name}:1` }));
const deployment = (...names: string[]): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: web.name, namespace: web.namespace },
  spec: { replicas: 3, template: { spec: { containers: containers(...names) } } },
});
const image = '.spec.template.spec.containers[name="app"].image';

const git = `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1m, url: https://example.com/x}
`;
const kustomization = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: web
  namespace: flux-system
spec: # the web
  interval: 1m
  path: ./prod
  sourceRef: {kind: GitRepository, name: flux-system}
`;
const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: release
  namespace: shop
spec:
  interval: 1m
  chart:
    spec:
      chart: ./chart
      sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}
`;
const application = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
  namespace: argocd
spec:
  destination: {namespace: shop, server: https://kubernetes.default.svc}
  source:
    repoURL: https://example.com/x
    path: prod
  ignoreDifferences:
  # people scale it
  - group: apps
    kind: Deployment
    name: web.a
    namespace: shop
    jsonPointers: [/spec/paused] # flow
`;
const set = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: all
  namespace: argocd
spec:
  generators:
  - list: {elements: [{env: prod}]}
  template:
    metadata:
      name: 'web-{{env}}'
    spec:
      project: default
      destination: {namespace: shop, server: https://kubernetes.default.svc}
      source:
        repoURL: https://example.com/x
        path: '{{env}}'
`;

interface Wish {
  path?: string;
  live?: JsonObject;
  desired?: JsonObject;
  object?: Resource;
  application?: string;
}

async function ignore(files: Record<string, string>, wish: Wish = {}): Promise<Ignoring> {
  const {
    path = '.spec.replicas',
    desired = deployment('app'),
    live = desired,
    object = web,
    application: by = 'web',
  } = wish;
  const workspace = await Workspace.open({
    directory: repositoryWith({ 'prod/web.yaml': JSON.stringify(desired), ...files }),
    offline: true,
    host: { log: () => {}, trusted: () => true, secret: () => undefined, forges: () => ({}) },
  });
  onTestFinished(() => workspace.close());
  const environments = await workspace.choose([]);
  const found = environments.flatMap(({ name, applications }) =>
    applications.map(each => ({ environment: name, application: each.name })),
  );
  const chosen = found.find(each => each.application.startsWith(by)) ?? found[0];
  return ignoreDifference(workspace, {
    ...(chosen ?? { environment: '', application: '' }),
    object,
    live,
    path: { path, kind: 'changed', desired: 3, live: 5, by: [] },
  });
}

function lines(ignoring: Ignoring): string[] {
  if (ignoring.kind !== 'edit') return [ignoring.reason];
  const before = (ignoring.before ?? '').split('\n');
  return [ignoring.file, ...ignoring.after.split('\n').filter(line => !before.includes(line))];
}

describe('ignoring a difference', () => {
  it('is a rule of the Flux Kustomization, anchored and escaped', async () => {
    const found = await ignore({ 'clusters/web.yaml': `${git}---\n${kustomization}` });
    expect(lines(found)).toEqual([
      ...['clusters/web.yaml', '  ignore:', '  - paths:', '    - /spec/replicas'],
      ...[
        '    target:',
        '      group: apps',
        '      kind: Deployment',
        '      name: web\\.a',
        '      namespace: shop',
      ],
    ]);
    expect(found).toMatchObject({ notes: [] });
  });

  it('joins the rule that is there for the object', async () => {
    const text = `${git}---\n${kustomization}  ignore:\n    # scaled\n    - paths: ["/spec/paused"]\n      target: {group: apps, kind: Deployment, name: 'web\\.a', namespace: shop}\n`;
    const found = await ignore({ 'clusters/web.yaml': text });
    expect(lines(found)).toEqual([
      'clusters/web.yaml',
      '    - paths: ["/spec/paused", /spec/replicas]',
    ]);
  });

  it('names list items of a Kustomization by position, and says so', async () => {
    const found = await ignore(
      { 'clusters/web.yaml': `${git}---\n${kustomization}` },
      { path: image },
    );
    expect(lines(found)).toContain('    - /spec/template/spec/containers/0/image');
    expect(found).toMatchObject({ notes: [expect.stringContaining('position')] });
  });

  it('is Driftline’s own rule where the position differs', async () => {
    const found = await ignore(
      { 'clusters/web.yaml': `${git}---\n${kustomization}` },
      { path: image, live: deployment('side', 'app') },
    );
    expect(lines(found)).toEqual([
      ...[
        'driftline.yaml',
        'version: 1',
        'environments:',
        '- name: clusters',
        '  ignore:',
        '  - group: apps',
      ],
      ...[
        '    kind: Deployment',
        '    namespace: shop',
        '    name: web.a',
        '    jqPathExpressions:',
      ],
      ...['    - .spec.template.spec.containers[] | select(.name == "app") | .image'],
    ]);
    expect(found).toMatchObject({
      notes: [expect.stringContaining('only Driftline leaves it out')],
    });
  });

  it('is a rule of the HelmRelease, which is made to look for drift', async () => {
    const chart = {
      'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'chart/templates/web.yaml': JSON.stringify(deployment('app')),
      'prod/web.yaml': release,
    };
    const found = await ignore(
      { 'clusters/web.yaml': `${git}---\n${kustomization}`, ...chart },
      { application: 'release' },
    );
    expect(lines(found).slice(0, 6)).toEqual([
      ...[
        'prod/web.yaml',
        '  driftDetection:',
        '    mode: warn',
        '    ignore:',
        '    - paths:',
        '      - /spec/replicas',
      ],
    ]);
    expect(found).toMatchObject({ notes: [expect.stringContaining('warn')] });
  });

  it('is a rule of the Argo CD Application, by key where it is in a list', async () => {
    const files = { 'apps/web.yaml': application };
    const pointer = await ignore(files);
    expect(lines(pointer)).toEqual([
      'apps/web.yaml',
      '    jsonPointers: [/spec/paused, /spec/replicas] # flow',
    ]);
    expect(pointer).toMatchObject({ notes: [expect.stringContaining('RespectIgnoreDifferences')] });
    const jq = await ignore(files, { path: image, live: deployment('side', 'app') });
    expect(lines(jq)).toEqual([
      ...['apps/web.yaml', '    jqPathExpressions:'],
      '    - .spec.template.spec.containers[] | select(.name == "app") | .image',
    ]);
  });

  it('is in the template of an ApplicationSet', async () => {
    const found = await ignore({ 'apps/set.yaml': set });
    expect(lines(found)).toEqual([
      ...[
        'apps/set.yaml',
        '      ignoreDifferences:',
        '      - group: apps',
        '        kind: Deployment',
      ],
      ...[
        '        namespace: shop',
        '        name: web.a',
        '        jsonPointers:',
        '        - /spec/replicas',
      ],
    ]);
  });

  it('is in driftline.yaml for plain manifests, of the one environment', async () => {
    const config =
      'version: 1\nenvironments:\n  - name: production # ours\n    source: {path: prod}\n  - name: other\n    source: {path: prod}\n';
    const found = await ignore({ 'driftline.yaml': config });
    expect(found).toMatchObject({ kind: 'edit', notes: [] });
    expect(found.kind === 'edit' && found.after).toBe(
      config.replace(
        '{path: prod}\n  - name: other',
        '{path: prod}\n    ignore:\n      - group: apps\n        kind: Deployment\n        namespace: shop\n        name: web.a\n        jsonPointers:\n          - /spec/replicas\n  - name: other',
      ),
    );
  });

  it('is Driftline’s own where the engine of the repository does not know the field yet', async () => {
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'kustomizations.kustomize.toolkit.fluxcd.io' },
      spec: {
        group: 'kustomize.toolkit.fluxcd.io',
        names: { kind: 'Kustomization', plural: 'kustomizations' },
        scope: 'Namespaced',
        versions: [
          {
            ...{ name: 'v1', served: true, storage: true },
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: { spec: { type: 'object', properties: { path: { type: 'string' } } } },
              },
            },
          },
        ],
      },
    };
    const found = await ignore({
      'clusters/web.yaml': `${git}---\n${kustomization}`,
      'clusters/crd.json': JSON.stringify(crd),
    });
    expect(lines(found)[0]).toBe('driftline.yaml');
    expect(found).toMatchObject({ notes: [expect.stringContaining('has no spec.ignore')] });
  });
});
