import type { Reach } from '../../../src/core/actions/reach/reach.ts';
import type {
  EnvironmentsReport,
  ReachReport,
  TraceReport,
} from '../../../src/core/actions/reports.ts';
import type { Application, Environment } from '../../../src/core/model/environment.ts';
import { object } from './sample.ts';

const at = (file: string, line: number, column = 1) => ({ file, line, column });

function application(name: string, source: Application['source']): Application {
  return {
    name,
    engine: 'flux',
    source,
    owner: { mode: 'flux', manager: 'kustomize-controller' },
    dependsOn: [],
    origin: at('clusters/production/apps.yaml', 1),
    ignore: [],
  };
}

function environment(name: string, more: Partial<Environment>): Environment {
  return {
    name,
    engine: 'flux',
    applications: [],
    cluster: { kind: 'none', reason: 'driftline.yaml names none' },
    namespace: 'default',
    protected: false,
    origin: at(`clusters/${name}/apps.yaml`, 1),
    ignore: [],
    unresolved: [],
    ...more,
  };
}

export const environments: EnvironmentsReport = {
  environments: [
    environment('production', {
      cluster: { kind: 'context', context: 'prod-eu', uid: '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9' },
      kubernetes: '1.33',
      protected: true,
      after: 'staging',
      applications: [
        application('apps', { kind: 'kustomize', path: 'apps/production' }),
        application('redis', {
          kind: 'helm',
          path: 'charts/redis',
          release: 'redis',
          namespace: 'infra',
          includeCrds: true,
          values: [
            { kind: 'file', path: 'charts/redis/values-production.yaml' },
            {
              kind: 'inline',
              values: { password: 'hunter2' },
              place: at('infra/redis.yaml', 12, 5),
            },
          ],
        }),
        application('a-rather-long-name-of-an-application', {
          kind: 'plain',
          path: '',
          recurse: true,
        }),
        application('mongo', { kind: 'unresolved', reason: 'its chart is not in the repository' }),
      ],
      unresolved: [
        {
          reason: 'chart mongo 3.2.0 is not in the repository; fetch it: driftline fetch',
          place: at('infra/mongo.yaml', 9),
        },
      ],
    }),
    environment('staging', {
      cluster: { kind: 'snapshot', file: 'live/staging.yaml' },
      namespace: 'shop',
      applications: [
        application('apps', { kind: 'kustomize', path: 'apps/staging' }),
        application('monitoring', {
          kind: 'several',
          sources: [
            { kind: 'plain', path: 'rules', recurse: true, argocd: true },
            { kind: 'unresolved', reason: 'its source is another repository' },
          ],
        }),
      ],
    }),
    environment('dev', { engine: 'none' }),
  ],
  unresolved: [
    {
      reason: 'ApplicationSet argocd/all uses a generator that needs the cluster.',
      place: at('argocd/all.yaml', 7),
    },
  ],
};

export const traced: TraceReport = {
  kind: 'objects',
  objects: [
    {
      object: object('apps/v1', 'Deployment', 'shop/web'),
      environment: 'production',
      fields: [
        {
          path: '.spec.replicas',
          value: 3,
          ...at('overlays/production/replicas.yaml', 7, 13),
          how: 'exact',
          via: ['overlays/production/kustomization.yaml:6 patches', 'base/web.yaml:8 overwritten'],
        },
        {
          path: '.spec.template.spec.containers[name="app"].image',
          value: 'registry.example.com/team/web:1.8.2',
          ...at('overlays/production/kustomization.yaml', 14, 5),
          how: 'transformed',
          via: [],
        },
        {
          path: '.metadata.labels["app.kubernetes.io/managed-by"]',
          value: 'Helm',
          ...at('charts/web/templates/_helpers.tpl', 3),
          how: 'template',
          via: [],
        },
        { path: '.spec.x', value: null, ...at('a.yaml', 1), how: 'unknown', via: [] },
      ],
    },
    {
      object: object('v1', 'Secret', 'shop/db'),
      fields: [
        {
          path: '.data.password',
          value: 'aHVudGVyMg==',
          ...at('db.yaml', 6),
          how: 'exact',
          via: [],
        },
      ],
    },
  ],
  notChecked: [
    {
      reason: 'The chart redis could not be rendered: it needs a value for auth.password.',
      place: at('infra/redis.yaml', 12),
    },
  ],
};

const web = object('apps/v1', 'Deployment', 'shop/web');
const reach = (environment: string, path: string, how: Reach['how'] = 'decides'): Reach => ({
  ...{ environment, application: 'shop', object: web, path, how },
});

/** What a line reaches in three environments, of which one could not be asked. */
export const reached: ReachReport = {
  kind: 'reaches',
  place: { file: 'base/web.yaml', line: 6 },
  reaches: [
    reach('staging', '.spec.replicas'),
    {
      ...reach('production', '.spec.replicas'),
      liveEdit: {
        path: '.spec.replicas',
        kind: 'changed',
        desired: 3,
        live: 5,
        by: [{ manager: 'kubectl-scale', operation: 'Update', time: '2026-03-04T09:00:00Z' }],
      },
    },
    ...['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(name =>
      reach('production', `.spec.template.metadata.labels.${name}`, 'takes part'),
    ),
    {
      ...reach('production', '.data.password', 'takes part'),
      object: object('v1', 'Secret', 'shop/db'),
      liveEdit: {
        path: '.data.password',
        kind: 'changed',
        desired: 'aHVudGVyMg==',
        live: 'aHVudGVyMw==',
        by: [{ manager: 'rotate-job-of-the-database-team', operation: 'Update' }],
      },
    },
    ...Array.from({ length: 15 }, (_, index) => ({
      ...reach('a-region-with-a-long-name', '', 'takes part'),
      object: object('v1', 'ConfigMap', `shop/settings-${index}`),
    })),
  ],
  compared: ['staging', 'production'],
  notCompared: [
    {
      environment: 'a-region-with-a-long-name',
      reason:
        'the cluster of the context "far" was not asked: no connection is opened when offline',
    },
  ],
};
