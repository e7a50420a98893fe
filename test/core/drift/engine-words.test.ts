import { afterAll, describe, expect, it } from 'vitest';
import { readSnapshot } from '../../../src/core/cluster/snapshot/snapshot.ts';
import { withOwnCheck } from '../../../src/core/drift/engine-words.ts';
import { EnvironmentComparison } from '../../../src/core/drift/environment-drift.ts';
import { argoSettings } from '../../../src/core/drift/owners/argo-settings.ts';
import { scalersOf } from '../../../src/core/drift/owners/scalers.ts';
import { Generations } from '../../../src/core/drift/removed/generated.ts';
import type { Application, Environment } from '../../../src/core/model/environment.ts';
import type { RenderedObject } from '../../../src/core/model/rendered.ts';
import { resourceOf } from '../../../src/core/model/resource.ts';
import { createSchemas } from '../../../src/core/schemas/schemas.ts';
import { Judge } from '../../../src/core/upstream/judge.ts';
import { object, objects } from './helpers.ts';

const judge = new Judge();
afterAll(() => judge.close());

const settings = (data: string) =>
  object(
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm, namespace: argocd}\ndata:\n${data}`,
  );

describe('the settings of an Argo CD', () => {
  it('are its defaults where nothing is said', () => {
    expect(argoSettings(settings('  url: https://x'))).toEqual({
      tracking: 'annotation',
      instanceLabel: undefined,
      installation: undefined,
      ignore: [],
      status: 'all',
      ignoreAggregatedRules: false,
      knownTypes: {},
      customHealth: [],
    });
  });

  it('are read from keys of their own and from the map of all', () => {
    const read = argoSettings(
      settings(`
  application.resourceTrackingMethod: annotation+label
  application.instanceLabelKey: x/instance
  installationID: one
  resource.compareoptions: "ignoreAggregatedRoles: true\\nignoreResourceStatusField: crd\\n"
  resource.customizations.ignoreDifferences.all: "managedFieldsManagers: [kube-controller-manager]"
  resource.customizations.ignoreDifferences.apps_Deployment: "jsonPointers: [/spec/replicas]"
  resource.customizations.ignoreDifferences.ConfigMap: "jqPathExpressions: ['.data.a']"
  resource.customizations.knownTypeFields.t.io_Widget: "- {field: spec.cpu, type: core/Quantity}"
  resource.customizations.health.t.io_Widget: "return {}"
  resource.customizations: |
    old.io/Thing:
      health.lua: return {}
      ignoreDifferences: |
        jsonPointers: [/spec]
