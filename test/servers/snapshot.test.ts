import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { driftline } from '../cli/run.ts';
import { apply, kubectl } from './plane.ts';

// What was saved of a cluster answers a comparison as the cluster itself did.

const { kubeconfig } = inject('plane');
const folder = mkdtempSync(join(tmpdir(), 'driftline-snapshot-'));
const namespace = 'kept';
const group = 'kept.driftline.test';

const object = (apiVersion: string, kind: string, name: string, rest: object) => ({
  ...{ apiVersion, kind, metadata: { name, namespace }, ...rest },
});
const deployment = (name: string, image: string, more = {}) =>
  object('apps/v1', 'Deployment', name, {
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'app', image }] },
      },
      ...more,
    },
  });
const configMap = (name: string, data: object) => object('v1', 'ConfigMap', name, { data });
const secret = (name: string, stringData: object) => object('v1', 'Secret', name, { stringData });
const gauge = (name: string, spec: object) => object(`${group}/v1`, 'Gauge', name, { spec });
const role = (name: string, verbs: string[]) =>
  object('rbac.authorization.k8s.io/v1', 'Role', name, {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs }],
  });

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `gauges.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Gauge', plural: 'gauges', singular: 'gauge', listKind: 'GaugeList' },
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
                  unit: { type: 'string' },
                  scale: { type: 'integer', default: 7 },
                  marks: { type: 'array', items: { type: 'string' } },
                },
              },
            },
          },
        },
      },
    ],
  },
};

/** As the repository says. */
const declared = [
  deployment('same', 'registry.example/web:1'),
  deployment('edited', 'registry.example/web:1', { replicas: 2 }),
  deployment('immutable', 'registry.example/web:1'),
  configMap('same', { a: '1' }),
  configMap('edited', { a: '1', b: '2' }),
  configMap('rewritten', { a: '1' }),
  configMap('invalid', { a: '1' }),
  secret('same', { a: 'first-value', b: 'second-value' }),
  secret('edited', { a: 'first-value', b: 'second-value' }),
  gauge('same', { unit: 'm' }),
  gauge('edited', { unit: 'm', marks: ['x'] }),
  role('same', ['get']),
  role('edited', ['get', 'list']),
  object('v1', 'Service', 'missing', { spec: { ports: [{ port: 80 }], selector: { app: 'x' } } }),
  object('unserved.driftline.test/v1', 'Thing', 'unknown', {}),
];

beforeAll(async () => {
  await apply([definition, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  await kubectl(['wait', '--for=condition=Established', `crd/gauges.${group}`]);
  const gone = ['missing', 'unknown'];
  await apply(declared.filter(({ metadata }) => !gone.includes(metadata.name)));
  const byHand = ['--field-manager=by-hand', '--force-conflicts'];
  await apply(
    [
      deployment('edited', 'registry.example/web:hotfix', { replicas: 5 }),
      configMap('edited', { a: '3', c: 'mine' }),
      secret('edited', { a: 'another-value', c: 'more' }),
      gauge('edited', { unit: 'km', marks: ['y'] }),
      role('edited', ['*']),
    ],
    ...byHand,
  );
  // The repository asks for what the server refuses on a living object.
  declared[2] = deployment('immutable', 'registry.example/web:1', {
    selector: { matchLabels: { app: 'other' } },
    template: {
      metadata: { labels: { app: 'other' } },
      spec: { containers: [{ name: 'app', image: 'registry.example/web:1' }] },
    },
  });
  declared[6] = { ...configMap('invalid', { a: '1' }), unknown: 'field' } as never;
  await apply([rbac('viewer')].flat());
});

afterAll(async () => {
  await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  await kubectl(['delete', 'crd', `gauges.${group}`, '--wait=false']);
  rmSync(folder, { recursive: true, force: true });
});

/** May read all but Secrets, and patch nothing. */
function rbac(user: string): object[] {
  const metadata = { name: 'read', namespace };
  const rules = [
    { apiGroups: [''], resources: ['configmaps', 'services'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: ['apps', group, 'rbac.authorization.k8s.io'], resources: ['*'], verbs: ['*'] },
  ];
  const subjects = [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }];
  const roleRef = { kind: 'Role', name: 'read', apiGroup: 'rbac.authorization.k8s.io' };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return [
    { apiVersion, kind: 'Role', metadata, rules },
    { apiVersion, kind: 'RoleBinding', metadata, subjects, roleRef },
  ];
}

function write(cluster: string): void {
  const files: Record<string, string> = {
    'driftline.yaml': `version: 1\nenvironments:\n- name: kept\n  source: { path: apps }\n  namespace: ${namespace}\n  cluster: ${cluster}\n`,
    'apps/all.yaml': declared.map(each => JSON.stringify(each)).join('\n---\n'),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

interface Environment {
  counts: Record<string, number>;
  objects: { object: { kind: string; name: string } }[];
}

async function compared(): Promise<Environment> {
  const args = ['-C', folder, 'drift', '--format', 'json', '--all'];
  const { stdout, stderr } = await driftline(args, { env: { KUBECONFIG: kubeconfig } });
  const [environment] = JSON.parse(stdout || `"${stderr}"`).environments;
  const { cluster: _, ...rest } = environment;
  return rest as Environment;
}

// The owner may do anything; the other reads no Secret and patches nothing of the core group.
it.each(['admin', 'viewer'])(
  '%s: the cluster and the snapshot give the same answer',
  async context => {
    write(`{ context: ${context} }`);
    const live = await compared();
    const take = ['-C', folder, 'snapshot', '-e', 'kept', '-o', join(folder, `${context}.json`)];
    const taken = await driftline(take, { env: { KUBECONFIG: kubeconfig } });
    expect(taken.status).toBe(0);
    write(`{ snapshot: ${context}.json }`);
    const kept = await compared();
    expect(plain(kept)).toEqual(plain(live));
    if (context === 'admin')
      expect(live.counts).toMatchObject({
        synced: 6,
        drifted: 6,
        missing: 1,
        invalid: 1,
        unknown: 1,
      });
    else expect(live.counts.unknown).toBeGreaterThan(2);
  },
);

/** Without the words that say when it was known; the server's word about Secrets is not kept, the verdict is. */
function plain(environment: Environment): unknown {
  const objects = environment.objects.map(found =>
    found.object.kind === 'Secret' ? { ...found, confirmed: 'somehow' } : found,
  );
  const text = JSON.stringify({ ...environment, objects });
  return JSON.parse(text.replaceAll(' (when the snapshot was taken)', ''));
}
