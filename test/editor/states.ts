import type { ApplicationState, EnvironmentState, ObjectState } from '../../src/core/live/state.ts';
import type { DriftPath, DriftState } from '../../src/core/model/drift.ts';
import type { Resource } from '../../src/core/model/resource.ts';
import { countShown } from '../../src/core/words/states.ts';
import type { WorkspaceState } from '../../src/lsp/protocol.ts';

/** Three o'clock; ages in the samples are counted back from it. */
export const now = new Date('2026-03-04T15:00:00Z');

export const origin = { file: 'clusters/production/shop.yaml', line: 1, column: 1 };

export function resource(kind: string, name: string, namespace = 'shop'): Resource {
  return { group: kind === 'Deployment' ? 'apps' : '', version: 'v1', kind, namespace, name };
}

export function object(
  about: Resource,
  state: DriftState,
  more: Partial<ObjectState> = {},
): ObjectState {
  return {
    resource: about,
    state,
    paths: [],
    extra: [],
    confirmed: 'dry-run',
    notes: [],
    ...more,
  };
}

export const replicas: DriftPath = {
  path: '.spec.replicas',
  kind: 'changed',
  desired: 3,
  live: 5,
  by: [{ manager: 'kubectl-scale', operation: 'Update', time: '2026-03-04T12:00:00Z' }],
  source: { file: 'overlays/production/replicas.yaml', line: 7, column: 3 },
};

export function application(
  name: string,
  objects: ObjectState[],
  more: Partial<ApplicationState> = {},
): ApplicationState {
  return {
    name,
    engine: 'flux',
    counts: countShown([{ results: objects, notChecked: [] }]),
    objects,
    suspended: false,
    can: ['sync', 'suspend', 'resume'],
    origin,
    ...more,
  };
}

export function environment(
  name: string,
  applications: ApplicationState[],
  more: Partial<EnvironmentState> = {},
): EnvironmentState {
  const notChecked = more.notChecked ?? [];
  const results = applications.flatMap(({ objects }) => objects);
  return {
    name,
    engine: 'flux',
    protected: false,
    cluster: { kind: 'context', context: 'prod-eu', server: 'https://prod.example.com', uid: 'u' },
    phase: 'compared',
    revision: '1a2b3c4'.padEnd(40, '0'),
    branch: 'main',
    counts: countShown([{ results, notChecked }]),
    applications,
    notChecked,
    origin,
    ...more,
  };
}

export function workspace(
  environments: EnvironmentState[],
  more: Partial<WorkspaceState> = {},
): WorkspaceState {
  return { kind: 'ready', root: '/repo', environments, files: 9, unresolved: [], ...more };
}

/** look.md's production: a drifted Deployment, a missing budget, what is in sync, a chart that is not there. */
export const web = object(resource('Deployment', 'web'), 'drifted', {
  paths: [replicas],
  health: { status: 'Progressing' },
  source: { file: 'base/deployment.yaml', line: 1, column: 1 },
});
export const shop = application(
  'shop',
  [
    web,
    object(resource('PodDisruptionBudget', 'web'), 'missing', {
      source: { file: 'overlays/production/pdb.yaml', line: 1, column: 1 },
    }),
    object(resource('Service', 'web'), 'synced'),
    object(resource('ConfigMap', 'settings'), 'synced'),
  ],
  { deployed: '9f8e7d6'.padEnd(40, '0'), health: { status: 'Healthy' } },
);
export const production = environment('production', [shop], {
  protected: true,
  deployed: { revision: '9f8e7d6'.padEnd(40, '0'), behind: 2 },
  notChecked: [
    { reason: 'chart redis 19.1.0 is not in the repository', environment: 'production' },
  ],
});
export const staging = environment('staging', [
  application('shop', [object(resource('Deployment', 'web'), 'synced')]),
]);
