import { afterAll, describe, expect, it } from 'vitest';
import { provenUnchanged } from '../../../src/core/drift/proof.ts';
import { canonicalQuantity } from '../../../src/core/drift/stored-form.ts';
import type { OwnerProfile } from '../../../src/core/model/drift.ts';
import { isObject, type JsonObject, resourceOf } from '../../../src/core/model/resource.ts';
import { createSchemas } from '../../../src/core/schemas/schemas.ts';
import { Judge } from '../../../src/core/upstream/judge.ts';
import { object } from './helpers.ts';

// What the proof takes for certain about Kubernetes' own kinds, the judge must say too: of each manifest it
// predicts what lives, and the proof must settle the same manifest against that.

const schemas = createSchemas({ version: '1.36' });
const judge = new Judge();
afterAll(() => judge.close());

/** What lives after an object with nothing in it became the manifest. */
async function applied(manifest: JsonObject, before: JsonObject): Promise<JsonObject> {
  const profile = { mode: 'ssa' as const, manager: 'mgr' };
  const question = { ...profile, desired: manifest, live: before, wantPredicted: true };
  const [verdict] = await judge.apply([question], { target: '1.36' });
  if (!verdict?.predicted) throw new Error(JSON.stringify(verdict));
  return verdict.predicted;
}

const ssa: OwnerProfile = { mode: 'ssa', manager: 'mgr' };

function proves(desired: JsonObject, live: JsonObject, profile = ssa): boolean {
  const resource = resourceOf(desired);
  const found = resource && schemas.lookup(resource);
  if (!found?.found) throw new Error('no type');
  const { type, builtin } = found.kind;
  return provenUnchanged({ desired, live, type, builtin, profile });
}

const pod = (container: string, spec = '') =>
  `{apiVersion: v1, kind: PodTemplate, metadata: {name: a, namespace: b}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a${container}}]${spec}}}}`;
