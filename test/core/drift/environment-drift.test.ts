import { afterAll, describe, expect, it } from 'vitest';
import { readSnapshot } from '../../../src/core/cluster/snapshot/snapshot.ts';
import { EnvironmentComparison } from '../../../src/core/drift/environment-drift.ts';
import { placeResult } from '../../../src/core/drift/place-result.ts';
import type {
  Application,
  Environment,
  RenderSource,
} from '../../../src/core/model/environment.ts';
import type { Rendered, RenderedObject } from '../../../src/core/model/rendered.ts';
import { type JsonObject, resourceOf } from '../../../src/core/model/resource.ts';
import { createSchemas } from '../../../src/core/schemas/schemas.ts';
import { Judge } from '../../../src/core/upstream/judge.ts';
import { object, objects } from './helpers.ts';

const judge = new Judge();
afterAll(() => judge.close());
const origin = { file: 'clusters/production/shop.yaml', line: 1, column: 1 };

function rendered(text: string, more: Partial<Rendered> = {}): Rendered {
  const list = objects(text).map((value): RenderedObject => {
    const resource = resourceOf(value);
    if (!resource) throw new Error('no identity');
    return {
      resource,
      value,
      source: { file: 'apps/shop.yaml', line: 1, column: 1 },
      locate: pointer => ({
        file: 'apps/shop.yaml',
        line: 10 + pointer.length,
        column: 1,
        how: 'exact',
        via: [],
      }),
    };
  });
  return { objects: list, text, reads: [], notChecked: [], ...more };
}

const fluxSource: RenderSource = {
  kind: 'kustomize',
  path: 'apps',
  flux: { name: 'shop', namespace: 'flux-system' },
};

function application(more: Partial<Application> = {}): Application {
  return {
    name: 'shop',
    engine: 'flux',
    source: fluxSource,
    owner: { mode: 'flux', manager: 'kustomize-controller' },
    dependsOn: [],
    origin,
    ignore: [],
    controller: {
      group: 'kustomize.toolkit.fluxcd.io',
      version: 'v1',
      kind: 'Kustomization',
      namespace: 'flux-system',
      name: 'shop',
    },
    ...more,
  };
}

const environment: Environment = {
  name: 'production',
  engine: 'flux',
  applications: [],
  cluster: { kind: 'none', reason: 'a test' },
  namespace: 'shop',
  protected: false,
  origin,
  ignore: [],
  unresolved: [],
};

async function compare(
  applications: { application: Application; rendered: Rendered }[],
  live: JsonObject[],
  customTypes: JsonObject[] = [],
) {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: live });
  const comparison = await EnvironmentComparison.of({
    environment,
    applications,
    cluster: readSnapshot('live.json', text),
    judge,
    schemas: createSchemas({ version: '1.33', crds: customTypes }),
    target: '1.33',
  });
  const compared = [...comparison.compared.values()];
  const states = compared.map(
    ({ result }) =>
      `${result.resource.kind} ${result.resource.namespace}/${result.resource.name} ${result.state}`,
  );
  return { compared, notChecked: comparison.notChecked, states };
}

