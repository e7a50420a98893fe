import { afterAll, describe, expect, it } from 'vitest';
import type { RendererProgram } from '../../../src/core/upstream/renderer.ts';
import { renderingOf, repositoryOf, startRenderer } from '../render/harness.ts';
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

/** As a workspace does it. */
function discoverRendered(files: Record<string, string>, program: RendererProgram) {
  const from = repositoryOf(files);
  const rendering = renderingOf(from, program);
  return discover(files, {
    remotes,
    render: application => rendering.render(application),
    expand: request => program.expand(from, request),
  });
}

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
        { kind: 'set', as: 'set', text: 'image.tag=1.10', place: { file: 'apps.yaml', line: 17 } },
        { kind: 'set', as: 'string', text: 'debug=true' },
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
    expect(summary(environment)).toEqual(['web helm charts/web', 'web plain plain']);
    expect(application(environment, 'web').source).toMatchObject({
      kind: 'several',
      namespace: 'shop',
      sources: [{ values: [{ kind: 'file', path: 'shared/web.yaml' }] }, { kind: 'plain' }],
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
      'chart helm ',
      'plugin: it is rendered by a plug-in of Argo CD',
      'edited kustomize kustomize',
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
  const rendered = (files: Record<string, string>) => discoverRendered(files, program);

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
  const { program, resident } = startRenderer();
  afterAll(() => resident.close());
  const expanded = (files: Record<string, string>) => discoverRendered(files, program);
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
    const found = await expanded({ ...apps, 'set.yaml': set(list, '{{.cluster}}-{{ .app }}') });
    expect(summary(named(found, 'eu'))).toEqual(['eu-web plain apps/web']);
  });

  it('are expanded over folders, and every combination of a matrix', async () => {
    const matrix = `    - matrix:
        generators:
          - git:
              repoURL: ${repository}
              directories: [{ path: 'apps/*' }, { path: apps/old, exclude: true }]
          - list: { elements: [{ cluster: eu, app: '' }, { cluster: us, app: '' }] }`;
    const found = await expanded({
      ...apps,
      'set.yaml': set(matrix, '{{.path.basename}}-{{index .path.segments 0}}-{{.cluster}}'),
    });
    expect(summary(named(found, 'us'))).toEqual([
      'api-apps-us plain apps/api',
      'web-apps-us plain apps/web',
    ]);
    expect(summary(named(found, 'eu'))).toHaveLength(2);
  });

  it('are expanded over files', async () => {
    const files = `    - git: { repoURL: "${repository}", files: [{ path: 'clusters/**/config.json' }] }`;
    const template = set(files, 'web-{{.cluster}}').replace('{{.path.basename}}{{.app}}', 'web');
    const found = await expanded({
      ...apps,
      'set.yaml': template,
      'clusters/a/b/config.json': '{"cluster":"eu"}',
    });
    expect(summary(named(found, 'eu'))).toEqual(['web-eu plain apps/web']);
  });

  it('are unresolved where more than the repository decides', async () => {
    const list = '    - list: { elements: [{ cluster: eu, app: web, path: { basename: "" } }] }';
    const reasons = async (generators: string, name: string) =>
      (await expanded({ ...apps, 'set.yaml': set(generators, name) })).unresolved.map(
        ({ reason }) => reason,
      );
    expect(await reasons('    - clusters: {}', 'x')).toEqual([
      'ApplicationSet all: its clusters generator: the clusters that Argo CD knows are not in the repository',
    ]);
    expect(await reasons('    - pullRequest: { github: {} }', 'x')).toEqual([
      'ApplicationSet all: its pullRequest generator depends on more than this repository',
    ]);
    expect(await reasons(list, '{{ .app | wrong }}')).toEqual([
      expect.stringContaining('function "wrong" not defined'),
    ]);
    const unread = await discover({ ...apps, 'set.yaml': set(list, 'x') }, { remotes });
    expect(unread.unresolved.map(({ reason }) => reason)).toEqual([
      'ApplicationSet all: it takes the renderer to expand it',
    ]);
  });

  it('know the clusters whose Secrets stand in the repository', async () => {
    const secret = (name: string, more = '') =>
      `apiVersion: v1
kind: Secret
metadata: { name: ${name}, namespace: argocd, labels: { stage: ${name}, argocd.argoproj.io/secret-type: cluster } }
stringData: { name: ${name}, server: 'https://${name}.example', config: hidden }
${more}---
`;
    const clusters = `    - matrix:
        generators:
          - clusters: { selector: { matchExpressions: [{ key: stage, operator: Exists }] } }
          - list: { elements: [{ cluster: '{{ .name }}', app: web, path: { basename: '' } }] }`;
    const files = {
      ...apps,
      'set.yaml': set(clusters, '{{ .name }}-{{ .metadata.labels.stage }}'),
    };
    const found = await expanded({ ...files, 'clusters.yaml': secret('eu') + secret('us') });
    expect(summary(named(found, 'us'))).toEqual(['us-us plain apps/web']);
    const sealed = await expanded({
      ...files,
      'clusters.yaml': secret('eu', 'sops: { mac: x }\n'),
    });
    expect(sealed.unresolved.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('the cluster in clusters.yaml:1 is encrypted'),
    ]);
    const selector = '{ matchLabels: { argocd.argoproj.io/secret-type: cluster } }';
    const selecting = {
      'other.yaml': set(
        `    - clusters: { selector: ${selector} }\n    - clusters:\n        selector:\n          matchLabels:\n            argocd.argoproj.io/secret-type: cluster`,
        '{{ .name }}',
      ),
    };
    const bySelector = await expanded({ ...files, ...selecting, 'clusters.yaml': secret('eu') });
    expect(bySelector.unresolved.filter(({ place }) => place.file === 'set.yaml')).toEqual([]);
    const templated = await expanded({
      ...files,
      'clusters.yaml': secret('eu'),
      'external.yaml': `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: more, namespace: argocd }
spec:
  target:
    template:
      metadata:
        labels:
          argocd.argoproj.io/secret-type: cluster
`,
    });
    expect(templated.unresolved.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('clusters are made by external.yaml, which is not followed'),
    ]);
  });

  it('make Applications whose fields stand in the template that says them', async () => {
    const files = {
      'set.yaml': `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: all, namespace: argocd }
spec:
  generators:
    - list:
        elements: [{ name: web }]
        template:
          metadata: {}
          spec: { source: { helm: { parameters: [{ name: tag, value: '{{name}}-1' }] } } }
  template:
    metadata: { name: '{{name}}' }
    spec:
      source:
        repoURL: ${repository}
        path: charts/web
        helm: { valuesObject: { a: 1 } }
      destination: { name: eu }
  templatePatch: 'spec: { source: { helm: { values: "b: 2" } } }'
`,
      ...parts,
    };
    const { source, origin } = application(named(await expanded(files), 'eu'), 'web');
    expect(origin).toEqual({ file: 'set.yaml', line: 1, column: 1 });
    expect(source).toMatchObject({
      values: [
        { values: { a: 1 }, place: { file: 'set.yaml', line: 17 } },
        { text: 'tag=web-1', place: { file: 'set.yaml', line: 10 } },
      ],
    });
  });
});