`),
    );
    expect(read).toMatchObject({
      tracking: 'annotation+label',
      instanceLabel: 'x/instance',
      installation: 'one',
      status: 'crd',
      ignoreAggregatedRules: true,
      knownTypes: { 't.io/Widget': [{ field: 'spec.cpu', type: 'core/Quantity' }] },
      customHealth: ['old.io/Thing', 't.io/Widget'],
    });
    expect(read.ignore).toMatchObject([
      { group: 'old.io', kind: 'Thing', pointers: ['/spec'] },
      { group: '*', kind: '*', managers: ['kube-controller-manager'], matching: 'argo' },
      { group: 'apps', kind: 'Deployment', pointers: ['/spec/replicas'] },
      { group: '', kind: 'ConfigMap', jq: ['.data.a'] },
    ]);
  });
});

describe('a health check of Argo CD’s own', () => {
  const argo = argoSettings(settings('  resource.customizations.health.t.io_Widget: "return {}"'));
  const widget = object('{apiVersion: t.io/v1, kind: Widget, metadata: {name: w}}');

  it('is not run, and is told', () => {
    expect(withOwnCheck({ status: 'None' }, widget, argo)).toEqual({
      status: 'None',
      reason: 'Argo CD has a health check of its own for this kind; see there.',
    });
    const other = { ...widget, kind: 'Gadget' };
    expect(withOwnCheck({ status: 'Healthy' }, other, argo)).toEqual({ status: 'Healthy' });
    expect(withOwnCheck({ status: 'Healthy' }, widget)).toEqual({ status: 'Healthy' });
  });
});

describe('who scales an object', () => {
  const declared = (text: string) =>
    objects(text).map(value => {
      const resource = resourceOf(value);
      if (!resource) throw new Error('no identity');
      return { resource: { ...resource, namespace: 'shop' }, object: { value } };
    });

  it('is the autoscaler that names it, and the ScaledObject rather than what KEDA makes of it', () => {
    const found = scalersOf(
      declared(`
{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: s}, spec: {scaleTargetRef: {name: web}}}
---
{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: keda-hpa-s}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}
---
{apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler, metadata: {name: h}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: db}}}
`),
    );
    expect([...found].map(([key, { kind, name }]) => `${key} ${kind} ${name}`)).toEqual([
      'apps/Deployment/shop/web ScaledObject s',
      'apps/StatefulSet/shop/db HorizontalPodAutoscaler h',
    ]);
  });
});

describe('generations of a generated object', () => {
  const config = (name: string, kind = 'ConfigMap') => ({
    ...{ group: '', version: 'v1', kind },
    ...{ namespace: 'shop', name },
  });

  it('have one successor, of their kind, namespace and base name', () => {
    const generations = new Generations([config('conf-9c8m2tkh44'), config('plain')]);
    expect(generations.successor(config('conf-2222222222'))).toBe('conf-9c8m2tkh44');
    expect(generations.successor(config('conf-9c8m2tkh44'))).toBeUndefined();
    expect(generations.successor(config('conf-2222222222', 'Secret'))).toBeUndefined();
    expect(generations.successor(config('conf-aaaaaaaaaa'))).toBeUndefined();
    expect(generations.successor(config('other-2222222222'))).toBeUndefined();
    expect(generations.successor(config('plain'))).toBeUndefined();
  });
});

describe('an environment of Argo CD', () => {
  const origin = { file: 'apps/shop.yaml', line: 1, column: 1 };
  const controller = {
    ...{ group: 'argoproj.io', version: 'v1alpha1', kind: 'Application' },
    ...{ namespace: 'argocd', name: 'shop' },
  };
  const application: Application = {
    ...{ name: 'shop', engine: 'argocd', dependsOn: [], origin, ignore: [], controller },
    source: { kind: 'plain', path: 'apps', recurse: false },
    owner: { mode: 'csa', manager: 'argocd-controller' },
  };
  const environment: Environment = {
    ...{ name: 'production', engine: 'argocd', applications: [application], namespace: 'shop' },
    ...{ protected: false, origin, ignore: [], unresolved: [] },
    cluster: { kind: 'none', reason: 'a test' },
  };

  async function compare(manifests: string, live: string) {
    const found = objects(manifests).map((value): RenderedObject => {
      const resource = resourceOf(value);
      if (!resource) throw new Error('no identity');
      const locate = () => ({ ...origin, how: 'exact' as const, via: [] });
      return { resource, value, source: origin, locate };
    });
    const rendered = { objects: found, text: manifests, reads: [], notChecked: [] };
    const items = [...objects(live), settingsHere];
    const snapshot = { apiVersion: 'v1', kind: 'List', items };
    const { compared } = await EnvironmentComparison.of({
      environment,
      applications: [{ application, rendered }],
      cluster: readSnapshot('live.json', JSON.stringify(snapshot)),
      schemas: createSchemas({ version: '1.33' }),
      target: '1.33',
      judge,
    });
    return [...compared.values()].map(({ result }) => result);
  }

  const settingsHere = settings(`
  application.resourceTrackingMethod: label
  resource.customizations.ignoreDifferences.ConfigMap: "jsonPointers: [/data/b]"`);

  it('is compared by what its Argo CD is told', async () => {
    const [conf, web, ...removed] = await compare(
      `
{apiVersion: v1, kind: ConfigMap, metadata: {name: conf-9c8m2tkh44, namespace: shop}, data: {b: '1'}}
---
{apiVersion: v1, kind: ReplicationController, metadata: {name: web, namespace: shop}, spec: {replicas: 2, selector: {a: b}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}}}
---
{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h, namespace: shop}, spec: {maxReplicas: 4, scaleTargetRef: {apiVersion: v1, kind: ReplicationController, name: web}}}
`,
      `
{apiVersion: v1, kind: ConfigMap, metadata: {name: conf-9c8m2tkh44, namespace: shop, labels: {app.kubernetes.io/instance: shop}}, data: {b: '2'}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: conf-2222222222, namespace: shop, labels: {app.kubernetes.io/instance: shop}}, data: {b: '2'}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: left, namespace: shop, labels: {app.kubernetes.io/instance: shop}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: theirs, namespace: shop, labels: {app.kubernetes.io/instance: other}}}
---
{apiVersion: v1, kind: ReplicationController, metadata: {name: web, namespace: shop, labels: {app.kubernetes.io/instance: shop}}, spec: {replicas: 3, selector: {a: b}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}}}
`,
    );
    expect(conf).toMatchObject({ state: 'synced', paths: [] });
    expect(conf?.notes.join()).toContain('argocd-cm');
    const replicas = web?.paths.find(({ path }) => path === '.spec.replicas');
    expect(replicas?.suggests).toEqual({
      preset: 'hpa-replicas',
      because: 'HorizontalPodAutoscaler shop/h scales this ReplicationController.',
    });
    const states = removed.map(({ resource, state }) => `${resource.name} ${state}`);
    expect(states).toEqual(['h unknown', 'conf-2222222222 untracked', 'left prune-candidate']);
    expect(removed[1]?.reason).toContain('superseded by conf-9c8m2tkh44');
  });
});
