import type { DriftInput } from '../../src/core/drift/input.ts';
import { lastAppliedAnnotation } from '../../src/core/drift/prepare/last-applied.ts';
import type { OwnerProfile } from '../../src/core/model/drift.ts';
import { type JsonObject, resourceOf } from '../../src/core/model/resource.ts';

/** `count` objects of four kinds, live with defaults and managedFields; the first `drifted` were edited. */
export function driftObjects(profile: OwnerProfile, count: number, drifted: number): DriftInput[] {
  return Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length] ?? configMap;
    const { desired, defaults, fields, edited } = kind(`object-${index}`);
    const resource = resourceOf(desired);
    if (!resource) throw new Error('a bench object has no identity');
    const over = index < drifted ? [defaults, edited] : [defaults];
    const live = over.reduce<JsonObject>(merged, desired);
    return {
      resource,
      desired,
      live: managed(live, desired, fields, profile),
      owners: { said: profile },
      ignore: [],
    };
  });
}

/** One kind: what git says, what the server adds, what the owner's entry holds, and an edit. */
interface Kind {
  desired: JsonObject;
  defaults: JsonObject;
  fields: JsonObject;
  edited: JsonObject;
}

function managed(
  live: JsonObject,
  desired: JsonObject,
  fieldsV1: JsonObject,
  { mode, manager }: OwnerProfile,
): JsonObject {
  const clientSide = mode === 'csa';
  const entry = {
    manager,
    operation: clientSide ? 'Update' : 'Apply',
    apiVersion: live.apiVersion ?? '',
    fieldsType: 'FieldsV1',
    time: '2026-01-01T00:00:00Z',
    fieldsV1,
  };
  const server = { uid: '0a1b', resourceVersion: '7', generation: 1, managedFields: [entry] };
  const annotations = { [lastAppliedAnnotation]: JSON.stringify(desired) };
  return merged(live, { metadata: clientSide ? { ...server, annotations } : server });
}

/** Maps are put together, everything else is replaced. */
function merged(under: JsonObject, over: JsonObject): JsonObject {
  const result = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = under[key];
    result[key] = isMap(below) && isMap(value) ? merged(below, value) : value;
  }
  return result;
}

function isMap(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const owned = (names: string[]): JsonObject =>
  Object.fromEntries(names.map(name => [`f:${name}`, {}]));

function identity(name: string): JsonObject {
  return { name, namespace: 'shop', labels: { app: name } };
}

function deployment(name: string): Kind {
  const container = {
    name: 'app',
    image: 'registry.example/app:1.0',
    env: ['A', 'B', 'C'].map(key => ({ name: key, value: key })),
    ports: [{ name: 'http', containerPort: 8080 }],
  };
  const defaulted = {
    ...container,
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    resources: {},
    imagePullPolicy: 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  };
  const pod = {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  };
  const member = { '.': {}, ...owned(['name', 'value']) };
  const env = Object.fromEntries(['A', 'B', 'C'].map(key => [`k:{"name":"${key}"}`, member]));
  const port = { '.': {}, ...owned(['name', 'containerPort']) };
  const fields = {
    '.': {},
    ...owned(['name', 'image']),
    'f:env': env,
    'f:ports': { 'k:{"containerPort":8080,"protocol":"TCP"}': port },
  };
  return {
    desired: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: identity(name),
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers: [container] } },
      },
    },
    defaults: {
      spec: {
        template: { spec: { ...pod, containers: [defaulted] } },
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
        },
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
      },
    },
    fields: {
      'f:metadata': { 'f:labels': owned(['app']) },
      'f:spec': {
        ...owned(['replicas', 'selector']),
        'f:template': {
          'f:metadata': { 'f:labels': owned(['app']) },
          'f:spec': { 'f:containers': { 'k:{"name":"app"}': fields } },
        },
      },
    },
    edited: { spec: { replicas: 5 } },
  };
}

function service(name: string): Kind {
  const port = { name: 'http', port: 80, targetPort: 8080 };
  return {
    desired: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: identity(name),
      spec: { selector: { app: name }, ports: [port] },
    },
    defaults: {
      spec: {
        ports: [{ ...port, protocol: 'TCP' }],
        type: 'ClusterIP',
        clusterIP: '10.0.0.9',
        clusterIPs: ['10.0.0.9'],
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
      },
    },
    fields: {
      'f:metadata': { 'f:labels': owned(['app']) },
      'f:spec': {
        'f:selector': {},
        'f:ports': {
          'k:{"port":80,"protocol":"TCP"}': { '.': {}, ...owned(['name', 'port', 'targetPort']) },
        },
      },
    },
    edited: { spec: { selector: { app: 'other' } } },
  };
}

function configMap(name: string): Kind {
  const keys = Array.from({ length: 10 }, (_, index) => `key-${index}`);
  return {
    desired: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: identity(name),
      data: Object.fromEntries(keys.map(key => [key, `the value of ${key}`])),
    },
    defaults: {},
    fields: { 'f:metadata': { 'f:labels': owned(['app']) }, 'f:data': owned(keys) },
    edited: { data: { 'key-3': 'edited' } },
  };
}

function role(name: string): Kind {
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }];
  return {
    desired: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: identity(name),
      rules,
    },
    defaults: {},
    fields: { 'f:metadata': { 'f:labels': owned(['app']) }, 'f:rules': {} },
    edited: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['*'] }] },
  };
}

const kinds = [deployment, service, configMap, role];
