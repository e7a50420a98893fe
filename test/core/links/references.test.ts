import { describe, expect, it } from 'vitest';
import { kindText } from '../../../src/core/links/field.ts';
import { readPattern } from '../../../src/core/links/pattern.ts';
import { referenceAt, referencesOf } from '../../../src/core/links/references.ts';
import { labelsOf, selectorsOf } from '../../../src/core/links/selectors.ts';
import { referenceFields } from '../../../src/core/links/table/index.ts';
import { jsonOf } from '../../../src/core/manifests/locate.ts';
import { parseManifests } from '../../../src/core/manifests/parse.ts';
import { formatPath } from '../../../src/core/model/path.ts';
import type { JsonObject } from '../../../src/core/model/resource.ts';

function objectOf(text: string): JsonObject {
  const root = parseManifests(text).documents[0]?.root;
  if (!root) throw new Error('no document');
  return jsonOf(root) as JsonObject;
}

function named(text: string): string[] {
  return referencesOf(objectOf(text)).map(
    ({ pointer, name, kinds, namespace, optional, soft, key }) =>
      [
        formatPath(pointer),
        kinds.map(kindText).join('|'),
        `${namespace ?? '*'}/${name}`,
        ...(key ? [`key ${key.name}`] : []),
        ...(optional ? ['optional'] : []),
        ...(soft ? ['soft'] : []),
      ].join(' '),
  );
}

describe('the objects that an object names', () => {
  it('are found in pods, with what may be missing', () => {
    const text = `
apiVersion: batch/v1
kind: CronJob
metadata: { name: a, namespace: shop }
spec:
  jobTemplate:
    spec:
      template:
        spec:
          serviceAccountName: runner
          priorityClassName: high
          containers:
            - env:
                - valueFrom: { configMapKeyRef: { name: settings, key: url, optional: true } }
              envFrom:
                - secretRef: { name: token }
          volumes:
            - persistentVolumeClaim: { claimName: data }
            - projected: { sources: [{ configMap: { name: ca } }] }
`;
    const spec = '.spec.jobTemplate.spec.template.spec';
    expect(named(text).sort()).toEqual(
      [
        '.metadata.namespace Namespace /shop soft',
        `${spec}.containers[0].env[0].valueFrom.configMapKeyRef.name ConfigMap shop/settings key url optional`,
        `${spec}.containers[0].envFrom[0].secretRef.name Secret shop/token`,
        `${spec}.priorityClassName scheduling.k8s.io/PriorityClass /high`,
        `${spec}.serviceAccountName ServiceAccount shop/runner`,
        `${spec}.volumes[0].persistentVolumeClaim.claimName PersistentVolumeClaim shop/data`,
        `${spec}.volumes[1].projected.sources[0].configMap.name ConfigMap shop/ca`,
      ].sort(),
    );
  });

  it('have the kind and the namespace that stand beside the name', () => {
    const text = `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps, namespace: flux-system }
spec:
  sourceRef: { kind: GitRepository, name: fleet, namespace: sources }
  dependsOn: [{ name: infra }]
  healthChecks: [{ apiVersion: apps/v1, kind: Deployment, name: web, namespace: shop }]
  postBuild: { substituteFrom: [{ kind: Secret, name: vars }] }
`;
    expect(named(text).slice(0, 4)).toEqual([
      '.spec.sourceRef.name source.toolkit.fluxcd.io/GitRepository sources/fleet',
      '.spec.dependsOn[0].name kustomize.toolkit.fluxcd.io/Kustomization flux-system/infra',
      '.spec.postBuild.substituteFrom[0].name Secret flux-system/vars',
      '.spec.healthChecks[0].name apps/Deployment shop/web',
    ]);
  });

  it('are none for users, groups and events of every object', () => {
    const binding = `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: a, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: anna }
  - { kind: ServiceAccount, name: ci, namespace: build }
`;
    expect(named(binding).slice(0, 2)).toEqual([
      '.roleRef.name rbac.authorization.k8s.io/ClusterRole /view',
      '.subjects[1].name ServiceAccount build/ci',
    ]);
    const alert = `
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Alert
metadata: { name: a }
spec: { eventSources: [{ kind: Kustomization, name: '*' }] }
`;
    expect(named(alert)).toEqual([]);
  });

  it('have what counts where no kind is said', () => {
    const route = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: a, namespace: shop, annotations: { cert-manager.io/issuer: x } }
spec:
  parentRefs: [{ name: public, namespace: infra }]
  rules: [{ backendRefs: [{ name: web, port: 80 }] }]
`;
    expect(named(route).slice(0, 2)).toEqual([
      '.spec.parentRefs[0].name gateway.networking.k8s.io/Gateway infra/public',
      '.spec.rules[0].backendRefs[0].name Service shop/web',
    ]);
    const ingress = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: a, annotations: { cert-manager.io/cluster-issuer: letsencrypt } }
`;
    expect(named(ingress)).toEqual([
      '.metadata.annotations["cert-manager.io/cluster-issuer"] cert-manager.io/ClusterIssuer /letsencrypt',
    ]);
  });

  it('may be asked for at a place where nothing is written yet', () => {
    const object = objectOf(`
apiVersion: v1
kind: Pod
metadata: { namespace: shop }
spec: { volumes: [{ configMap: }] }
`);
    const at = referenceAt(object, ['spec', 'volumes', 0, 'configMap', 'name']);
    expect(at).toMatchObject({ kinds: [{ group: '', kind: 'ConfigMap' }], namespace: 'shop' });
    expect(referenceAt(object, ['spec', 'volumes', 0, 'name'])).toBeUndefined();
  });
});

describe('the table', () => {
  it('has paths that can be read, and kinds of a group and a kind', () => {
    for (const { of, fields } of referenceFields) {
      for (const kind of of) expect(kind).toMatch(/^(\*|([a-z0-9.-]+\/)?[A-Z][A-Za-z0-9]*)$/);
      for (const { path, to } of fields) {
        for (const steps of readPattern(path))
          for (const step of steps)
            if (typeof step === 'object') expect(step.field, path).toMatch(/^[\w./-]+$/);
        const kinds = typeof to === 'string' ? [to] : 'kinds' in to ? to.kinds : to;
        for (const kind of kinds) expect(kind).toMatch(/^([a-z0-9.-]+\/)?[A-Z][A-Za-z0-9]*$/);
      }
    }
  });
});

describe('selectors', () => {
  it('say what they choose from, and labels of what they are', () => {
    const deployment = objectOf(`
apiVersion: apps/v1
kind: Deployment
metadata: { labels: { team: a } }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web, tier: front } } }
`);
    expect(selectorsOf(deployment)).toEqual([
      {
        pointer: ['spec', 'selector', 'matchLabels'],
        labels: { app: 'web' },
        to: 'own-pods',
        namespace: 'own',
      },
    ]);
    expect(labelsOf(deployment).map(({ of, labels }) => [of, labels])).toEqual([
      ['object', { team: 'a' }],
      ['pods', { app: 'web', tier: 'front' }],
    ]);
    const service = objectOf('{ apiVersion: v1, kind: Service, spec: { selector: { app: web } } }');
    expect(selectorsOf(service).map(({ to }) => to)).toEqual(['pods']);
    const pod = objectOf('{ apiVersion: v1, kind: Pod, metadata: { labels: { app: web } } }');
    expect(labelsOf(pod).map(({ of }) => of)).toEqual(['pods']);
  });
});