const policy = (spec: string) =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a, namespace: b}, spec: {podSelector: {}${spec}}}`;
const binding = (subject: string) =>
  `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: a, namespace: b}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: a}, subjects: [${subject}]}`;
const claims = (claim: string) =>
  `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a, namespace: b}, spec: {serviceName: a, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}, volumeClaimTemplates: [${claim}]}}`;
const request = '{accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}';

const slice = (ports: string) =>
  `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a, namespace: b}, addressType: IPv4, endpoints: [{addresses: [10.0.0.1], conditions: {}}], ports: [${ports}]}`;
const endpoints = (ports: string) =>
  `{apiVersion: v1, kind: Endpoints, metadata: {name: a, namespace: b}, subsets: [{addresses: [{ip: 10.0.0.1}], ports: [${ports}]}]}`;
const workload = (kind: string, spec = '') =>
  `{apiVersion: apps/v1, kind: ${kind}, metadata: {name: a, namespace: b}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}${spec}}}`;

describe('what Kubernetes makes of a manifest is proven to be it', () => {
  it.each<[string, string, string]>([
    [
      'a reference to a field',
      pod(', env: [{name: X, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]'),
      pod(''),
    ],
    [
      'a reference to a resource',
      pod(', env: [{name: X, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]'),
      pod(''),
    ],
    [
      'a projected token',
      pod('', ', volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t}}]}}]'),
      pod(''),
    ],
    [
      'a port of a network policy',
      policy(', ingress: [{ports: [{port: 80}]}]'),
      policy(', ingress: [{}]'),
    ],
    ['a port of an EndpointSlice', slice('{port: 80}'), slice('{port: 81}')],
    ['a port of Endpoints', endpoints('{port: 80}'), endpoints('{port: 81}')],
    ...(['Deployment', 'DaemonSet', 'StatefulSet'].map(kind => [
      `no wait for a ${kind}`,
      workload(kind, ', minReadySeconds: 0'),
      workload(kind),
    ]) as [string, string, string][]),
    ['a user', binding('{kind: User, name: x}'), binding('{kind: User, name: z}')],
    [
      'an account',
      binding('{kind: ServiceAccount, name: x, namespace: b}'),
      binding('{kind: User, name: z}'),
    ],
    [
      'claims of a StatefulSet',
      claims(`{metadata: {name: v}, spec: ${request}}`),
      claims(`{metadata: {name: v}, spec: ${request}}`),
    ],
    [
      'rules of a policy',
      '{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: a}, spec: {validations: [{expression: "true"}], matchConstraints: {resourceRules: [{apiGroups: [a.b], apiVersions: [v1], operations: [CREATE], resources: [things]}]}}}',
      '{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: a}, spec: {validations: [{expression: "true"}], matchConstraints: {resourceRules: [{apiGroups: [c.d], apiVersions: [v1], operations: [CREATE], resources: [things]}]}}}',
    ],
    ['an empty value', pod(", env: [{name: X, value: ''}]"), pod('')],
    [
      'what is false',
      pod(
        ', stdin: false, tty: false, volumeMounts: [{name: v, mountPath: /v, readOnly: false, subPath: ""}], ports: [{containerPort: 1, hostPort: 0, name: ""}]',
        ', hostNetwork: false, hostPID: false, hostIPC: false, nodeName: "", hostname: "", subdomain: "", volumes: [{name: v, emptyDir: {}}]',
      ),
      pod(''),
    ],
    [
      'what is empty',
      pod(
        ', args: [], command: [], env: [], envFrom: []',
        ', nodeSelector: {}, tolerations: [], imagePullSecrets: [], volumes: []',
      ),
      pod(''),
    ],
    [
      'what is null',
      pod(', args: null, securityContext: null', ', affinity: null, nodeSelector: null'),
      pod(''),
    ],
    [
      'amounts',
      pod(
        ', resources: {limits: {cpu: 1000m, memory: 2048Mi, x/a: 2000}, requests: {cpu: 0.5, memory: 1.5Gi, x/a: 2k}}',
      ),
      pod(''),
    ],
  ])('%s', async (_, manifest, before) => {
    const desired = object(manifest);
    const live = await applied(desired, object(before));
    expect(proves(desired, live), JSON.stringify(live)).toBe(true);
  });
});

describe('what a patch replaces and Kubernetes fills in again', () => {
  it('is the strategy of a Deployment', async () => {
    const text = (strategy: string) =>
      object(
        `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: b}, spec: {selector: {matchLabels: {a: b}}, strategy: ${strategy}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}}}`,
      );
    const csa: OwnerProfile = { mode: 'csa', manager: 'kubectl-client-side-apply' };
    const desired = text('{type: RollingUpdate}');
    const live = await applied(desired, desired);
    expect(proves(desired, live, csa)).toBe(true);
    const other = await applied(
      text('{type: RollingUpdate, rollingUpdate: {maxSurge: 3}}'),
      desired,
    );
    expect(proves(desired, other, csa)).toBe(false);
    const questions = [live, other].map(each => ({ ...csa, desired, live: each }));
    const verdicts = await judge.apply(questions, { target: '1.36' });
    expect(verdicts.map(({ equal }) => equal)).toEqual([true, false]);
  });
});

describe('an amount has one text', () => {
  const amounts = [
    '0',
    '0.0',
    '00',
    '1',
    '1000m',
    '1500m',
    '100',
    '1000',
    '2000000',
    '1.5',
    '0.001',
    '1k',
    '1.5k',
    '1000k',
    '1M',
    '0.5G',
    '1Ki',
    '1.5Ki',
    '512Mi',
    '1024Mi',
    '1536Mi',
    '1.5Gi',
    '1Gi',
    '0.5Gi',
    '1025Mi',
    '1Ti',
    '1023Ki',
    '0.5Ki',
    '123456789',
  ];

  it('as the judge writes it, or none', async () => {
    const limits = Object.fromEntries(
      amounts.map((amount, index) => [`x.example.com/a${index}`, amount]),
    );
    const range = (spec: JsonObject): JsonObject => ({
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'a', namespace: 'b' },
      spec,
    });
    const { spec } = await applied(
      range({ limits: [{ type: 'x.example.com/y', max: limits }] }),
      range({ limits: [] }),
    );
    const [first] = isObject(spec) && Array.isArray(spec.limits) ? spec.limits : [];
    const written = isObject(first) && isObject(first.max) ? first.max : {};
    const wrong = Object.entries(limits).filter(([key, amount]) => {
      const ours = canonicalQuantity(amount);
      return ours !== undefined && ours !== written[key];
    });
    expect(wrong.map(([key, amount]) => `${amount} is ${written[key]}`)).toEqual([]);
    expect(amounts.filter(amount => canonicalQuantity(amount) === undefined).length).toBeLessThan(
      4,
    );
  });
});
