import { afterAll, describe, expect, it } from 'vitest';
import { renderingOf, startRenderer } from '../render/harness.ts';
import { application, discover, named, summary } from './repository.ts';

const repository = 'https://git.example/team/apps.git';
const remotes = ['git@git.example:team/apps'];
const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';

function argo(name: string, source: string, more = '', destination = 'name: prod-eu'): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ${name}, namespace: argocd }
spec:
  destination: { ${destination}, namespace: shop }
${more}  source:
    repoURL: ${repository}
    targetRevision: HEAD
${source}---
`;
}

const parts: Record<string, string> = {
  'plain/a.yaml': configMap,
  'kustomize/kustomization.yaml': 'resources: [a.yaml]',
  'kustomize/a.yaml': configMap,
  'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'charts/web/values-eu.yaml': 'replicas: 3\n',
  'shared/web.yaml': 'replicas: 4\n',
};

describe('environments of Argo CD', () => {
  it('are the clusters that Applications of this repository name', async () => {
    const found = await discover(
      {
        ...parts,
        'apps.yaml':
          argo('plain', '    path: plain\n') +
          argo('built', '    path: kustomize\n') +
          argo('us', '    path: plain\n', '', 'server: https://10.0.0.7:6443') +
          argo('own', '    path: plain\n', '', 'server: https://kubernetes.default.svc'),
        'environments/staging/apps.yaml': argo(
          'staging',
          '    path: plain\n',
          '',
          'server: https://kubernetes.default.svc',
        ),
      },
      { remotes },
    );
    expect(found.environments.map(environment => [environment.name, summary(environment)])).toEqual(
      [
        ['prod-eu', ['plain plain plain', 'built kustomize kustomize']],
        ['10.0.0.7', ['us plain plain']],
        ['in-cluster', ['own plain plain']],
        ['staging', ['staging plain plain']],
      ],
    );
  });

  it('know how Argo CD applies and what it ignores', async () => {
    const more = `  syncPolicy: { syncOptions: [CreateNamespace=true, ServerSideApply=true] }
  ignoreDifferences:
    - group: apps
      kind: Deployment
      jsonPointers: [/spec/replicas]
      jqPathExpressions: ['.spec.template.metadata.annotations["a/b"]']
    - kind: Service
      managedFieldsManagers: [kube-controller-manager]
`;
    const found = await discover(
      { ...parts, 'apps.yaml': argo('a', '    path: plain\n', more) },
      { remotes },
    );
    const a = application(named(found, 'prod-eu'), 'a');
    expect(a).toMatchObject({
      owner: { mode: 'ssa', manager: 'argocd-controller' },
      namespace: 'shop',
      controller: { kind: 'Application', name: 'a' },
      ignore: [
        {
          group: 'apps',
          kind: 'Deployment',
          pointers: ['/spec/replicas'],
          jq: ['.spec.template.metadata.annotations["a/b"]'],
          origin: 'apps.yaml:1',
        },
        { group: '', kind: 'Service', pointers: [], managers: ['kube-controller-manager'] },
      ],
    });
  });

  it('merge Helm values in the order of Argo CD: files, values, parameters', async () => {
    const source = `    path: charts/web
    helm:
      releaseName: shop-web
      skipCrds: true
      valueFiles: [values-eu.yaml, /shared/web.yaml]
      values: |
        replicas: 5
      parameters:
        - { name: image.tag, value: "1.10" }
        - { name: debug, value: "true", forceString: true }
