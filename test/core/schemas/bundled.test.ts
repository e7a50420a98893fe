import { describe, expect, it } from 'vitest';
import { isObject, type Json, parseApiVersion } from '../../../src/core/model/resource.ts';
import { createSchemas } from '../../../src/core/schemas/schemas.ts';
import { openStore } from '../../../src/core/schemas/store.ts';
import type { FieldType, KindLookup } from '../../../src/core/schemas/type.ts';

const store = openStore();
const schemas = createSchemas({ version: '1.36', store, bundled: true });
const lookup = (apiVersion: string, kind: string, by = schemas): KindLookup =>
  by.lookup({ ...parseApiVersion(apiVersion), kind });

describe('the bundled definitions', () => {
  const kinds = Object.entries(store.bundled.table.groups).flatMap(([group, { kinds }]) =>
    Object.entries(kinds).map(([kind, entry]) => ({ group, kind, ...entry })),
  );

  it('are those of the kinds that their table names', () => {
    for (const { group, kind, versions } of kinds) {
      const { spec } = store.bundled.definition(group, kind) as { spec: { [key: string]: Json } };
      expect(spec).toMatchObject({ group, names: { kind } });
      const served = (spec.versions as { name: string; served: boolean }[])
        .filter(version => version.served)
        .map(({ name }) => name);
      expect(served.toSorted()).toEqual(versions.toSorted());
    }
    expect(kinds.length).toBeGreaterThan(80);
  });

  it.each([
    ['kustomize.toolkit.fluxcd.io/v1', 'Kustomization'],
    ['source.toolkit.fluxcd.io/v1', 'GitRepository'],
    ['helm.toolkit.fluxcd.io/v2', 'HelmRelease'],
    ['notification.toolkit.fluxcd.io/v1beta3', 'Alert'],
    ['image.toolkit.fluxcd.io/v1', 'ImagePolicy'],
    ['argoproj.io/v1alpha1', 'Application'],
    ['argoproj.io/v1alpha1', 'ApplicationSet'],
    ['argoproj.io/v1alpha1', 'AppProject'],
    ['argoproj.io/v1alpha1', 'Rollout'],
    ['cert-manager.io/v1', 'Certificate'],
    ['external-secrets.io/v1', 'ExternalSecret'],
    ['monitoring.coreos.com/v1', 'ServiceMonitor'],
    ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
    ['keda.sh/v1alpha1', 'ScaledObject'],
    ['kyverno.io/v1', 'ClusterPolicy'],
    ['bitnami.com/v1alpha1', 'SealedSecret'],
  ])('know %s %s', (apiVersion, kind) => {
    const found = lookup(apiVersion, kind);
    expect(found).toMatchObject({ found: true, kind: { origin: 'bundled' } });
    if (found.found) expect(found.kind.type.fields?.has('spec')).toBe(true);
  });

  it('name the release and licence that they are of', () => {
    expect(lookup('cert-manager.io/v1', 'Issuer')).toMatchObject({
      kind: { release: expect.stringMatching(/^cert-manager 1\.\d+$/) },
    });
    for (const { modules } of store.bundled.table.products)
      for (const module of modules) {
        expect(module.licence).toBe('Apache-2.0');
        expect(module.version).toMatch(/^v\d/);
      }
  });

  it('say what each field is for, where that is asked', () => {
    const bare = store.bundled.definition('cert-manager.io', 'Certificate');
    expect(bare).toBe(store.bundled.definition('cert-manager.io', 'Certificate'));
    expect(texts(bare, 'description')).toBe(0);
    expect(
      texts(store.bundled.described('cert-manager.io', 'Certificate'), 'description'),
    ).toBeGreaterThan(100);
  });

  it('allow what the Flux Operator adds to them', () => {
    const found = lookup('notification.toolkit.fluxcd.io/v1beta3', 'Alert');
    const at = (type: FieldType | undefined, name: string) => type?.fields?.get(name);
    const type = found.found ? found.kind.type : undefined;
    const kind = at(at(at(type, 'spec'), 'eventSources')?.element, 'kind');
    expect(kind?.enum).toEqual(expect.arrayContaining(['FluxInstance', 'Kustomization']));
  });

  it('are handed to the judge for the kinds in use only', () => {
    const own = createSchemas({ version: '1.36', store, bundled: true });
    expect(own.judgedTypes()).toEqual([]);
    lookup('cert-manager.io/v1', 'Certificate', own);
    lookup('cert-manager.io/v1', 'Certificate', own);
    lookup('apps/v1', 'Deployment', own);
    const judged = own.judgedTypes();
    expect(judged).toEqual([store.bundled.definition('cert-manager.io', 'Certificate')]);
    expect(own.judgedTypes()).toBe(judged);
    expect(own.customTypes).toEqual([]);
  });

  it('do not count where an environment has a definition, or where they are not asked for', () => {
    const crd = structuredClone(store.bundled.definition('cert-manager.io', 'Certificate'));
    const given = createSchemas({ version: '1.36', store, crds: crd ? [crd] : [], bundled: true });
    expect(lookup('cert-manager.io/v1', 'Certificate', given)).toMatchObject({
      kind: { origin: 'definition' },
    });
    expect(given.judgedTypes()).toEqual([crd]);
    const without = createSchemas({ version: '1.36', store });
    expect(lookup('cert-manager.io/v1', 'Certificate', without)).toMatchObject({
      found: false,
      why: 'unknown',
    });
  });
});

describe('a version that the bundled release does not serve', () => {
  it('is told with its successor where it was given up long ago', () => {
    expect(lookup('helm.toolkit.fluxcd.io/v2beta1', 'HelmRelease')).toMatchObject({
      why: 'former',
      origin: 'bundled',
      reason: expect.stringMatching(
        /gone from current Flux .*; use helm\.toolkit\.fluxcd\.io\/v2\./,
      ),
      suggestion: { version: 'v2' },
    });
  });

  it('is softer where many clusters still serve it', () => {
    expect(lookup('external-secrets.io/v1beta1', 'ExternalSecret')).toMatchObject({
      why: 'lately',
      suggestion: { version: 'v1' },
    });
  });

  it('is not checked where a newer release may have it', () => {
    expect(lookup('cert-manager.io/v2', 'Certificate')).toMatchObject({ why: 'unknown' });
    expect(lookup('keda.sh/v1beta1', 'ScaledObject')).toMatchObject({ why: 'unknown' });
  });

  it('is unknown where there never was one', () => {
    expect(lookup('kustomize.toolkit.fluxcd.io/v1beta7', 'Kustomization')).toMatchObject({
      why: 'unknown-version',
      origin: 'bundled',
    });
  });

  it('does not make another kind of the group wrong', () => {
    expect(lookup('cert-manager.io/v1', 'Unheard')).toMatchObject({ why: 'unknown' });
    expect(lookup('cert-manager.io/v1', 'certificate')).toMatchObject({
      why: 'unknown-kind',
      suggestion: { kind: 'Certificate' },
    });
  });
});

/** How many texts of that name there are. */
function texts(value: Json | undefined, name: string): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + texts(item, name), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) =>
      sum + (key === name && typeof inner === 'string' ? 1 : texts(inner, name)),
    0,
  );
}
