import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ApiResource, Cluster } from '../../src/core/cluster/cluster.ts';
import { customResourceDefinitions } from '../../src/core/cluster/definitions.ts';
import { readLive } from '../../src/core/cluster/live.ts';
import { openCluster } from '../../src/core/cluster/open.ts';
import { compareObjects } from '../../src/core/drift/compare.ts';
import type { DriftResult } from '../../src/core/model/drift.ts';
import { type JsonObject, type Resource, resourceOf } from '../../src/core/model/resource.ts';
import { createSchemas } from '../../src/core/schemas/schemas.ts';
import { Judge } from '../../src/core/upstream/judge.ts';
import { requireProgram } from '../../src/core/upstream/programs.ts';
import { dryRunOf } from '../core/cluster/dry-run-of.ts';
import { apply, kubectl, withNamespace } from './plane.ts';

// What we say without asking the server is held against what the server itself says: the dry-run of
// the same apply. Whatever it would change is drift, and nothing else is.

const host = { log: () => {}, trusted: () => false, secret: () => undefined, forges: () => ({}) };
let cluster: Cluster;
let judge: Judge;

beforeAll(async () => {
  const options = { root: '/nowhere', host, env: { KUBECONFIG: inject('plane').kubeconfig } };
  const answer = await openCluster({ kind: 'context', context: 'admin' }, options);
  if (!answer.ok) throw new Error(answer.reason);
  cluster = answer.cluster;
  judge = new Judge(requireProgram('judge'), { log: () => {} });
});

afterAll(async () => {
  cluster?.close();
  await judge?.close();
});

const meta = (name: string) => ({ name, labels: { app: 'web' } });
const podTemplate = {
  metadata: { labels: { app: 'web' } },
  spec: {
    containers: [
      {
        name: 'app',
        image: 'registry.example/web:1.0',
        env: [{ name: 'LEVEL', value: 'info' }],
        ports: [{ containerPort: 8080 }],
        resources: { limits: { cpu: '1000m', memory: '1024Mi' } },
      },
    ],
  },
};

/** What git says; spelt as people spell it, not as the server stores it. */
const desired: Record<string, JsonObject> = {
  deployment: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta('web'),
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: podTemplate },
  },
  configmap: {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: meta('web'),
    data: { level: 'info', mode: 'fast' },
  },
  secret: {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: meta('web'),
    stringData: { password: 'hunter2' },
  },
  service: {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta('web'),
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  },
  role: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: meta('web'),
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
  },
  ingress: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: meta('web'),
    spec: { defaultBackend: { service: { name: 'web', port: { name: 'http' } } } },
  },
  horizontalpodautoscaler: {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: meta('web'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'other' },
      minReplicas: 2,
      maxReplicas: 5,
    },
  },
  cronjob: {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: meta('web'),
    spec: {
      schedule: '0 3 * * *',
      jobTemplate: {
        spec: { template: { spec: { ...podTemplate.spec, restartPolicy: 'Never' } } },
      },
    },
  },
  networkpolicy: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: meta('web'),
    spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] },
  },
  serviceaccount: {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: meta('web'),
    automountServiceAccountToken: false,
  },
  widget: {
    apiVersion: 'driftline.test/v1',
    kind: 'Widget',
    metadata: meta('web'),
    spec: { size: 3, tags: ['a', 'b'], parts: [{ name: 'x', count: 1 }] },
  },
};

const widgets = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.driftline.test' },
  spec: {
    group: 'driftline.test',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  size: { type: 'integer' },
                  colour: { type: 'string', default: 'red' },
                  tags: {
                    type: 'array',
                    items: { type: 'string' },
                    'x-kubernetes-list-type': 'set',
                  },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: { type: 'string' }, count: { type: 'integer' } },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};

const container = (change: object) => ({
  spec: { template: { spec: { containers: [{ name: 'app', ...change }] } } },
});
const json = (...operations: object[]) => operations;
const note = { metadata: { annotations: { note: 'by hand' } } };

