import { join } from 'node:path';
import { drift } from '../../../../src/core/actions/drift.ts';
import type { DriftResult } from '../../../../src/core/model/drift.ts';
import type { JsonObject } from '../../../../src/core/model/resource.ts';
import { folderWith, write } from '../../git/folders.ts';
import { type World, worldWith } from '../../git/world.ts';
import { open } from '../shop.ts';

/** A fleet that Flux deploys from `main`, and a snapshot of its cluster beside it. */
export interface Fleet extends World {
  /** The commit that the remote has first, and that the cluster begins with. */
  first: string;
  /** Sets what runs: the engine's objects, and what it made. */
  runs(objects: readonly JsonObject[]): void;
  drift(revision?: string): Promise<DriftResult[]>;
}

export const deployment = (more: { replicas?: number; image?: string } = {}) =>
  `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: ${more.replicas ?? 3}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - name: app
        image: web:${more.image ?? '1'}
`;

const sync = `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: fleet, namespace: flux-system }
spec: { interval: 1m, url: REMOTE, ref: { branch: main } }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps, namespace: flux-system }
spec:
  interval: 1m
  path: ./apps
  prune: true
  sourceRef: { kind: GitRepository, name: fleet }
`;

export function fleet(files: Record<string, string> = {}): Fleet {
  const folder = folderWith();
  const snapshot = join(folder, 'live.json');
  const world = worldWith({
    'driftline.yaml': `version: 1\nenvironments:\n- name: production\n  source: { path: clusters/production }\n  cluster: { snapshot: ${snapshot} }\n  kubernetes: "1.36"\n`,
    'clusters/production/apps.yaml': sync,
    'apps/web.yaml': deployment(),
    ...files,
  });
  write(world.root, 'clusters/production/apps.yaml', sync.replace('REMOTE', world.remote));
  world.git('commit', '--quiet', '-am', 'address');
  world.git('push', '--quiet');
  return {
    ...world,
    first: world.git('rev-parse', 'HEAD'),
    runs: objects => write(folder, 'live.json', JSON.stringify(snapshotOf(objects))),
    drift: async revision => {
      const workspace = await open(world.root);
      const read = revision === undefined ? workspace : await opened(world.root, revision);
      const environments = await read.choose(['production']);
      const report = await drift(read, { environments, placeAll: false });
      return report.environments.flatMap(({ results }) => results);
    },
  };
}

async function opened(directory: string, revision: string) {
  const { Workspace } = await import('../../../../src/core/workspace.ts');
  const { onTestFinished } = await import('vitest');
  const host = {
    log: () => {},
    trusted: () => true,
    secret: () => undefined,
    forges: () => ({}),
  };
  const workspace = await Workspace.open({ directory, revision, offline: true, host });
  onTestFinished(() => workspace.close());
  return workspace;
}

function snapshotOf(objects: readonly JsonObject[]): JsonObject {
  const listed = [
    ['apps', 'Deployment'],
    ['', 'ConfigMap'],
    ['source.toolkit.fluxcd.io', 'GitRepository'],
    ['kustomize.toolkit.fluxcd.io', 'Kustomization'],
  ].map(([group = '', kind = '']) => ({ group, kind, namespaces: [''] }));
  const header = {
    apiVersion: 'driftline.dev/v1',
    kind: 'Snapshot',
    metadata: { name: 'snapshot' },
    takenAt: '2026-03-04T09:00:00Z',
    version: 'v1.36.0',
    listed,
    notListed: [],
    notFound: [],
    tried: [],
  };
  return { apiVersion: 'v1', kind: 'List', items: [header, ...objects] };
}

/** The Kustomization after it applied a commit; `more` is laid over its parts. */
export function kustomization(
  revision: string | undefined,
  more: { spec?: JsonObject; conditions?: JsonObject[] } = {},
): JsonObject {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'apps', namespace: 'flux-system', generation: 1, uid: 'k' },
    spec: {
      interval: '1m',
      path: './apps',
      prune: true,
      sourceRef: { kind: 'GitRepository', name: 'fleet' },
      ...more.spec,
    },
    status: {
      observedGeneration: 1,
      ...(revision && { lastAppliedRevision: `main@sha1:${revision}` }),
      conditions: more.conditions ?? [
        { type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded', message: 'Applied.' },
      ],
    },
  };
}

export function source(url: string, ref: JsonObject = { branch: 'main' }): JsonObject {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'fleet', namespace: 'flux-system', generation: 1, uid: 'g' },
    spec: { interval: '1m', url, ref },
    status: { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True', message: '' }] },
  };
}

/** Who wrote `spec.replicas`, besides Flux. */
export interface Writer {
  manager: string;
  time: string;
  subresource?: string;
}

/** The Deployment as Flux applied it, with what somebody changed since. */
export function runningWeb(
  now: { replicas?: number; image?: string; by?: Writer } = {},
): JsonObject {
  const template = { 'f:spec': { 'f:containers': { 'k:{"name":"app"}': fieldsOfApp } } };
  const applied = {
    'f:spec': {
      ...(now.by ? {} : { 'f:replicas': {} }),
      'f:selector': {},
      'f:template': { 'f:metadata': { 'f:labels': { 'f:app': {} } }, ...template },
    },
  };
  const entry = { apiVersion: 'apps/v1', fieldsType: 'FieldsV1' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: 'w',
      labels: {
        'kustomize.toolkit.fluxcd.io/name': 'apps',
        'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
      },
      managedFields: [
        {
          ...entry,
          manager: 'kustomize-controller',
          operation: 'Apply',
          time: '2026-03-04T06:00:00Z',
          fieldsV1: {
            'f:metadata': {
              'f:labels': {
                'f:kustomize.toolkit.fluxcd.io/name': {},
                'f:kustomize.toolkit.fluxcd.io/namespace': {},
              },
            },
            ...applied,
          },
        },
        ...(now.by
          ? [
              {
                ...entry,
                operation: 'Update',
                ...now.by,
                fieldsV1: { 'f:spec': { 'f:replicas': {} } },
              },
            ]
          : []),
      ],
    },
    spec: {
      replicas: now.replicas ?? 3,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [
            {
              name: 'app',
              image: `web:${now.image ?? '1'}`,
              imagePullPolicy: 'IfNotPresent',
              resources: {},
              terminationMessagePath: '/dev/termination-log',
              terminationMessagePolicy: 'File',
            },
          ],
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          dnsPolicy: 'ClusterFirst',
          securityContext: {},
          schedulerName: 'default-scheduler',
        },
      },
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
      },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
    status: {},
  };
}

const fieldsOfApp = { '.': {}, 'f:name': {}, 'f:image': {} };