`;
    const found = await discover({ ...parts, 'apps.yaml': argo('web', source) }, { remotes });
    expect(application(named(found, 'prod-eu'), 'web').source).toMatchObject({
      kind: 'helm',
      path: 'charts/web',
      release: 'shop-web',
      namespace: 'shop',
      includeCrds: false,
      values: [
        { kind: 'file', path: 'charts/web/values-eu.yaml' },
        { kind: 'file', path: 'shared/web.yaml' },
        { kind: 'inline', values: { replicas: 5 }, place: { file: 'apps.yaml', line: 14 } },
        {
          kind: 'inline',
          values: { image: { tag: '1.10' } },
          place: { file: 'apps.yaml', line: 17 },
        },
        { kind: 'inline', values: { debug: 'true' } },
      ],
    });
  });

  it('read values from another source of the same Application', async () => {
    const several = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: argocd }
spec:
  destination: { name: prod-eu, namespace: shop }
  sources:
    - { repoURL: "${repository}", ref: values }
    - repoURL: ${repository}
      path: charts/web
      helm: { valueFiles: [$values/shared/web.yaml] }
    - { repoURL: "${repository}", path: plain }
`;
    const found = await discover({ ...parts, 'apps.yaml': several }, { remotes });
    const environment = named(found, 'prod-eu');
    expect(summary(environment)).toEqual(['web helm charts/web', 'web (source 2) plain plain']);
    expect(application(environment, 'web').source).toMatchObject({
      values: [{ kind: 'file', path: 'shared/web.yaml' }],
    });
  });

  it('do not guess what lies elsewhere or needs Argo CD itself', async () => {
    const elsewhere = argo('other', '    path: plain\n').replace(
      repository,
      'https://git.example/x',
    );
    const old = argo('old', '    path: plain\n').replace(
      'targetRevision: HEAD',
      'targetRevision: v1',
    );
    const found = await discover(
      {
        ...parts,
        'apps.yaml':
          argo('here', '    path: plain\n') +
          elsewhere +
          old +
          argo('chart', '    chart: redis\n') +
          argo('plugin', '    path: plain\n    plugin: { name: vault }\n') +
          argo('edited', '    path: kustomize\n    kustomize: { namePrefix: a- }\n') +
          argo('gone', '    path: nowhere\n'),
      },
      { remotes },
    );
    expect(summary(named(found, 'prod-eu'))).toEqual([
      'here plain plain',
      'other: its source is another repository (https://git.example/x)',
      'old: its source is revision v1 of this repository, not what is read here',
      `chart: chart redis HEAD of ${repository} is not in the repository`,
      'plugin: it is rendered by a plug-in of Argo CD',
      'edited: its kustomize options (namePrefix) are not rendered here',
      'gone: its path nowhere is not in the repository',
    ]);
  });

  it('follow Applications that an Application deploys', async () => {
    const found = await discover(
      {
        ...parts,
        'root.yaml': argo('root', '    path: apps\n', '', 'name: prod-eu'),
        'apps/kustomization.yaml': 'resources: [web.yaml]\npatches: [{ path: patch.yaml }]',
        'apps/web.yaml': argo('web', '    path: plain\n'),
        'apps/patch.yaml':
          'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: web, namespace: argocd }\nspec: { source: { path: kustomize } }\n',
      },
      { remotes },
    );
    expect(summary(named(found, 'prod-eu'))).toEqual([
      'root kustomize apps',
      'web: apps/kustomization.yaml changes this Application, which takes the renderer to follow',
    ]);
  });
});

describe('Applications that are deployed', () => {
  const { program, resident } = startRenderer();
  afterAll(() => resident.close());
  const rendered = (files: Record<string, string>) => {
    const rendering = renderingOf(files, program);
    return discover(files, { remotes, render: application => rendering.render(application) });
  };

  it('count as an overlay for each cluster makes them', async () => {
    const overlay = (cluster: string) => `resources: [../../base]
patches:
  - target: { kind: Application }
    patch: '[{ "op": "replace", "path": "/spec/destination/name", "value": "${cluster}" }]'
`;
    const found = await rendered({
      ...parts,
      'roots.yaml':
        argo('eu', '    path: overlays/eu\n', '', 'name: hub') +
        argo('us', '    path: overlays/us\n', '', 'name: hub'),
      'base/kustomization.yaml': 'resources: [web.yaml]',
      'base/web.yaml': argo('web', '    path: plain\n', '', 'name: nowhere'),
      'overlays/eu/kustomization.yaml': overlay('eu'),
      'overlays/us/kustomization.yaml': overlay('us'),
    });
    expect(found.environments.map(environment => [environment.name, summary(environment)])).toEqual(
      [
        ['hub', ['eu kustomize overlays/eu', 'us kustomize overlays/us']],
        ['eu', ['web plain plain']],
        ['us', ['web plain plain']],
      ],
    );
    expect(application(named(found, 'us'), 'web').origin).toEqual({
      file: 'base/web.yaml',
      line: 1,
      column: 1,
    });
  });

  it('are made by a chart', async () => {
    const found = await rendered({
      ...parts,
      'root.yaml': argo('root', '    path: charts/apps\n', '', 'name: hub'),
      'charts/apps/Chart.yaml': 'apiVersion: v2\nname: apps\nversion: 1.0.0\n',
      'charts/apps/values.yaml': 'cluster: eu\n',
      'charts/apps/templates/web.yaml': argo(
        '{{ .Release.Name }}-web',
        '    path: plain\n',
        '',
        'name: {{ .Values.cluster }}',
      ),
    });
    expect(summary(named(found, 'eu'))).toEqual(['root-web plain plain']);
  });

  it('may include the one that deploys them', async () => {
    const found = await rendered({ 'apps/root.yaml': argo('root', '    path: apps\n') });
    expect(summary(named(found, 'prod-eu'))).toEqual(['root plain apps']);
  });
});

