import { describe, expect, it } from 'vitest';
import type { GroupVersionKind } from '../../../src/core/model/resource.ts';
import { parseApiVersion } from '../../../src/core/model/resource.ts';
import { createSchemas, newestVersion } from '../../../src/core/schemas/schemas.ts';
import type { FieldType, KindLookup } from '../../../src/core/schemas/type.ts';

const gvk = (apiVersion: string, kind: string): GroupVersionKind => ({
  ...parseApiVersion(apiVersion),
  kind,
});

function lookup(version: string, apiVersion: string, kind: string): KindLookup {
  return createSchemas({ version }).lookup(gvk(apiVersion, kind));
}

/** The type at a path such as `spec.template.spec.containers[].ports`. */
function typeAt(apiVersion: string, kind: string, path: string, version = '1.36'): FieldType {
  const found = lookup(version, apiVersion, kind);
  if (!found.found) throw new Error(found.reason);
  return path.split('.').reduce((type, name) => {
    const field = type.fields?.get(name.replace('[]', '')) ?? type.element;
    if (!field) throw new Error(`${path} has no ${name}`);
    return name.endsWith('[]') ? (field.element as FieldType) : field;
  }, found.kind.type);
}

describe('kinds of a Kubernetes version', () => {
  it('knows scope, status and origin', () => {
    expect(lookup('1.33', 'apps/v1', 'Deployment')).toMatchObject({
      found: true,
      kind: { namespaced: true, builtin: true, hasStatusSubresource: true },
    });
    expect(lookup('1.33', 'v1', 'Namespace')).toMatchObject({ kind: { namespaced: false } });
    expect(lookup('1.33', 'v1', 'ConfigMap')).toMatchObject({
      kind: { namespaced: true, hasStatusSubresource: false },
    });
  });

  it('tells a kind in the wrong group, and one that is nearly written right', () => {
    expect(lookup('1.33', 'v1', 'Deployment')).toMatchObject({
      found: false,
      why: 'unknown-version',
      reason: 'There is no Deployment in v1; use apps/v1.',
      suggestion: gvk('apps/v1', 'Deployment'),
    });
    expect(lookup('1.33', 'apps/v1', 'StatefullSet')).toMatchObject({
      why: 'unknown-kind',
      suggestion: gvk('apps/v1', 'StatefulSet'),
    });
    expect(lookup('1.33', 'v1', 'service')).toMatchObject({
      reason: 'There is no kind service in v1; kinds are case sensitive: Service.',
    });
    expect(lookup('1.33', 'app/v1', 'Deployment')).toMatchObject({
      suggestion: gvk('apps/v1', 'Deployment'),
    });
    expect(lookup('1.33', 'networking/v1', 'Ingress')).toMatchObject({
      suggestion: gvk('networking.k8s.io/v1', 'Ingress'),
    });
  });

  it('leaves groups of others alone', () => {
    for (const [apiVersion, kind] of [
      ['serving.knative.dev/v1', 'Service'],
      ['apps.openshift.io/v1', 'Deployment'],
      ['gateway.networking.k8s.io/v1', 'Gateway'],
    ] as const)
      expect(lookup('1.33', apiVersion, kind)).toMatchObject({ found: false, why: 'unknown' });
  });

  it('tells when an API was removed and what follows it, also where the sources forgot it', () => {
    expect(lookup('1.33', 'extensions/v1beta1', 'Ingress')).toMatchObject({
      why: 'removed',
      reason:
        'extensions/v1beta1 Ingress was removed in Kubernetes 1.22; use networking.k8s.io/v1.',
    });
    expect(lookup('1.33', 'policy/v1beta1', 'PodSecurityPolicy')).toMatchObject({
      why: 'removed',
      reason: expect.stringContaining('1.25; it has no successor'),
    });
    expect(lookup('1.30', 'node.k8s.io/v1beta1', 'RuntimeClass')).toMatchObject({
      suggestion: gvk('node.k8s.io/v1', 'RuntimeClass'),
    });
  });

  it('follows the target version, beyond the bundled ones too', () => {
    expect(lookup('1.34', 'resource.k8s.io/v1', 'DeviceClass').found).toBe(true);
    expect(lookup('1.33', 'resource.k8s.io/v1', 'DeviceClass')).toMatchObject({ why: 'not-yet' });
    const policy = ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy'] as const;
    expect(lookup('1.30', ...policy).found).toBe(true);
    expect(lookup('1.28', ...policy)).toMatchObject({
      why: 'not-yet',
      reason: expect.stringMatching(/since Kubernetes 1\.30, and the target is 1\.28/),
    });
    expect(lookup('v1.33.4', 'flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema')).toMatchObject({
      why: 'removed',
    });
  });

  it('has the fields of each version', () => {
    const fieldOf = (version: string) =>
      typeAt('v1', 'Pod', 'spec', version).fields?.has('hostnameOverride');
    expect([fieldOf('1.30'), fieldOf('1.33'), fieldOf('1.36')]).toEqual([false, false, true]);
    expect(newestVersion()).toBe('1.36');
  });
});