const conf = (name: string, value: string, metadata = '') =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}${metadata}}, data: {a: "${value}"}}\n---\n`;
const inShop = ', namespace: shop';
const owned =
  ', namespace: shop, labels: {kustomize.toolkit.fluxcd.io/name: shop, kustomize.toolkit.fluxcd.io/namespace: flux-system}';

describe('comparing an environment', () => {
  it('gives objects without a namespace the application’s, else the environment’s', async () => {
    const two = [
      { application: application(), rendered: rendered(conf('a', '1')) },
      {
        application: application({ name: 'other', namespace: 'other', controller: undefined }),
        rendered: rendered(conf('b', '1')),
      },
    ];
    const { states } = await compare(two, [
      object(conf('a', '1', inShop)),
      object(conf('b', '2', ', namespace: other')),
    ]);
    expect(states).toEqual(['ConfigMap shop/a synced', 'ConfigMap other/b drifted']);
  });

  it('takes an object for missing only where its kind and namespace were read', async () => {
    const one = [
      {
        application: application({ controller: undefined }),
        rendered: rendered(
          `${conf('a', '1')}${conf('gone', '1')}{apiVersion: v1, kind: ServiceAccount, metadata: {name: sa}}`,
        ),
      },
    ];
    const { states, compared } = await compare(one, [object(conf('a', '1', inShop))]);
    expect(states).toEqual([
      'ConfigMap shop/a synced',
      'ConfigMap shop/gone missing',
      'ServiceAccount shop/sa unknown',
    ]);
    expect(compared[2]?.result.reason).toContain('holds no ServiceAccount');
  });

  it('compares an object that two applications declare as the last one has it, and says so', async () => {
    const { compared, states } = await compare(
      [
        { application: application({ controller: undefined }), rendered: rendered(conf('a', '2')) },
        {
          application: application({ name: 'other', controller: undefined }),
          rendered: rendered(conf('a', '1')),
        },
      ],
      [object(conf('a', '1', inShop))],
    );
    expect(states).toEqual(['ConfigMap shop/a synced']);
    expect(compared[0]?.result.notes).toEqual(['shop declares it too; other counts.']);
  });

  it('finds what was removed from git by its labels, and never what belongs to another', async () => {
    const foreign =
      ', namespace: shop, labels: {kustomize.toolkit.fluxcd.io/name: web, kustomize.toolkit.fluxcd.io/namespace: flux-system}';
    const kept = owned.replace(
      '{kustomize',
      '{kustomize.toolkit.fluxcd.io/prune: disabled, kustomize',
    );
    const { states, compared } = await compare(
      [{ application: application({ controller: undefined }), rendered: rendered(conf('a', '1')) }],
      [
        object(conf('a', '1', inShop)),
        object(conf('left', '1', owned)),
        object(conf('kept', '1', kept)),
        object(conf('foreign', '1', foreign)),
        object(conf('plain', '1', inShop)),
      ],
    );
    expect(states.slice(1)).toEqual([
      'ConfigMap shop/left prune-candidate',
      'ConfigMap shop/kept prune-candidate',
    ]);
    expect(compared[2]?.result).toMatchObject({ kept: true });
    expect(compared[1]?.result.kept).toBeUndefined();
    expect(compared[2]?.result.reason).toContain('Flux keeps it');
  });

  it('finds what the Kustomization’s inventory names, and knows whether it prunes', async () => {
    const kustomization = (prune: boolean) =>
      object(`
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: flux-system}
spec: {prune: ${prune}}
status: {inventory: {entries: [{id: shop_a__ConfigMap, v: v1}, {id: shop_left__ConfigMap, v: v1}, {id: _the__one_rbac.authorization.k8s.io_ClusterRole, v: v1}]}}
`);
    const role = object(
      `{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: 'the:one'${owned.replace(inShop, '')}}}`,
    );
    for (const [prune, state] of [
      [true, 'prune-candidate'],
      [false, 'orphan'],
    ] as const) {
      const { states } = await compare(
        [{ application: application(), rendered: rendered(conf('a', '1')) }],
        [
          object(conf('a', '1', inShop)),
          object(conf('left', '1', owned)),
          role,
          kustomization(prune),
        ],
      );
      expect(states.slice(1)).toEqual([
        `ConfigMap shop/left ${state}`,
        `ClusterRole /the:one ${state}`,
      ]);
    }
  });

  it('says when the inventory could not be read', async () => {
    const { notChecked } = await compare(
      [{ application: application(), rendered: rendered(conf('a', '1')) }],
      [object(conf('a', '1', inShop))],
    );
    expect(notChecked).toMatchObject([{ place: origin, environment: 'production' }]);
    expect(notChecked[0]?.reason).toContain('What Kustomization shop applied before is not known');
  });

  it('takes nothing for removed from an application that did not render', async () => {
    const failure = { message: 'no such file', place: origin };
    const { states } = await compare(
      [{ application: application(), rendered: rendered('', { failure }) }],
      [object(conf('left', '1', owned))],
    );
    expect(states).toEqual([]);
  });

  it('does not check an object that was not surely rendered', async () => {
    const whole = rendered(conf('a', '1', inShop));
    const resource = whole.objects[0]?.resource;
    const reason = 'the variable region is not known';
    const { compared } = await compare(
      [
        {
          application: application(),
          rendered: { ...whole, notChecked: [{ resource, reason, place: origin }] },
        },
      ],
      [object(conf('a', '2', inShop))],
    );
    expect(compared[0]?.result).toMatchObject({
      state: 'unknown',
      reason: 'The variable region is not known.',
    });
  });

  it('neither hides an object that could not be rendered nor takes it for removed', async () => {
    const owned = `{kustomize.toolkit.fluxcd.io/name: shop, kustomize.toolkit.fluxcd.io/namespace: flux-system}`;
    const other = `{apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: shop}}`;
    const live = objects(
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop, labels: ${owned}}}\n---\n${other}`,
    );
    const resource = { group: '', version: 'v1', kind: 'ConfigMap', namespace: '', name: 'a' };
    const notChecked = [{ resource, reason: 'X is not set', place: origin }];
    const { compared } = await compare(
      [{ application: application(), rendered: rendered(other, { notChecked }) }],
      live,
    );
    const states = compared.map(({ result }) => [result.resource.name, result.state]);
    expect(states).toEqual([
      ['b', 'synced'],
      ['a', 'unknown'],
    ]);
    expect(compared[1]?.result).toMatchObject({ reason: 'X is not set', source: origin });
  });

  it('puts each path on the line that causes it, and what is gone on its parent’s', async () => {
    const { compared } = await compare(
      [{ application: application({ controller: undefined }), rendered: rendered(conf('a', '1')) }],
      [
        object(
          `{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop, managedFields: [{manager: kubectl-edit, operation: Update, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {'f:data': {'f:b': {}}}}]}, data: {a: "2", b: "3"}}`,
        ),
      ],
    );
    const [first] = compared;
    if (!first?.declared) throw new Error('nothing compared');
    const { paths, source } = placeResult(first.result, first.declared.object);
    expect(source).toMatchObject({ file: 'apps/shop.yaml', line: 1 });
    expect(paths.map(({ path, kind, source }) => [path, kind, source?.line])).toEqual([
      ['.data.a', 'changed', 12],
      ['.data.b', 'stale', 11],
    ]);
  });
});
