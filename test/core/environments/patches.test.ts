import { describe, expect, it } from 'vitest';
import { application, discover, named } from './repository.ts';

/** Whether an overlay with these lines leaves the HelmRelease of its base as it is written. */
async function isAsWritten(overlay: string): Promise<boolean> {
  const found = await discover({
    'clusters/a/apps.yaml': `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps, namespace: flux-system }
spec: { path: ./apps, prune: true, interval: 1m, sourceRef: { kind: GitRepository, name: flux-system } }
`,
    'apps/kustomization.yaml': `resources: [base]\n${overlay}`,
    'apps/base/kustomization.yaml': 'resources: [release.yaml]',
    'apps/base/release.yaml': `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: api, namespace: apps }
spec: { interval: 1m, chart: { spec: { chart: x, sourceRef: { kind: HelmRepository, name: x } } } }
`,
    'apps/patch.yaml': 'kind: HelmRelease\nmetadata: { name: api }\n',
    'apps/other.yaml': 'kind: Deployment\nmetadata: { name: api }\n',
  });
  const { source } = application(named(found, 'a'), 'api');
  return source.kind === 'unresolved' && !source.reason.includes('changes this HelmRelease');
}

describe('a HelmRelease below an overlay, without a renderer', () => {
  it.each([
    'namespace: other',
    'labels: [{ pairs: { a: b } }]',
    'images: [{ name: a, newTag: b }]',
    'patches: [{ path: other.yaml }]',
    'patchesStrategicMerge: [other.yaml]',
    'patches: [{ patch: "[]", target: { kind: Deployment } }]',
    'patches: [{ patch: "[]", target: { kind: "(Deployment|Stateful.*)" } }]',
    'namePrefix: null',
  ])('is as written with %s', async overlay => {
    expect(await isAsWritten(overlay)).toBe(true);
  });

  it.each([
    'namePrefix: a-',
    'patches: [{ path: patch.yaml }]',
    'patchesStrategicMerge: [patch.yaml]',
    'patches: [{ patch: "kind: HelmRelease" }]',
    'patches: [{ patch: "[]", target: { kind: HelmRelease } }]',
    'patches: [{ patch: "[]", target: { kind: "Deployment|Helm.*" } }]',
    'patches: [{ patch: "[]", target: { kind: "HelmReleas[e]" } }]',
    'patches: [{ patch: "[]", target: { name: api } }]',
    'patchesJson6902: [{ path: ops.yaml, target: { kind: HelmRelease, name: api } }]',
    'replacements: [{ path: r.yaml }]',
    'transformers: [t.yaml]',
  ])('may be changed with %s', async overlay => {
    expect(await isAsWritten(overlay)).toBe(false);
  });
});
