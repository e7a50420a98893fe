import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { renderingOf, startRenderer } from '../render/harness.ts';
import { application, discover, named, summary } from './repository.ts';

const { program, resident } = startRenderer();
afterAll(() => resident.close());

const url = 'ssh://git@git.example/team/fleet';

function gitRepository(name: string, address: string, ref = '{ branch: main }'): string {
  return `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: ${name}, namespace: flux-system }
spec: { interval: 1m, url: ${address}, ref: ${ref} }
---
`;
}

function kustomization(name: string, path: string, more = ''): string {
  return `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec:
  interval: 10m
  prune: true
  path: ${path}
  sourceRef: { kind: GitRepository, name: flux-system, namespace: flux-system }
${more}---
`;
}

function release(name: string, spec: string): string {
  return `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: ${name}, namespace: apps }
spec:
  interval: 10m
${spec}---
`;
}

const localChart = `  chart:
    spec:
      chart: ./charts/api
      sourceRef: { kind: GitRepository, name: flux-system, namespace: flux-system }
`;

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';

const fleet: Record<string, string> = {
  'clusters/eu/flux-system/gotk-sync.yaml':
    gitRepository('flux-system', url) + kustomization('flux-system', './clusters/eu'),
  'clusters/eu/apps.yaml':
    kustomization('infra', './infra') +
    kustomization('apps', './apps/eu', '  dependsOn: [{ name: infra }]\n  targetNamespace: apps\n'),
  'clusters/us/flux-system/gotk-sync.yaml':
    gitRepository('flux-system', url) + kustomization('flux-system', './clusters/us'),
  'clusters/us/apps.yaml': kustomization('apps', './apps/us'),
  'infra/a.yaml': configMap,
  'apps/eu/kustomization.yaml': 'resources: [a.yaml, release.yaml]',
  'apps/eu/a.yaml': configMap,
  'apps/eu/release.yaml': release('api', `${localChart}  values:\n    replicas: 2\n`),
  'apps/us/a.yaml': configMap,
  'charts/api/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
  'charts/api/templates/a.yaml': configMap,
};