describe('sources of Applications', () => {
  const web = (source: string) =>
    discover({ ...parts, 'apps.yaml': argo('web', source) }, { remotes });
  const sourceOf = async (source: string, files: Record<string, string> = {}) =>
    application(
      named(
        await discover({ ...parts, ...files, 'apps.yaml': argo('web', source) }, { remotes }),
        'prod-eu',
      ),
      'web',
    ).source;

  it('fill in the build environment, but not the commit', async () => {
    const source = await sourceOf(
      `    path: kustomize
    kustomize:
      images: ['web:$ARGOCD_APP_NAME']
      commonLabels: { at: '$\{ARGOCD_APP_NAMESPACE}-$$x$UNKNOWN' }
      commonAnnotations: { plain: $ARGOCD_APP_NAME }
      version: v5
`.replaceAll('\\', ''),
    );
    expect(source).toEqual({
      kind: 'kustomize',
      path: 'kustomize',
      argocd: {
        options: {
          images: ['web:web'],
          commonLabels: { at: 'shop-$x' },
          commonAnnotations: { plain: '$ARGOCD_APP_NAME' },
        },
        place: { file: 'apps.yaml', line: 11, column: 7 },
      },
    });
    const commit = await web(
      '    path: kustomize\n    kustomize: { images: ["web:$ARGOCD_APP_REVISION"] }\n',
    );
    expect(commit.unresolved.map(({ reason }) => reason)).toEqual([
      'Application web: of its kustomize options one is not known: it holds $ARGOCD_APP_REVISION, which is another with every commit',
    ]);
  });

  it('are changed by .argocd-source.yaml in their folder, whose lines count then', async () => {
    const source = await sourceOf(
      '    path: charts/web\n    helm: { parameters: [{ name: a, value: "1" }] }\n',
      {
        'charts/web/.argocd-source.yaml':
          'path: elsewhere\nhelm:\n  parameters: [{ name: a, value: "2" }]\n  releaseName: x\n',
        'charts/web/.argocd-source-web.yaml': 'helm:\n  releaseName: other\n',
      },
    );
    expect(source).toMatchObject({
      path: 'charts/web',
      release: 'other',
      values: [
        { text: 'a=2', place: { file: 'charts/web/.argocd-source.yaml', line: 3, column: 34 } },
      ],
    });
  });

  it('may read any file where the settings in the repository say so', async () => {
    const settings = (options: string) => ({
      'argocd/argocd-cm.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: argocd-cm }\ndata: { kustomize.buildOptions: '${options}' }\n`,
    });
    const source = '    path: kustomize\n';
    expect(
      await sourceOf(source, settings('--load-restrictor LoadRestrictionsNone')),
    ).toMatchObject({
      argocd: { options: {}, anyFile: true },
    });
    expect(await sourceOf(source, settings('--enable-helm'))).toEqual({
      kind: 'kustomize',
      path: 'kustomize',
    });
  });

  it('are a kustomization where a folder is a chart too, and what their options say before that', async () => {
    const both = { 'charts/web/kustomization.yaml': 'resources: []\n' };
    expect((await sourceOf('    path: charts/web\n', both)).kind).toBe('kustomize');
    expect(
      (await sourceOf('    path: charts/web\n    helm: { releaseName: x }\n', both)).kind,
    ).toBe('helm');
    expect(
      (await sourceOf('    path: charts/web\n    directory: { recurse: false }\n', both)).kind,
    ).toBe('kustomize');
    expect(
      await sourceOf("    path: charts/web\n    directory: { include: '*.yaml' }\n", both),
    ).toEqual({
      kind: 'plain',
      path: 'charts/web',
      recurse: false,
      include: '*.yaml',
      exclude: undefined,
      argocd: true,
    });
    const two = await web(
      '    path: plain\n    directory: { recurse: true }\n    helm: { releaseName: x }\n',
    );
    expect(two.unresolved[0]?.reason).toContain('options of several kinds (helm, directory)');
  });

  it('take values files by patterns, each once, those that are named where they are named', async () => {
    const files = Object.fromEntries(
      ['a', 'b', 'c'].map(name => [`charts/web/env/${name}.yaml`, 'x: 1\n']),
    );
    const source = await sourceOf(
      '    path: charts/web\n    helm:\n      ignoreMissingValueFiles: true\n      valueFiles: [env/b.yaml, "env/*.yaml", env/a.yaml, "none/**/*.yaml", /shared/$ARGOCD_APP_NAME.yaml, gone.yaml]\n',
      files,
    );
    expect(
      source.kind === 'helm' && source.values.map(value => value.kind === 'file' && value.path),
    ).toEqual([
      'charts/web/env/b.yaml',
      'charts/web/env/c.yaml',
      'charts/web/env/a.yaml',
      'shared/web.yaml',
    ]);
  });

  it.each([
    ['valueFiles: [gone.yaml]', 'its values file gone.yaml is not in the repository'],
    ['valueFiles: ["none/*.yaml"]', 'its values file none/*.yaml is not in the repository'],
    ['valueFiles: [https://example.org/v.yaml]', 'is not read from the network'],
    ['valueFiles: [../../../v.yaml]', 'is not in the repository'],
    [
      'fileParameters: [{ name: a, path: ../../../x }]',
      'the file ../../../x of its Helm parameter a is not in the repository',
    ],
    [
      'parameters: [{ name: tag, value: $ARGOCD_APP_REVISION_SHORT }]',
      'its Helm parameter tag is not known',
    ],
    ['values: "a: ["', 'its helm.values cannot be read'],
  ])('say why %s is not known', async (helm, reason) => {
    const found = await web(`    path: charts/web\n    helm: { ${helm} }\n`);
    expect(found.unresolved.map(each => each.reason).join()).toContain(reason);
  });

  it('set parameters as Argo CD orders them, files last', async () => {
    const source = await sourceOf(`    path: charts/web
    helm:
      skipCrds: true
      skipTests: true
      skipSchemaValidation: true
      namespace: other
      kubeVersion: v1.33.4-eks-1
      apiVersions: [example.org/v1]
      fileParameters: [{ name: file, path: values-eu.yaml }]
      parameters:
        - { name: s, value: '1', forceString: true }
        - { name: a, value: 'x,y' }
        - { name: list, value: '{x,y}' }
        - { name: a, value: z }
`);
    expect(source).toMatchObject({
      ...{ includeCrds: false, skipTests: true, skipSchema: true, namespace: 'other' },
      ...{ kubeVersion: '1.33.4', apiVersions: ['example.org/v1'] },
      values: [
        { as: 'set', text: 'a=z' },
        { as: 'set', text: 'list={x,y}' },
        { as: 'string', text: 's=1' },
        { as: 'file', text: 'file=charts/web/values-eu.yaml' },
      ],
    });
  });

  it('name charts that are elsewhere as the renderer looks for them', async () => {
    const chart = async (more: string) => {
      const source = await sourceOf(more);
      return source.kind === 'helm' ? source.chart : source;
    };
    expect(await chart('    chart: redis\n')).toEqual({
      url: repository,
      name: 'redis',
      version: 'HEAD',
    });
    const file = (source: string) =>
      discover({ 'a.yaml': argo('web', '    path: .\n').replace(repository, source) }, { remotes });
    const oci = application(
      named(await file('oci://registry.example/charts/web'), 'prod-eu'),
      'web',
    ).source;
    expect(oci).toMatchObject({
      chart: { url: 'oci://registry.example/charts', name: 'web', version: 'HEAD' },
    });
  });
});