describe('ApplicationSets', () => {
  const set = (generators: string, template: string) => `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: all, namespace: argocd }
spec:
  goTemplate: true
  generators:
${generators}
  template:
    metadata: { name: '${template}' }
    spec:
      source: { repoURL: ${repository}, path: 'apps/{{.path.basename}}{{.app}}' }
      destination: { name: '{{.cluster}}', namespace: shop }
`;
  const apps = {
    'apps/web/a.yaml': configMap,
    'apps/api/a.yaml': configMap,
    'apps/old/a.yaml': configMap,
  };

  it('are expanded over lists', async () => {
    const list = '    - list: { elements: [{ cluster: eu, app: web, path: { basename: "" } }] }';
    const found = await discover(
      { ...apps, 'set.yaml': set(list, '{{.cluster}}-{{ .app }}') },
      { remotes },
    );
    expect(summary(named(found, 'eu'))).toEqual(['eu-web plain apps/web']);
  });

  it('are expanded over folders, and every combination of a matrix', async () => {
    const matrix = `    - matrix:
        generators:
          - git:
              repoURL: ${repository}
              directories: [{ path: 'apps/*' }, { path: apps/old, exclude: true }]
          - list: { elements: [{ cluster: eu, app: '' }, { cluster: us, app: '' }] }`;
    const found = await discover(
      {
        ...apps,
        'set.yaml': set(matrix, '{{.path.basename}}-{{index .path.segments 0}}-{{.cluster}}'),
      },
      { remotes },
    );
    expect(summary(named(found, 'us'))).toEqual([
      'api-apps-us plain apps/api',
      'web-apps-us plain apps/web',
    ]);
    expect(summary(named(found, 'eu'))).toHaveLength(2);
  });

  it('are expanded over files', async () => {
    const files = `    - git: { repoURL: "${repository}", files: [{ path: 'clusters/**/config.json' }] }`;
    const template = set(files, 'web-{{.cluster}}').replace('{{.path.basename}}{{.app}}', 'web');
    const found = await discover(
      { ...apps, 'set.yaml': template, 'clusters/a/b/config.json': '{"cluster":"eu"}' },
      { remotes },
    );
    expect(summary(named(found, 'eu'))).toEqual(['web-eu plain apps/web']);
  });

  it('are unresolved where the cluster or an expression decides', async () => {
    const reasons = async (generators: string, name: string) =>
      (await discover({ ...apps, 'set.yaml': set(generators, name) }, { remotes })).unresolved.map(
        ({ reason }) => reason,
      );
    expect(await reasons('    - clusters: {}', 'x')).toEqual([
      'ApplicationSet all: its clusters generator depends on more than this repository',
    ]);
    expect(
      await reasons(
        '    - list: { elements: [{ cluster: eu, app: web, path: { basename: "" } }] }',
        '{{ .app | upper }}',
      ),
    ).toEqual(['ApplicationSet all: its template has {{ .app | upper }}, which is not understood']);
  });
});
