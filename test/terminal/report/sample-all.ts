import type { DriftReport, EnvironmentDrift } from '../../../src/core/actions/reports.ts';
import { ago, changed, object, result } from './sample.ts';

const at = (file: string, line: number, column = 1) => ({ file, line, column });
const edit = (hours: number) => [
  { manager: 'kubectl-edit', operation: 'Update' as const, time: ago(hours) },
];

/** One environment in which everything that a report can say is said, and everything is unusual. */
const everything: EnvironmentDrift = {
  name: 'prod-eu-central-1-blue-green',
  engine: 'argocd',
  cluster: { server: 'https://kubernetes.example.com:6443' },
  revision: 'working tree',
  deployed: { revision: 'v1.2.3' },
  origin: at('argocd/prod.yaml', 3),
  results: [
    result(object('v1', 'Service', 'shop/web'), 'synced'),
    result(object('batch/v1', 'Job', 'shop/migrate'), 'skipped', {
      reason: 'A Helm hook is not kept in sync.',
    }),
    result(object('apps/v1', 'Deployment', 'shop/api'), 'drifted', {
      confirmed: 'unconfirmed',
      recreate: true,
      reason: 'The API server answered 422: spec.selector is immutable.',
      source: at('base/api.yaml', 1),
      notes: ['2 paths are ignored by rule 1 of driftline.yaml.'],
      paths: [
        changed('.spec.template.spec.containers[name="app"].image', {
          desired: 'registry.example.com/team/checkout/api:2026-03-01-1a2b3c4d@sha256:0f1e2d3c4b5a',
          live: 'registry.example.com/team/checkout/api:2026-03-03-9f8e7d6c@sha256:0f1e2d3c4b5a',
          by: [...edit(0.001), { manager: 'ci', operation: 'Apply', time: ago(24 * 90) }],
          source: at('overlays/prod/kustomization.yaml', 14, 5),
          sourceText: 'newTag: 2026-03-01-1a2b3c4d',
        }),
        changed('.spec.template.spec.containers[name="app"].resources.limits.cpu', {
          desired: '1000m',
          live: '1',
          equivalent: true,
          source: at('base/api.yaml', 31, 18),
        }),
        changed('.spec.selector.matchLabels["app.kubernetes.io/name"]', {
          desired: 'api',
          live: '接口服务',
          source: at('base/api.yaml', 9, 7),
        }),
        {
          path: '.spec.template.spec.nodeSelector',
          kind: 'stale',
          live: { 'kubernetes.io/arch': 'arm64', disk: 'ssd' },
          by: [],
        },
        {
          path: '.spec.strategy.type',
          kind: 'stale',
          live: 'Recreate',
          becomes: 'RollingUpdate',
          by: edit(5),
        },
        {
          path: '.spec.template.spec.containers[name="app"].env[name="A"]',
          kind: 'missing',
          desired: { name: 'A', value: '1' },
          by: [],
          source: at('base/api.yaml', 40),
        },
        {
          path: '.spec.template.spec.containers',
          kind: 'order',
          desired: ['app', 'sidecar'],
          live: ['sidecar', 'app'],
          by: edit(26),
        },
      ],
    }),
    result(object('v1', 'ConfigMap', 'shop/files'), 'drifted', {
      paths: [
        changed('.data["app.properties"]', {
          desired: 'a=1\nlevel=info\nz=9\n',
          live: 'a=1\nlevel=debug\nz=9\n',
          by: edit(47),
          source: at('base/files.yaml', 7, 3),
        }),
        changed('.data["long.json"]', { desired: 'x'.repeat(500), live: `${'x'.repeat(499)}y` }),
        changed('.data["evil"]', {
          desired: 'plain',
          live: 'red\u001b[31m\u202e\r\n::error::pwned',
          by: [{ manager: 'bad\u001b]0;title\u0007', operation: 'Update' }],
        }),
        changed('.data["types"]', { desired: '5', live: 5 }),
        changed('.data["spaces"]', { desired: 'a\nb\n', live: 'a\nb \n' }),
      ],
    }),
    result(object('v1', 'Secret', 'shop/tls'), 'drifted', {
      paths: [
        { path: '.data["tls.key"]', kind: 'missing', desired: 'bmV2ZXItc2VlbjE=', by: [] },
        { path: '.stringData.token', kind: 'stale', live: 'never-seen-2', by: edit(3) },
        changed('.data', { desired: { a: 'never-seen-3' }, live: { a: 'never-seen-4' } }),
        changed('.metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]', {
          desired: 'never-seen-5',
          live: 'never-seen-6',
          source: at('base/tls.yaml', 4),
          sourceText: 'token: never-seen-7',
        }),
        changed('.type', { desired: 'Opaque', live: 'kubernetes.io/tls' }),
      ],
    }),
    result(
      object(
        'apiextensions.k8s.io/v1',
        'CustomResourceDefinition',
        'certificaterequestpolicyapprovals.policy.certificate-manager.example.com',
      ),
      'missing',
      { source: at('crds/policy.yaml', 1) },
    ),
    result(object('v1', 'Service', 'shop/legacy'), 'prune-candidate', {
      reason: 'The next sync removes it.',
    }),
    result(object('v1', 'Service', 'shop/left'), 'orphan'),
    result(object('v1', 'ConfigMap', 'shop/old-7f9'), 'untracked', {
      reason: 'It is superseded by ConfigMap shop/old-8a2.',
    }),
    result(object('v1', 'PersistentVolumeClaim', 'shop/data'), 'terminating', {
      paths: [changed('.spec.resources.requests.storage', { desired: '10Gi', live: '5Gi' })],
    }),
    result(object('v1', 'Pod', 'shop/bad'), 'invalid', {
      reason: 'The API server answers: spec.containers[0].image: Required value.',
      source: at('base/pod.yaml', 2),
    }),
    result(object('example.com/v1', 'Widget', 'shop/w'), 'suspect', {
      reason: 'There is no schema for it, so its defaults are not known.',
      paths: [changed('.spec.size', { desired: 3, live: 4, by: edit(1) })],
    }),
    ...['a', 'b', 'c'].map(name =>
      result(object('v1', 'Secret', `vault/${name}`), 'unknown', {
        reason: 'There is no permission to list secrets in the namespace vault.',
        source: at(`vault/${name}.yaml`, 1),
      }),
    ),
  ],
  notChecked: [
    {
      reason: 'The kustomization could not be built: accumulating resources: no such file.',
      place: at('infra/kustomization.yaml', 3),
    },
  ],
};

export const all: DriftReport = {
  elapsedMs: 123_456,
  environments: [
    everything,
    {
      name: 'dev',
      engine: 'none',
      cluster: {},
      revision: 'working tree',
      results: [],
      notChecked: [{ reason: 'No cluster is named for dev; name one in driftline.yaml.' }],
    },
    {
      name: 'empty',
      engine: 'apply',
      cluster: { context: 'kind' },
      revision: 'working tree',
      results: [],
      notChecked: [],
    },
  ],
};

/** Parts of values that no report may show. */
export const secrets = /never-seen|bmV2ZXI|hunter2|aHVudGVy|czNjcmV0/;