/** Edits by hand: a merge of some kind, or JSON patch operations. Some are drift, some are not. */
const edits: [string, keyof typeof desired, object][] = [
  ['replicas', 'deployment', { spec: { replicas: 5 } }],
  ['image', 'deployment', container({ image: 'registry.example/web:1.1' })],
  ['a declared variable', 'deployment', container({ env: [{ name: 'LEVEL', value: 'debug' }] })],
  ['a variable more', 'deployment', container({ env: [{ name: 'MORE', value: '1' }] })],
  ['a sidecar', 'deployment', container({ name: 'side', image: 'registry.example/side:1' })],
  ['the same amount', 'deployment', container({ resources: { limits: { cpu: '1' } } })],
  ['another amount', 'deployment', container({ resources: { limits: { memory: '2Gi' } } })],
  ['a label more', 'deployment', { metadata: { labels: { team: 'shop' } } }],
  ['a declared label', 'deployment', { metadata: { labels: { app: 'other' } } }],
  ['a default', 'deployment', { spec: { revisionHistoryLimit: 3 } }],
  ['an annotation', 'configmap', note],
  ['a value', 'configmap', { data: { level: 'debug' } }],
  ['a key less', 'configmap', { data: { mode: null } }],
  ['a key more', 'configmap', { data: { more: 'x' } }],
  ['a secret value', 'secret', { data: { password: 'aHVudGVyMw==' } }],
  ['a secret key more', 'secret', { data: { more: 'eA==' } }],
  ['a port', 'service', { spec: { ports: [{ port: 80, targetPort: 9090 }] } }],
  ['a port more', 'service', { spec: { ports: [{ name: 'admin', port: 81 }] } }],
  ['a type', 'service', { spec: { type: 'NodePort' } }],
  ['a selector', 'service', { spec: { selector: { app: 'other' } } }],
  ['a verb', 'role', json({ op: 'add', path: '/rules/0/verbs/-', value: 'delete' })],
  ['a rule less', 'role', json({ op: 'remove', path: '/rules/0' })],
  ['a class', 'ingress', { spec: { ingressClassName: 'nginx' } }],
  ['a backend', 'ingress', { spec: { defaultBackend: { service: { name: 'other' } } } }],
  ['a bound', 'horizontalpodautoscaler', { spec: { maxReplicas: 9 } }],
  ['a schedule', 'cronjob', { spec: { schedule: '0 4 * * *' } }],
  ['a suspension', 'cronjob', { spec: { suspend: true } }],
  ['a direction', 'networkpolicy', { spec: { policyTypes: ['Ingress', 'Egress'] } }],
  ['a pull secret', 'serviceaccount', { imagePullSecrets: [{ name: 'more' }] }],
  ['a token', 'serviceaccount', { automountServiceAccountToken: true }],
  ['a size', 'widget', json({ op: 'replace', path: '/spec/size', value: 4 })],
  ['a defaulted field', 'widget', json({ op: 'replace', path: '/spec/colour', value: 'blue' })],
  ['a tag more', 'widget', json({ op: 'add', path: '/spec/tags/-', value: 'c' })],
  ['a tag less', 'widget', json({ op: 'remove', path: '/spec/tags/0' })],
  [
    'tags in another order',
    'widget',
    json({ op: 'replace', path: '/spec/tags', value: ['b', 'a'] }),
  ],
  ['a part', 'widget', json({ op: 'replace', path: '/spec/parts/0/count', value: 2 })],
  ['a part more', 'widget', json({ op: 'add', path: '/spec/parts/-', value: { name: 'y' } })],
];

async function edit(kind: string, change: object, namespace: string): Promise<void> {
  const merge = kind === 'widget' ? 'merge' : 'strategic';
  const type = Array.isArray(change) ? 'json' : merge;
  const patch = ['--type', type, '--patch', JSON.stringify(change)];
  await kubectl(['patch', kind, 'web', '--namespace', namespace, ...patch]);
}

