import { afterAll, describe, expect, it } from 'vitest';
import { compareObjects } from '../../../src/core/drift/compare.ts';
import { rulesFor } from '../../../src/core/drift/ignore/ignore.ts';
import type { DriftResult, IgnoreRule } from '../../../src/core/model/drift.ts';
import type { JsonObject } from '../../../src/core/model/resource.ts';
import { createSchemas } from '../../../src/core/schemas/schemas.ts';
import { Judge } from '../../../src/core/upstream/judge.ts';
import { input, managed, object } from './helpers.ts';

const judge = new Judge();
afterAll(() => judge.close());

const rule = (more: Partial<IgnoreRule>): IgnoreRule => ({
  pointers: [],
  origin: 'driftline.yaml:7',
  ...more,
});

async function compare(desired: JsonObject, live: JsonObject, ...ignore: IgnoreRule[]) {
  const [result] = await compareObjects([input(desired, live, { ignore })], {
    judge,
    schemas: createSchemas({ version: '1.33' }),
    target: '1.33',
  });
  return result as DriftResult;
}

const web = (replicas: number, images: Record<string, string>) =>
  object(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [${Object.entries(images).map(([name, image]) => `{name: ${name}, image: "${image}"}`)}]}
`);

const hook = (bundles: string[], more = '') =>
  object(`
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: hook}
webhooks:
${bundles.map((bundle, i) => `- {name: h${i}.example.com, clientConfig: {url: "https://h", caBundle: ${bundle}}, admissionReviewVersions: [v1], sideEffects: None${more}}`).join('\n')}
`);

describe('ignore rules', () => {
  it('hide a path and say so', async () => {
    const result = await compare(
      web(2, { a: 'a:1' }),
      web(5, { a: 'a:1' }),
      rule({ pointers: ['/spec/replicas'] }),
    );
    expect(result).toMatchObject({
      state: 'synced',
      paths: [],
      notes: ['1 path ignored by driftline.yaml:7'],
    });
  });

  it('leave other paths visible', async () => {
    const result = await compare(
      web(2, { a: 'a:1' }),
      web(5, { a: 'a:2' }),
      rule({ pointers: ['/spec/replicas'] }),
    );
    expect(result.state).toBe('drifted');
    expect(result.paths.map(({ path }) => path)).toEqual([
      '.spec.template.spec.containers[name="a"].image',
    ]);
  });

  it('say nothing where they hide nothing', async () => {
    const result = await compare(
      web(2, { a: 'a:1' }),
      web(2, { a: 'a:1' }),
      rule({ pointers: ['/spec/replicas'] }),
    );
    expect(result.notes).toEqual([]);
  });

  it('leave out a whole object', async () => {
    const result = await compare(web(2, {}), web(5, {}), rule({ pointers: [''] }));
    expect(result).toMatchObject({ state: 'skipped' });
    expect(result.reason).toContain('driftline.yaml:7');
  });

  it('count an index on each side by itself', async () => {
    const desired = web(2, { a: 'a:1', b: 'b:1' });
    const live = web(2, { b: 'b:2', a: 'a:1' });
    const result = await compare(
      desired,
      live,
      rule({ pointers: ['/spec/template/spec/containers/0/image'] }),
    );
    expect(result.paths.map(({ kind }) => kind)).toEqual(['order']);
  });

  it('hide a part of a value that is compared whole', async () => {
    const crd = (description: string, served: boolean) =>
      object(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: foos.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: foos, singular: foo, kind: Foo, listKind: FooList}
  versions: [{name: v1, served: ${served}, storage: true, schema: {openAPIV3Schema: {type: object, description: ${description}}}}]
`);
    const hidden = rule({ pointers: ['/spec/versions/0/schema/openAPIV3Schema/description'] });
    expect(await compare(crd('a', true), crd('b', true), hidden)).toMatchObject({
      state: 'synced',
      notes: ['1 path ignored by driftline.yaml:7'],
    });
    const both = await compare(crd('a', true), crd('b', false), hidden);
    expect(both).toMatchObject({ state: 'drifted', paths: [{ path: '.spec.versions' }] });
  });

  it('understand the jq that people write', async () => {
    const bundles = rule({ jq: ['.webhooks[]?.clientConfig.caBundle'] });
    expect((await compare(hook(['QQ==']), hook(['Qg==']), bundles)).state).toBe('synced');
    const one = rule({ jq: ['.webhooks[] | select(.name == "h0.example.com") | .clientConfig'] });
    const result = await compare(hook(['QQ==', 'QQ==']), hook(['Qg==', 'Qg==']), one);
    expect(result.paths.map(({ path }) => path)).toEqual([
      '.webhooks[name="h1.example.com"].clientConfig.caBundle',
    ]);
  });

  it('make a difference not checked where they are not understood, and leave what is in sync', async () => {
    for (const unclear of [
      rule({ jq: ['.spec | to_entries | map(.key)'] }),
      rule({ unclear: 'kind: (a|b)+' }),
      rule({ matching: 'regex', kind: '(Deployment|Job)+', pointers: ['/spec/replicas'] }),
      rule({ matching: 'regex', kind: '[', pointers: [''] }),
    ]) {
      const differs = await compare(web(2, { a: 'a:1' }), web(5, { a: 'a:1' }), unclear);
      expect(differs.state).toBe('unknown');
      expect(differs.reason).toContain('not understood');
      const same = await compare(web(2, { a: 'a:1' }), web(2, { a: 'a:1' }), unclear);
      expect(same.state).toBe('synced');
    }
  });

  it('trust a manager with what it changed, not with what is missing', async () => {
    const live = managed(web(5, { a: 'a:1' }), {
      manager: 'scaler',
      subresource: 'scale',
      fields: { 'f:spec': { 'f:replicas': {} } },
    });
    const trusted = rule({ managers: ['scaler'] });
    expect((await compare(web(2, { a: 'a:1' }), live, trusted)).state).toBe('synced');
    const other = rule({ managers: ['somebody'] });
    expect((await compare(web(2, { a: 'a:1' }), live, other)).state).toBe('drifted');
  });

  it('match objects by globs, anchored expressions and selectors', () => {
    const live = web(1, {});
    const resource = {
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
    };
    const matches = (more: Partial<IgnoreRule>) =>
      rulesFor([rule(more)], resource, live).length === 1;
    expect(matches({})).toBe(true);
    expect(matches({ group: '*', kind: 'Deploy*', name: 'w?b' })).toBe(true);
    expect(matches({ kind: 'Deploy' })).toBe(false);
    expect(matches({ group: '' })).toBe(false);
    expect(matches({ matching: 'regex', kind: 'Deploy.*', name: 'web|api' })).toBe(true);
    expect(matches({ matching: 'regex', kind: 'Deploy' })).toBe(false);
    expect(matches({ labels: 'app in (web, api),!old' })).toBe(true);
    expect(matches({ labels: 'app!=web' })).toBe(false);
    expect(matches({ labels: 'app=web,tier' })).toBe(false);
    expect(matches({ labels: 'app in(web),tier notin (x)' })).toBe(true);
    expect(matches({ labels: 'app>3' })).toBe(false);
    // What is not understood may be meant.
    expect(matches({ labels: '???' })).toBe(true);
    expect(matches({ matching: 'regex', name: '(a' })).toBe(true);
    expect(matches({ matching: 'argo', group: '{apps,batch}', kind: '[A-F]*' })).toBe(true);
    expect(matches({ matching: 'argo', group: '', kind: 'Deployment' })).toBe(false);
    expect(matches({ matching: 'argo', group: '*', kind: '*', name: 'w*' })).toBe(false);
    expect(matches({ matching: 'argo', group: '*', kind: '*', namespace: 'shop' })).toBe(true);
  });
});
