import type { DriftReport } from '../../../src/core/actions/reports.ts';
import type { DriftPath, DriftResult, DriftState } from '../../../src/core/model/drift.ts';
import type { Resource } from '../../../src/core/model/resource.ts';

/** The time the sample's ages are counted from. */
export const now = new Date('2026-03-04T12:00:00Z');

export function ago(hours: number): string {
  return new Date(now.getTime() - hours * 3_600_000).toISOString();
}

export function object(apiVersion: string, kind: string, name: string): Resource {
  const [group = '', version = ''] = apiVersion.includes('/')
    ? apiVersion.split('/')
    : ['', apiVersion];
  const [namespace = '', only] = name.split('/');
  return only === undefined
    ? { group, version, kind, namespace: '', name: namespace }
    : { group, version, kind, namespace, name: only };
}

export function result(
  resource: Resource,
  state: DriftState,
  more: Partial<DriftResult> = {},
): DriftResult {
  return { resource, state, paths: [], extra: [], confirmed: 'local', notes: [], ...more };
}

export function changed(path: string, more: Partial<DriftPath>): DriftPath {
  return { path, kind: 'changed', by: [], ...more };
}

const web = object('apps/v1', 'Deployment', 'shop/web');
const settings = object('v1', 'ConfigMap', 'shop/settings');

function inSync(count: number): DriftResult[] {
  return Array.from({ length: count }, (_, index) =>
    result(object('v1', 'ConfigMap', `shop/part-${index}`), 'synced'),
  );
}

const drifted: DriftResult[] = [
  result(web, 'drifted', {
    confirmed: 'dry-run',
    source: { file: 'base/deployment.yaml', line: 1, column: 1 },
    paths: [
      changed('.spec.replicas', {
        desired: 3,
        live: 5,
        by: [{ manager: 'kubectl-scale', operation: 'Update', subresource: 'scale', time: ago(3) }],
        source: { file: 'overlays/production/replicas.yaml', line: 7, column: 13 },
      }),
      changed('.spec.template.spec.containers[name="app"].image', {
        desired: 'web:1.8.2',
        live: 'web:hotfix',
        by: [{ manager: 'kubectl-set', operation: 'Update', time: ago(1 / 3) }],
        source: { file: 'overlays/production/kustomization.yaml', line: 14, column: 5 },
        sourceText: 'newTag: 1.8.2',
      }),
    ],
    extra: [
      {
        path: '.metadata.annotations["deployment.kubernetes.io/revision"]',
        by: { manager: 'kube-controller-manager', operation: 'Update', time: ago(50) },
      },
    ],
  }),
  result(settings, 'drifted', {
    paths: [
      changed('.data.LOG_LEVEL', {
        desired: 'info',
        live: 'debug',
        by: [{ manager: 'kubectl-edit', operation: 'Update', time: ago(30) }],
        source: { file: 'base/settings.yaml', line: 6, column: 14 },
      }),
    ],
  }),
  result(object('v1', 'Secret', 'shop/db'), 'drifted', {
    paths: [
      changed('.data.password', {
        desired: 'aHVudGVyMg==',
        live: 'czNjcmV0',
        by: [{ manager: 'rotate-job', operation: 'Update', time: ago(50) }],
        source: { file: 'production/secrets.yaml', line: 9, column: 13 },
        sourceText: 'password: hunter2',
      }),
    ],
  }),
];

/** The report that `look.md` sketches. */
export const sketch: DriftReport = {
  elapsedMs: 310,
  environments: [
    {
      name: 'production',
      engine: 'flux',
      cluster: { context: 'prod-eu', server: 'https://10.0.0.1:6443', uid: '0a1b-2c3d' },
      revision: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
      branch: 'main',
      deployed: { revision: '9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c', behind: 2 },
      results: [
        ...inSync(41),
        ...drifted,
        result(object('policy/v1', 'PodDisruptionBudget', 'shop/web'), 'missing', {
          source: { file: 'overlays/production/pdb.yaml', line: 1, column: 1 },
        }),
      ],
      notChecked: [
        {
          reason: 'chart redis 19.1.0 is not in the repository; fetch it: driftline fetch',
          object: object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'infra/redis'),
          place: { file: 'infra/redis.yaml', line: 1, column: 1 },
        },
        {
          reason: 'chart mongo 3.2.0 is not in the repository; fetch it: driftline fetch',
          object: object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'infra/mongo'),
          place: { file: 'infra/mongo.yaml', line: 1, column: 1 },
        },
      ],
    },
    {
      name: 'staging',
      engine: 'flux',
      cluster: { snapshot: { file: 'live/staging.yaml', takenAt: ago(20) } },
      revision: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
      branch: 'main',
      deployed: { revision: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d', behind: 0 },
      results: inSync(44),
      notChecked: [],
    },
  ],
};