function named(kind: string, namespace: string): { resource: Resource; object: JsonObject } {
  const manifest = desired[kind] as JsonObject;
  const object = { ...manifest, metadata: { ...(manifest.metadata as JsonObject), namespace } };
  return { resource: resourceOf(object) as Resource, object };
}

/** What we say of an object, and what the server says that applying it again would change. */
async function bothOf(kind: string, namespace: string) {
  const { resource, object } = named(kind, namespace);
  for (;;) {
    const live = await liveOf(resource);
    const ours = await compare(resource, object, live);
    const tried = await cluster.dryRun(dryRunOf(await typeOf(resource), object, 'kubectl'));
    // A controller may have written in between: then they speak of different things.
    if (tried.ok && versionOf(tried.object) !== versionOf(live)) continue;
    const theirs = !tried.ok || !isDeepStrictEqual(stored(tried.object), stored(live));
    return { ours, theirs };
  }
}

async function compare(resource: Resource, object: JsonObject, live: JsonObject) {
  const customTypes = await customResourceDefinitions(cluster, [resource]);
  const said = { mode: 'ssa', manager: 'kubectl' } as const;
  const [result] = await compareObjects(
    [{ resource, desired: object, live, owners: { said }, ignore: [] }],
    {
      judge,
      schemas: createSchemas({ version: '1.36', crds: customTypes }),
      target: '1.36',
    },
  );
  return result as DriftResult;
}

async function liveOf(resource: Resource): Promise<JsonObject> {
  const found = (await readLive(cluster, [resource], resource.namespace)).find(resource);
  if (!found.ok || !found.object) throw new Error(`${resource.kind} does not run`);
  return found.object;
}

async function typeOf({ kind }: Resource): Promise<ApiResource> {
  const discovery = await cluster.discovery();
  const type = discovery.ok && discovery.resources.find(served => served.kind === kind);
  if (!type) throw new Error(`${kind} is not served`);
  return type;
}

function versionOf({ metadata }: JsonObject): unknown {
  return (metadata as JsonObject).resourceVersion;
}

/** An object without what changes by the mere act of applying. */
function stored({ metadata, status: _, ...rest }: JsonObject): JsonObject {
  const {
    managedFields: _m,
    resourceVersion: _r,
    generation: _g,
    ...kept
  } = metadata as JsonObject;
  return { ...rest, metadata: kept };
}

describe('what we say is what the server says', () => {
  it('after an apply, after each edit by hand, and after applying again', async () => {
    await apply([widgets]);
    const definition = 'customresourcedefinition/widgets.driftline.test';
    await kubectl(['wait', '--for=condition=Established', definition, '--timeout=30s']);
    await withNamespace('edits', async namespace => {
      const all = Object.keys(desired).map(kind => named(kind, namespace).object);
      await apply(all);
      const wrong: string[] = [];
      const check = async (when: string, kind: string) => {
        const { ours, theirs } = await bothOf(kind, namespace);
        const said = ours.state === 'drifted';
        if (said !== theirs || !['drifted', 'synced'].includes(ours.state))
          wrong.push(`${kind}, ${when}: ours ${ours.state} (${ours.reason}), theirs ${theirs}`);
        return theirs;
      };
      for (const kind of Object.keys(desired)) await check('applied', kind);
      let drifted = 0;
      for (const [when, kind, change] of edits) {
        await edit(kind, change, namespace);
        if (await check(when, kind)) drifted++;
        await apply([named(kind, namespace).object], '--force-conflicts');
        await check(`${when}, applied again`, kind);
      }
      expect(wrong).toEqual([]);
      // Both kinds of edits are among them.
      expect(drifted).toBeGreaterThan(15);
      expect(drifted).toBeLessThan(edits.length - 8);
    });
  }, 180_000);
});