describe('types of fields', () => {
  it('has scalars, quantities and int-or-strings', () => {
    const container = 'spec.template.spec.containers[]';
    expect(typeAt('apps/v1', 'Deployment', `${container}.resources.limits.cpu`).kind).toBe(
      'quantity',
    );
    expect(typeAt('v1', 'Service', 'spec.ports[].targetPort').kind).toBe('int-or-string');
    expect(typeAt('v1', 'Secret', 'data.key')).toMatchObject({ kind: 'string', format: 'byte' });
    expect(typeAt('v1', 'Service', 'spec.ports[].protocol')).toMatchObject({
      default: 'TCP',
      enum: ['SCTP', 'TCP', 'UDP'],
    });
    expect(typeAt('apps/v1', 'Deployment', 'spec').required).toEqual(['selector', 'template']);
  });

  it('has list items of enums, and enums of other packages', () => {
    expect(typeAt('networking.k8s.io/v1', 'NetworkPolicy', 'spec.policyTypes[]').enum).toEqual([
      'Egress',
      'Ingress',
    ]);
    expect(
      typeAt('networking.k8s.io/v1', 'NetworkPolicy', 'spec.egress[].ports[].protocol').enum,
    ).toContain('SCTP');
  });

  it('is shared and may contain itself', () => {
    const schema = 'spec.versions[].schema.openAPIV3Schema';
    const root = typeAt('apiextensions.k8s.io/v1', 'CustomResourceDefinition', schema);
    expect(root.fields?.get('properties')?.element).toBe(root);
  });
});

// Server-side apply's rules, as drift relies on them (drift.md 1.1).
describe('how fields merge', () => {
  const pod = 'spec.template.spec';
  it.each<[string, string, string, string, string[] | undefined]>([
    ['apps/v1', 'Deployment', `${pod}.containers`, 'map', ['name']],
    ['apps/v1', 'Deployment', `${pod}.containers[].ports`, 'map', ['containerPort', 'protocol']],
    ['apps/v1', 'Deployment', `${pod}.containers[].env`, 'map', ['name']],
    ['apps/v1', 'Deployment', `${pod}.containers[].volumeMounts`, 'map', ['mountPath']],
    ['apps/v1', 'Deployment', `${pod}.containers[].args`, 'atomic', undefined],
    ['apps/v1', 'Deployment', `${pod}.imagePullSecrets`, 'map', ['name']],
    ['apps/v1', 'Deployment', `${pod}.tolerations`, 'atomic', undefined],
    ['apps/v1', 'Deployment', `${pod}.nodeSelector`, 'atomic', undefined],
    ['apps/v1', 'Deployment', `${pod}.hostAliases`, 'map', ['ip']],
    [
      'apps/v1',
      'Deployment',
      `${pod}.topologySpreadConstraints`,
      'map',
      ['topologyKey', 'whenUnsatisfiable'],
    ],
    ['apps/v1', 'Deployment', 'spec.selector', 'atomic', undefined],
    ['apps/v1', 'Deployment', 'metadata.labels', 'granular', undefined],
    ['apps/v1', 'Deployment', 'metadata.finalizers', 'set', undefined],
    ['apps/v1', 'Deployment', 'metadata.ownerReferences', 'map', ['uid']],
    ['v1', 'Service', 'spec.ports', 'map', ['port', 'protocol']],
    ['v1', 'Service', 'spec.selector', 'atomic', undefined],
    ['v1', 'ServiceAccount', 'imagePullSecrets', 'atomic', undefined],
    ['v1', 'ServiceAccount', 'secrets', 'map', ['name']],
    ['rbac.authorization.k8s.io/v1', 'RoleBinding', 'roleRef', 'atomic', undefined],
    ['rbac.authorization.k8s.io/v1', 'Role', 'rules', 'atomic', undefined],
    ['networking.k8s.io/v1', 'Ingress', 'spec.rules', 'atomic', undefined],
  ])('%s %s %s: %s', (apiVersion, kind, path, merge, keys) => {
    const type = typeAt(apiVersion, kind, path);
    expect([type.merge, type.keys]).toEqual([merge, keys]);
  });

  it('takes raw objects whole and lets free JSON merge by its values', () => {
    const raw = typeAt('apps/v1', 'ControllerRevision', 'data');
    expect([raw.kind, raw.merge]).toEqual(['any', 'atomic']);
    const json = typeAt(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      'spec.versions[].schema.openAPIV3Schema.default',
    );
    expect([json.kind, json.merge]).toEqual(['any', undefined]);
  });
});
