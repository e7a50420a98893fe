import { describe, expect, it } from 'vitest';
import { application, discover, named, summary } from './repository.ts';

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';
const chart = 'apiVersion: v2\nname: api\nversion: 1.0.0\n';
const onBase = 'resources: [../../base]';

describe('environments by convention', () => {
  it('are overlays, of all applications together', async () => {
    const found = await discover({
      'apps/web/base/kustomization.yaml': 'resources: [a.yaml]',
      'apps/web/base/a.yaml': configMap,
      'apps/web/overlays/staging/kustomization.yaml': onBase,
      'apps/web/overlays/production/kustomization.yaml': onBase,
      'apps/api/base/kustomization.yaml': 'resources: [a.yaml]',
      'apps/api/base/a.yaml': configMap,
      'apps/api/overlays/production/kustomization.yaml': onBase,
    });
    expect(found.environments.map(({ name }) => name).sort()).toEqual(['production', 'staging']);
    expect(summary(named(found, 'production'))).toEqual([
      'api kustomize apps/api/overlays/production',
      'web kustomize apps/web/overlays/production',
    ]);
    expect(named(found, 'production')).toMatchObject({
      engine: 'apply',
      namespace: 'default',
      protected: true,
      cluster: { kind: 'none' },
    });
    expect(named(found, 'staging').protected).toBe(false);
    expect(application(named(found, 'production'), 'web').owner).toEqual({
      mode: 'ssa',
      manager: 'kubectl',
    });
  });

  it('are not what another overlay builds on, and no components', async () => {
    const found = await discover({
      'overlays/common/kustomization.yaml': 'resources: [a.yaml]',
      'overlays/common/a.yaml': configMap,
      'overlays/prod/kustomization.yaml':
        'resources: [../common]\ncomponents: [../../components/x]',
      'components/x/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component',
      'environments/y/kustomization.yaml':
        'kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1',
    });
    expect(found.environments.map(({ name }) => name)).toEqual(['prod']);
  });

  it('are folders named as stages are usually named', async () => {
    const found = await discover({
      'apps/staging/kustomization.yaml': 'resources: [a.yaml]',
      'apps/staging/a.yaml': configMap,
      'apps/prod-eu/kustomization.yaml': 'resources: [a.yaml]',
      'apps/prod-eu/a.yaml': configMap,
    });
    expect(found.environments.map(({ name }) => name).sort()).toEqual(['prod-eu', 'staging']);
  });

  it('are values files beside a chart', async () => {
    const found = await discover({
      'charts/api/Chart.yaml': chart,
      'charts/api/values.yaml': 'a: 1\n',
      'charts/api/values-staging.yaml': 'a: 2\n',
      'charts/api/values-production.yaml': 'a: 3\n',
      'charts/api/charts/inner/Chart.yaml': 'apiVersion: v2\nname: inner\nversion: 1.0.0\n',
      'charts/api/charts/inner/values-production.yaml': 'a: 3\n',
    });
    const production = named(found, 'production');
    expect(production.engine).toBe('helm');
    expect(production.applications).toHaveLength(1);
    expect(application(production, 'api').source).toMatchObject({
      kind: 'helm',
      path: 'charts/api',
      release: 'api',
      values: [{ kind: 'file', path: 'charts/api/values-production.yaml' }],
    });
  });

  it('are values in a folder for each environment', async () => {
    const found = await discover({
      'charts/api/Chart.yaml': chart,
      'charts/web/Chart.yaml': chart.replace('name: api', 'name: web'),
      'environments/prod/api.yaml': 'a: 1\n',
      'environments/prod/web/values.yaml': 'a: 1\n',
      'environments/dev/api-values.yaml': 'a: 1\n',
    });
    expect(summary(named(found, 'prod')).sort()).toEqual([
      'api helm charts/api',
      'web helm charts/web',
    ]);
    expect(summary(named(found, 'dev'))).toEqual(['api helm charts/api']);
  });

  it('leave a variant of a chart and other folders out, and say so', async () => {
    const found = await discover({
      'charts/api/Chart.yaml': chart,
      'charts/api/values-ha.yaml': 'a: 1\n',
      'overlays/prod/kustomization.yaml': 'resources: [a.yaml]',
      'overlays/prod/a.yaml': configMap,
      'tools/kustomization.yaml': 'resources: [a.yaml]',
      'tools/a.yaml': configMap,
    });
    expect(found.environments.map(({ name }) => name)).toEqual(['prod']);
    expect(found.unresolved.map(({ reason }) => reason.split(' ')[0])).toEqual([
      'tools',
      'charts/api',
    ]);
  });
});

describe('without any convention', () => {
  it('there is one environment of all that can be deployed', async () => {
    const found = await discover({
      'web/kustomization.yaml': 'resources: [a.yaml]',
      'web/a.yaml': configMap,
      'web/left-out.yaml': configMap,
      'api/Chart.yaml': chart,
      'api/templates/a.yaml': configMap,
      'db/a.yaml': configMap,
      'db/more/b.yaml': configMap,
      'top.yaml': configMap,
    });
    expect(summary(named(found, 'default'))).toEqual([
      'web kustomize web',
      'api helm api',
      'db plain db',
      'default plain ',
    ]);
    const [, , db, top] = named(found, 'default').applications;
    expect(db?.source).toMatchObject({ recurse: true });
    expect(top?.source).toMatchObject({ recurse: false });
  });

  it('plain manifests are one application', async () => {
    const found = await discover({ 'a/x.yaml': configMap, 'b/c/y.yaml': configMap });
    expect(summary(named(found, 'default'))).toEqual(['default plain ']);
  });

  it('files that only look like manifests are left out', async () => {
    const found = await discover({
      'a/x.yaml': configMap,
      'skaffold.yaml': 'apiVersion: skaffold/v3\nkind: Config\nmetadata: { name: x }\n',
      'ci/broken.yaml': 'a: [\n',
      'ci/values.yaml': 'a: 1\n',
    });
    expect(named(found, 'default').applications[0]?.source).toEqual({
      kind: 'plain',
      path: '',
      recurse: true,
      exclude: '{ci/broken.yaml,skaffold.yaml}',
    });
  });

  it('an empty repository has none, and says so', async () => {
    const found = await discover({ 'README.md': '# nothing\n' });
    expect(found.environments).toEqual([]);
    expect(found.unresolved).toHaveLength(1);
  });
});