describe('environments of Flux', () => {
  it('are the clusters that Flux was bootstrapped on, with the chain of their Kustomizations', async () => {
    const found = await discover(fleet);
    expect(found.environments.map(({ name, engine }) => [name, engine])).toEqual([
      ['eu', 'flux'],
      ['us', 'flux'],
    ]);
    expect(summary(named(found, 'eu'))).toEqual([
      'flux-system kustomize clusters/eu',
      'infra kustomize infra',
      'apps kustomize apps/eu',
      'api helm charts/api',
    ]);
    expect(summary(named(found, 'us'))).toEqual([
      'flux-system kustomize clusters/us',
      'apps kustomize apps/us',
    ]);
  });

  it('know order, owner, namespace and the object that deploys', async () => {
    const apps = application(named(await discover(fleet), 'eu'), 'apps');
    expect(apps).toMatchObject({
      dependsOn: ['infra'],
      namespace: 'apps',
      owner: { mode: 'flux', manager: 'kustomize-controller' },
      controller: { kind: 'Kustomization', namespace: 'flux-system', name: 'apps' },
      origin: { file: 'clusters/eu/apps.yaml', line: 10 },
      source: { flux: { name: 'apps', namespace: 'flux-system', targetNamespace: 'apps' } },
    });
  });

  it('never follow the current context', async () => {
    const { cluster } = named(await discover(fleet), 'eu');
    expect(cluster).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('driftline.yaml'),
    });
  });

  it('have releases of charts in the repository, with the place of their values', async () => {
    const api = application(named(await discover(fleet), 'eu'), 'api');
    expect(api.owner).toEqual({ mode: 'ssa', manager: 'helm-controller' });
    expect(api.source).toMatchObject({
      kind: 'helm',
      release: 'api',
      namespace: 'apps',
      values: [
        {
          kind: 'inline',
          values: { replicas: 2 },
          place: { file: 'apps/eu/release.yaml', line: 11, column: 5 },
        },
      ],
    });
  });

  it('say which chart from elsewhere a release has', async () => {
    const remote = `  chart:
    spec:
      chart: redis
      version: 20.x
      sourceRef: { kind: HelmRepository, name: public }
`;
    const artifact = '  chartRef: { kind: OCIRepository, name: app }\n';
    const sources = `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: { name: public, namespace: apps }
spec: { url: "https://charts.example/stable/" }
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: { name: app, namespace: apps }
spec:
  url: oci://registry.example/charts/app-template
  ref: { tag: 4.3.0, digest: "sha256:0123" }
`;
    const chartOf = async (spec: string, more: Record<string, string> = {}) => {
      const files = { ...fleet, 'apps/us/release.yaml': release('redis', spec), ...more };
      return application(named(await discover(files), 'us'), 'redis').source;
    };
    expect(await chartOf(remote)).toEqual({
      kind: 'unresolved',
      reason: 'chart redis 20.x is of HelmRepository public, which is not in the repository',
    });
    expect(await chartOf(remote, { 'apps/us/sources.yaml': sources })).toMatchObject({
      kind: 'helm',
      chart: { url: 'https://charts.example/stable', name: 'redis', version: '20.x' },
    });
    expect(await chartOf(artifact, { 'apps/us/sources.yaml': sources })).toMatchObject({
      chart: { url: 'oci://registry.example/charts', name: 'app-template', version: '4.3.0' },
    });
  });

  it("have values files that take the place of the chart's own", async () => {
    const files = '      valuesFiles: [charts/api/values-us.yaml]\n';
    const spec = localChart + files;
    const found = await discover({ ...fleet, 'apps/us/release.yaml': release('api', spec) });
    expect(application(named(found, 'us'), 'api').source).toMatchObject({
      withoutDefaults: true,
      values: [{ kind: 'file', path: 'charts/api/values-us.yaml' }],
    });
  });

  it('look at a schema of values unless neither install nor upgrade does', async () => {
    const skips = async (spec: string) => {
      const files = { ...fleet, 'apps/us/release.yaml': release('api', localChart + spec) };
      const { source } = application(named(await discover(files), 'us'), 'api');
      return 'skipSchema' in source && source.skipSchema;
    };
    const off = '{ disableSchemaValidation: true }';
    expect(await skips(`  install: ${off}\n`)).toBe(false);
    expect(await skips(`  install: ${off}\n  upgrade: ${off}\n`)).toBe(true);
  });

  it('name a release after its namespace, and cut long names as the controller does', async () => {
    const nameOf = async (name: string, spec = '') => {
      const files = { ...fleet, 'apps/us/release.yaml': release(name, localChart + spec) };
      const { source } = application(named(await discover(files), 'us'), name);
      return 'release' in source ? [source.release, source.namespace] : source;
    };
    expect(await nameOf('api', '  targetNamespace: shop\n')).toEqual(['shop-api', 'shop']);
    expect(await nameOf('api', '  releaseName: web\n  targetNamespace: shop\n')).toEqual([
      'web',
      'shop',
    ]);
    const long = 'a-name-that-goes-on-and-on-until-helm-takes-it-no-longer-at-all';
    expect(await nameOf(long)).toEqual([
      `${long.slice(0, 40)}-${createHash('sha256').update(long).digest('hex').slice(0, 12)}`,
      'apps',
    ]);
  });

  it('have releases of a HelmChart whose source is the repository', async () => {
    const found = await discover({
      ...fleet,
      'apps/us/release.yaml': release('api', '  chartRef: { kind: HelmChart, name: api }\n'),
      'apps/us/chart.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmChart
metadata: { name: api, namespace: apps }
spec:
  chart: ./charts/api
  valuesFiles: [charts/api/values.yaml, charts/api/values-us.yaml]
  sourceRef: { kind: GitRepository, name: flux-system, namespace: flux-system }
`,
    });
    expect(application(named(found, 'us'), 'api').source).toMatchObject({
      path: 'charts/api',
      values: [{ kind: 'file', path: 'charts/api/values-us.yaml' }],
    });
  });

  it('take values from ConfigMaps and Secrets of the repository only', async () => {
    const from = (spec: string) =>
      discover({
        ...fleet,
        'apps/us/release.yaml': release('api', `${localChart}  valuesFrom:\n${spec}`),
        'apps/us/values.yaml': `apiVersion: v1
kind: Secret
metadata: { name: values, namespace: apps }
data:
  values.yaml: ${Buffer.from('replicas: 4\n').toString('base64')}
  host: ${Buffer.from('db.example').toString('base64')}
`,
      }).then(found => application(named(found, 'us'), 'api').source);
    expect(await from('    - { kind: Secret, name: values }\n')).toMatchObject({
      values: [{ values: { replicas: 4 }, place: { file: 'apps/us/values.yaml', line: 5 } }],
    });
    expect(
      await from(
        '    - { kind: Secret, name: values, valuesKey: host, targetPath: "db.hosts[0]" }\n',
      ),
    ).toMatchObject({
      values: [{ kind: 'set', text: 'db.hosts[0]=db.example', as: 'set', secret: true }],
    });
    // That it is optional does not say that the cluster has none.
    for (const optional of ['', ', optional: true'])
      expect(await from(`    - { kind: Secret, name: other${optional} }\n`)).toMatchObject({
        values: [
          {
            kind: 'named',
            object: { kind: 'Secret', name: 'other', namespace: 'apps' },
            reason: 'only the cluster has',
          },
        ],
      });
    expect(
      await from('    - { kind: Secret, name: values, valuesKey: none, optional: true }\n'),
    ).toMatchObject({ values: [] });
  });

  it('do not guess at another repository, another revision or another cluster', async () => {
    const found = await discover(
      {
        ...fleet,
        'clusters/us/other.yaml':
          gitRepository('other', 'https://git.example/team/other') +
          gitRepository('old', 'https://git.example/team/fleet.git', '{ tag: v1 }') +
          kustomization('foreign', './x').replace('name: flux-system,', 'name: other,') +
          kustomization('pinned', './apps/us').replace('name: flux-system,', 'name: old,') +
          kustomization('remote', './apps/us', '  kubeConfig: { secretRef: { name: k } }\n') +
          kustomization('gone', './nowhere'),
      },
      { remotes: ['git@git.example:team/fleet.git'] },
    );
    expect(summary(named(found, 'us'))).toEqual([
      'flux-system kustomize clusters/us',
      'apps kustomize apps/us',
      'foreign: its source GitRepository flux-system/other is another repository (https://git.example/team/other)',
      'pinned: its source GitRepository flux-system/old is revision v1 of this repository, not what is read here',
      'remote: it is applied to another cluster (spec.kubeConfig)',
      'gone: its path ./nowhere is not in the repository',
    ]);
  });

  it('are roots that nothing else deploys, where there are no bootstrap files', async () => {
    const found = await discover({
      'kubernetes/main/apps.yaml':
        gitRepository('flux-system', url) + kustomization('apps', './kubernetes/apps'),
      'kubernetes/apps/web/ks.yaml': kustomization('web', './kubernetes/apps/web/app'),
      'kubernetes/apps/web/app/a.yaml': configMap,
    });
    expect(found.environments.map(({ name }) => name)).toEqual(['main']);
    expect(summary(named(found, 'main'))).toEqual([
      'apps kustomize kubernetes/apps',
      'web kustomize kubernetes/apps/web/app',
    ]);
  });

  it('know a source that is made outside by the folders it is used for', async () => {
    const files = (path: string) => ({
      'kubernetes/main/apps.yaml': kustomization('apps', './kubernetes/apps').replaceAll(
        'flux-system,',
        'home,',
      ),
      'kubernetes/apps/ks.yaml': kustomization('web', path).replaceAll('flux-system,', 'home,'),
      'web/a.yaml': configMap,
    });
    expect(summary(named(await discover(files('./web')), 'main'))).toEqual([
      'apps kustomize kubernetes/apps',
      'web kustomize web',
    ]);
    const { environments } = await discover(files('./'));
    for (const { applications } of environments)
      expect(applications.every(({ source }) => source.kind === 'unresolved')).toBe(true);
  });

  it('survive Kustomizations that deploy each other', async () => {
    const found = await discover({
      'clusters/a/one.yaml':
        gitRepository('flux-system', url) + kustomization('one', './clusters/b'),
      'clusters/b/two.yaml': kustomization('two', './clusters/a'),
    });
    expect(summary(named(found, 'a'))).toEqual([
      'one kustomize clusters/b',
      'two kustomize clusters/a',
    ]);
  });

  it('follow an artifact that keeps the layout of the repository', async () => {
    const generator = (to: string) => `apiVersion: source.extensions.fluxcd.io/v1beta1
kind: ArtifactGenerator
metadata: { name: parts, namespace: flux-system }
spec:
  sources: [{ alias: repo, kind: GitRepository, name: flux-system }]
  artifacts:
    - name: apps
      copy:
        - { from: "@repo/apps/us/**", to: "${to}" }
`;
    const artifact = kustomization('apps', './us').replace(
      '{ kind: GitRepository, name: flux-system, namespace: flux-system }',
      '{ kind: ExternalArtifact, name: apps }',
    );
    const files = (to: string) => ({
      ...fleet,
      'clusters/us/apps.yaml': artifact,
      'clusters/us/artifacts.yaml': generator(to),
    });
    const kept = await discover(files('@artifact/us/'));
    expect(summary(named(kept, 'us'))).toContain('apps kustomize apps/us');
    const moved = await discover(files('@artifact/elsewhere/'));
    expect(summary(named(moved, 'us'))).toContain(
      "apps: its source ExternalArtifact apps is put together from files in other places than the repository's",
    );
  });
});

describe('what a kustomization changes on the way', () => {
  const patched = {
    ...fleet,
    'clusters/us/apps.yaml': kustomization('tenants', './tenants/us'),
    'tenants/us/kustomization.yaml':
      'namespace: team\nresources: [../base]\npatches: [{ path: patch.yaml }]',
    'tenants/us/patch.yaml':
      'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: team, namespace: flux-system }\nspec: { path: ./apps/us }\n',
    'tenants/base/kustomization.yaml': 'resources: [sync.yaml]',
    'tenants/base/sync.yaml': kustomization('team', './apps/eu'),
  };

  it('is not guessed without a renderer', async () => {
    expect(summary(named(await discover(patched), 'us'))).toContain(
      'team: tenants/us/kustomization.yaml changes this Kustomization, which takes the renderer to follow',
    );
  });

  it('is followed as rendered, on the line where it is written', async () => {
    const rendering = renderingOf(patched, program);
    const found = await discover(patched, { render: application => rendering.render(application) });
    const team = application(named(found, 'us'), 'team');
    expect(team.source).toMatchObject({ kind: 'kustomize', path: 'apps/us' });
    expect(team.controller).toMatchObject({ namespace: 'team', name: 'team' });
    expect(team.origin).toEqual({ file: 'tenants/base/sync.yaml', line: 1, column: 1 });
  });

  it('is as written where the render fails', async () => {
    const broken = { ...patched, 'tenants/us/patch.yaml': 'kind: Kustomization\n' };
    const rendering = renderingOf(broken, program);
    const found = await discover(broken, { render: application => rendering.render(application) });
    expect(summary(named(found, 'us'))).toContain(
      'team: tenants/us/kustomization.yaml changes this Kustomization, which takes the renderer to follow',
    );
  });

  it('comes to an end where a variable makes new Kustomizations again and again', async () => {
    const grown = `$\{N:=}x`;
    const files = {
      ...fleet,
      'clusters/us/apps.yaml': kustomization(
        'a',
        './loop',
        "  postBuild: { substitute: { N: '' } }\n",
      ),
      'loop/again.yaml': kustomization(
        `'a${grown}'`,
        './loop',
        `  postBuild: { substitute: { N: '${grown}' } }\n`,
      ),
    };
    const rendering = renderingOf(files, program);
    const found = await discover(files, { render: application => rendering.render(application) });
    const last = summary(named(found, 'us')).at(-1);
    expect(last).toContain('is deployed through more than 10 others, which are not followed');
  });

  it('says which release no Kustomization deploys', async () => {
    const files = { ...fleet, 'old/release.yaml': release('old', localChart) };
    const rendering = renderingOf(files, program);
    const found = await discover(files, { render: application => rendering.render(application) });
    expect(found.unresolved).toEqual([
      {
        reason: 'HelmRelease old is deployed by no Flux Kustomization of this repository',
        place: { file: 'old/release.yaml', line: 1, column: 1 },
      },
    ]);
  });

  it('gives the outermost namespace', async () => {
    const { 'tenants/us/patch.yaml': _, ...files } = patched;
    files['tenants/us/kustomization.yaml'] = 'namespace: team\nresources: [../base]';
    files['tenants/base/kustomization.yaml'] = 'namespace: base\nresources: [sync.yaml]';
    const team = application(named(await discover(files), 'us'), 'team');
    expect(team.controller?.namespace).toBe('team');
  });
});
