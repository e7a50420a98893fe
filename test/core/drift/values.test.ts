import { describe, expect, it } from 'vitest';
import { adoptPaths } from '../../../src/core/drift/ignore/adopt.ts';
import { compileJq } from '../../../src/core/drift/ignore/jq/jq.ts';
import { safeRegExp } from '../../../src/core/drift/ignore/pattern.ts';
import { parseFields, treeAt } from '../../../src/core/drift/owners/fields.ts';
import { trackingOf } from '../../../src/core/drift/owners/tracking.ts';
import { plainSecret } from '../../../src/core/drift/prepare/secrets.ts';
import { inventoryOf } from '../../../src/core/drift/removed/inventory.ts';
import { differences } from '../../../src/core/drift/server/difference.ts';
import { confirm } from '../../../src/core/drift/server/dryrun.ts';
import { typedSteps } from '../../../src/core/drift/typed-path.ts';
import { sameMeaning } from '../../../src/core/drift/verdict/equivalent.ts';
import { refusalOf } from '../../../src/core/drift/verdict/refusal.ts';
import type { DriftResult } from '../../../src/core/model/drift.ts';
import { formatPath, parsePath } from '../../../src/core/model/path.ts';
import type { JsonObject } from '../../../src/core/model/resource.ts';
import { createSchemas } from '../../../src/core/schemas/schemas.ts';
import { object } from './helpers.ts';

const schemas = createSchemas({ version: '1.33' });
function typeOf(group: string, kind: string) {
  const found = schemas.lookup({ group, version: 'v1', kind });
  if (!found.found) throw new Error(found.reason);
  return found.kind.type;
}

describe('values that mean the same', () => {
  it.each([
    ['1', '1000m'],
    [1, '1'],
    ['0.5', '500m'],
    ['1Gi', 1073741824],
    ['1e3', '1k'],
    ['60s', '1m0s'],
    ['1h30m', '90m'],
    ['2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00Z'],
  ])('%s and %s', (a, b) => expect(sameMeaning(a, b)).toBe(true));

  it.each([
    ['1', '2'],
    ['1Gi', '1G'],
    ['a', 'b'],
    ['', '0'],
    [true, 'true'],
    ['1m', '60s0'],
    ['60s', 60],
  ])('but not %s and %s', (a, b) => expect(sameMeaning(a, b)).toBe(false));
});

describe('jq path expressions', () => {
  const root: JsonObject = {
    spec: {
      a: [
        { n: 'x', v: 1 },
        { n: 'y-z', v: 2, w: { u: null } },
      ],
      'k/l': { m: true },
    },
  };
  const paths = (expression: string) => compileJq(expression)?.(root).map(formatPath);

  it.each([
    ['.spec.a', ['.spec.a']],
    ['.spec.a[].v', ['.spec.a[0].v', '.spec.a[1].v']],
    ['.spec.a[1]["v"]', ['.spec.a[1].v']],
    ['.spec["k/l"].m', ['.spec["k/l"].m']],
    ['.spec."k/l"', ['.spec["k/l"]']],
    ['.spec.a[] | select(.n == "x") | .v', ['.spec.a[0].v']],
    ['.spec.a[] | select(.n != "x").v', ['.spec.a[1].v']],
    ['.spec.a[] | select(.n | test("^y-"))', ['.spec.a[1]']],
    ['.spec.a[] | select((.n | startswith("y")) and (.v == 1 | not))', ['.spec.a[1]']],
    ['.spec.a[] | select(.n == "x" or .v == 2) | .n', ['.spec.a[0].n', '.spec.a[1].n']],
    ['.spec.a[] | select(.w) | .w', ['.spec.a[1].w']],
    ['.spec.a[]?.v, .spec["k/l"]', ['.spec.a[0].v', '.spec.a[1].v', '.spec["k/l"]']],
    ['.spec.missing[]?.x', []],
    ['.. | select(.m? == true)', ['.spec["k/l"]']],
    ['.. | .w? // empty', ['.spec.a[1].w']],
    ['.. | objects | select(has("m"))', ['.spec["k/l"]']],
    ['.spec.a[-1].v', ['.spec.a[1].v']],
    ['.spec.a[0, 1].n', ['.spec.a[0].n', '.spec.a[1].n']],
    ['.spec["k/l", "a"]', ['.spec["k/l"]', '.spec.a']],
    ['.spec.a[] | select(.v > 1).n', ['.spec.a[1].n']],
    ['.spec.a[] | select(.n | IN("x", "q")) | .v', ['.spec.a[0].v']],
    ['.spec.a[] | select(.n | test("^Y"; "i"))', ['.spec.a[1]']],
    ['.spec.a[] | select(.n | test("(?i)^Y"))', ['.spec.a[1]']],
    ['.spec.a[] | if .v == 1 then .n else .w end', ['.spec.a[0].n', '.spec.a[1].w']],
    ['.spec.a[] | select(any(.n, .v; . == 2)) | .n', ['.spec.a[1].n']],
    ['.spec | select([.a[].v] | contains([2])) | .["k/l"].m', ['.spec["k/l"].m']],
    ['.spec.a.[0].v', ['.spec.a[0].v']],
    ['.spec.a[1:][0].n', ['.spec.a[1].n']],
    ['.spec.a[:2][1:]', ['.spec.a[1]']],
    ['.spec.a[-1:] | .[].v', ['.spec.a[1].v']],
    ['.spec.a[1.5].v', ['.spec.a[1].v']],
    ['.spec["k/l"] | ..?.m?', ['.spec["k/l"].m']],
    ['.spec | select(.a | map(.v) == [1, 2]) | .a[0]', ['.spec.a[0]']],
    ['.spec.a[] | select(.x | has("y") | not).n', ['.spec.a[0].n', '.spec.a[1].n']],
    ['.spec.a[] | select([.v, .n] < [1, "y"]).n', ['.spec.a[0].n']],
    ['.spec | .a | first | .n', ['.spec.a[0].n']],
    ['first(.spec.a[]).v', ['.spec.a[0].v']],
    ['.spec.a[] | select(.n | length == 1 and (. | ascii_upcase) == "X")', ['.spec.a[0]']],
  ])('%s', (expression, expected) => expect(paths(expression)).toEqual(expected));

  // jq stops with an error, and so Argo CD takes nothing out.
  it.each([
    '.spec.missing[].x',
    '.. | select(.m == true)',
    '.spec.a[] | select(.w | test("x"))',
    '.spec.a[0].v, .spec.a["n"]',
    '.spec | keys',
    '.spec.a | length',
    '.spec.a[] | select(.v | startswith("1"))',
    '.spec | has(0)',
    '.spec.a | map(.b)',
    '.spec.a[] | select(.n | test("x"; "n"))',
    '.spec.missing[] // .spec.a',
    '.spec.a[].n.x.y?',
    'last(.spec.a[])',
    '.spec.a[] | select(.x | ltrimstr("y") == "z")',
    '.spec | error',
  ])('name nothing where jq stops: %s', expression => expect(paths(expression)).toEqual([]));

  it.each([
    '.a as $x | .b',
    'to_entries[]',
    'recurse(.)',
    '"\\(.a)"',
    'del(.a)',
    '.a = 1',
    '.[',
    '.a |',
    'select(.a | test("(a+)+"))',
    '',
  ])('are not understood: %s', expression => expect(compileJq(expression)).toBeUndefined());

  it('refuse patterns that could run for ever', () => {
    expect(safeRegExp('(a|b)+c')).toBeUndefined();
    expect(safeRegExp('[')).toBeUndefined();
    expect(safeRegExp('web-.*')?.test('web-1')).toBe(true);
  });
});

describe('typed paths', () => {
  const service = object(
    '{apiVersion: v1, kind: Service, metadata: {name: s, finalizers: [a/b]}, spec: {ports: [{port: 80}, {port: 53, protocol: UDP}]}}',
  );
  const steps = (...pointer: (string | number)[]) =>
    formatPath(typedSteps(typeOf('', 'Service'), service, pointer));

  it('name items by their keys, with the default of a key that is left out', () => {
    expect(steps('spec', 'ports', 0, 'port')).toBe('.spec.ports[port=80,protocol="TCP"].port');
    expect(steps('spec', 'ports', '1')).toBe('.spec.ports[port=53,protocol="UDP"]');
    expect(steps('metadata', 'finalizers', 0)).toBe('.metadata.finalizers[="a/b"]');
    expect(steps('spec', 'ports', 7, 'x')).toBe('.spec.ports[7].x');
  });

  it('take live’s values into the manifest without changing an order', () => {
    const live = object(
      '{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {type: NodePort, ports: [{port: 22}, {port: 80, targetPort: 81, protocol: TCP}, {port: 23}, {port: 53, protocol: UDP}]}}',
    );
    const paths = [
      '.spec.type',
      '.spec.ports[port=80,protocol="TCP"].targetPort',
      '.spec.ports[port=23,protocol="TCP"]',
      '.metadata.finalizers',
      '.spec.gone.away',
    ].map(parsePath);
    expect(adoptPaths(service, live, typeOf('', 'Service'), paths)).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      spec: {
        type: 'NodePort',
        ports: [{ port: 80, targetPort: 81 }, { port: 23 }, { port: 53, protocol: 'UDP' }],
      },
    });
  });
});

describe('managed fields', () => {
  it('are members where nothing is below them, or where they say so', () => {
    const tree = parseFields({
      'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {} } } },
      'f:set': { 'v:"a"': {} },
      'x:odd': {},
    });
    const at = (path: string) => treeAt(tree, parsePath(path)).tree?.member;
    expect(at('.spec')).toBe(false);
    expect(at('.spec.ports[protocol="TCP",port=80]')).toBe(true);
    expect(at('.spec.ports[protocol="TCP",port=80].name')).toBe(true);
    expect(at('.set[="a"]')).toBe(true);
    expect(at('.other')).toBeUndefined();
    expect(treeAt(tree, parsePath('.set[="a"].below')).coveredAbove).toBe(true);
  });
});

describe('Secrets as every tool makes them', () => {
  it('merge stringData over data, and spell base64 in one way', () => {
    const secret = object(
      `{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: "YW\\nJj", b: eA==, c: null}, stringData: {b: text}}`,
    );
    expect(plainSecret(secret).data).toEqual({ a: 'YWJj', b: 'dGV4dA==', c: '' });
    expect(plainSecret(secret, { keepsNull: true }).data).toMatchObject({ c: null });
    expect(plainSecret(secret)).not.toHaveProperty('stringData');
  });
});

describe('records of engines', () => {
  it('name what Flux applied, roles with colons too', () => {
    const entries = [
      { id: 'shop_web_apps_Deployment', v: 'v1' },
      { id: '_system__node_rbac.authorization.k8s.io_ClusterRole', v: 'v1' },
      { id: 'shop_my_conf__ConfigMap', v: 'v1' },
      { id: 'nonsense', v: 'v1' },
    ];
    const names = inventoryOf({ status: { inventory: { entries } } }).map(
      ({ group, kind, namespace, name }) => [group, kind, namespace, name].join(' '),
    );
    expect(names).toEqual([
      'apps Deployment shop web',
      'rbac.authorization.k8s.io ClusterRole  system:node',
      ' ConfigMap shop my_conf',
    ]);
  });

  it('name what Argo CD applied, without hooks', () => {
    const resources: JsonObject[] = [
      { version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' },
      { version: 'v1', kind: 'Job', namespace: 'shop', name: 'b', hook: true },
    ];
    expect(inventoryOf({ status: { resources } })).toMatchObject([{ name: 'a', group: '' }]);
    expect(inventoryOf({})).toEqual([]);
  });

  it('are expected on the object only where the tool has applied it', () => {
    const resource = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' };
    const deployer = { engine: 'argocd' as const, name: 'shop', namespace: 'argocd' };
    const live = (id?: string): JsonObject => ({
      metadata: { annotations: id === undefined ? {} : { 'argocd.argoproj.io/tracking-id': id } },
    });
    const own = 'argocd_shop:/ConfigMap:shop/a';
    expect(trackingOf(deployer, resource, live()).annotations).toEqual({});
    const byLabel = { ...deployer, tracking: 'label' as const };
    expect(trackingOf(byLabel, resource, live()).labels).toEqual({
      'app.kubernetes.io/instance': 'shop',
    });
    expect(trackingOf(deployer, resource, live(own)).annotations).toEqual({
      'argocd.argoproj.io/tracking-id': own,
    });
    expect(trackingOf(deployer, resource, live('other:/ConfigMap:shop/a')).annotations).toEqual({
      'argocd.argoproj.io/tracking-id': 'shop:/ConfigMap:shop/a',
    });
  });
});

describe('refusals', () => {
  it('are about the change, or about the manifest', () => {
    const immutable = { code: 422, message: 'spec.selector: field is immutable' };
    expect(refusalOf(immutable, 1)).toMatchObject({ kind: 'rejected', recreate: true });
    expect(refusalOf({ ...immutable, recreate: false }, 1)).toMatchObject({ recreate: false });
    expect(refusalOf({ code: 422, message: 'must be a name' }, 0)).toMatchObject({
      kind: 'invalid',
    });
    expect(refusalOf({ code: 500, message: 'expected string' }, 1)).toMatchObject({
      kind: 'invalid',
    });
  });

  it('are told in one line, without what Kubernetes quotes', () => {
    const message = `spec: Invalid value: {"Volumes":null,${'"x":1,'.repeat(30)}"y":2}: field is immutable\n@@ -1 +1 @@`;
    expect(refusalOf({ code: 422, message }, 1).reason).toBe(
      'The server refuses this change: spec: field is immutable',
    );
  });
});

describe('the server’s answer to a dry-run', () => {
  const resource = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' };
  const drifted: DriftResult = {
    resource,
    state: 'drifted',
    paths: [{ path: '.data.a', kind: 'changed', desired: '1', live: '2', by: [] }],
    extra: [],
    confirmed: 'local',
    notes: [],
  };
  const refused = (status: number, message: string) =>
    confirm(drifted, { kind: 'refused', status, message });

  it('clears what it does not share, and keeps what it does', () => {
    expect(confirm(drifted, { kind: 'same' })).toMatchObject({
      state: 'synced',
      paths: [],
      confirmed: 'dry-run',
    });
    expect(confirm(drifted, { kind: 'differs' })).toEqual({ ...drifted, confirmed: 'dry-run' });
  });

  it('does not count where it could not be given', () => {
    const answer = { kind: 'unavailable' as const, reason: 'no permission' };
    expect(confirm(drifted, answer)).toMatchObject({
      state: 'drifted',
      confirmed: 'unconfirmed',
      reason: 'no permission',
    });
    expect(refused(403, 'forbidden')).toMatchObject({ state: 'drifted', confirmed: 'unconfirmed' });
    expect(refused(500, 'failed calling webhook')).toMatchObject({ confirmed: 'unconfirmed' });
    expect(refused(400, 'does not support dry run')).toMatchObject({ confirmed: 'unconfirmed' });
  });

  it('is drift where it refuses the change', () => {
    expect(refused(422, 'field is immutable')).toMatchObject({
      state: 'drifted',
      recreate: true,
      confirmed: 'dry-run',
    });
    expect(refused(403, 'admission webhook "p" denied the request: no')).toMatchObject({
      state: 'drifted',
      confirmed: 'dry-run',
    });
    expect(refused(500, 'failed to create typed patch object: .a')).toMatchObject({
      state: 'invalid',
    });
  });

  it('cannot show what Flux takes from kubectl', () => {
    const stale = {
      path: '.data.b',
      kind: 'stale' as const,
      live: '1',
      by: [{ manager: 'kubectl-edit', operation: 'Update' as const }],
    };
    const both = { ...drifted, paths: [...drifted.paths, stale] };
    expect(confirm(both, { kind: 'same' })).toMatchObject({ state: 'drifted', paths: [stale] });
    expect(confirm(both, { kind: 'differs', paths: drifted.paths }).paths).toEqual(both.paths);
  });

  it('leaves what is no matter of it', () => {
    const missing = { ...drifted, state: 'missing' as const, paths: [] };
    expect(confirm(missing, { kind: 'same' })).toEqual(missing);
  });
});

describe('differences between two objects of a server', () => {
  const service = (ports: string, more = '') =>
    object(
      `{apiVersion: v1, kind: Service, metadata: {name: s, resourceVersion: "${ports.length}"}, spec: {ports: [${ports}]${more}}, status: {a: ${ports.length}}}`,
    );
  const tell = (live: JsonObject, after: JsonObject, desired = after, ours = true) =>
    differences({ live, desired, type: typeOf('', 'Service'), isOurs: () => ours }, after).map(
      ({ path, kind, consequence }) =>
        [path, kind, ...(consequence ? ['consequence'] : [])].join(' '),
    );
  const a = '{port: 80, protocol: TCP, targetPort: 80}';
  const b = '{port: 81, protocol: TCP, targetPort: 81}';

  it('are told member by member, and as an order where only that differs', () => {
    expect(tell(service(a), service(`${a}, ${b}`))).toEqual([
      '.spec.ports[port=81,protocol="TCP"] missing',
    ]);
    expect(tell(service(`${a}, ${b}`), service(a))).toEqual([
      '.spec.ports[port=81,protocol="TCP"] stale',
    ]);
    expect(tell(service(`${a}, ${b}`), service(`${b}, ${a}`))).toEqual(['.spec.ports order']);
    expect(tell(service(a), service(a.replace('targetPort: 80', 'targetPort: 8')))).toEqual([
      '.spec.ports[port=80,protocol="TCP"].targetPort changed',
    ]);
  });

  it('are marked where the manifest does not declare them', () => {
    const bare = service(a);
    expect(tell(bare, service(a, ', type: NodePort'), bare)).toEqual([
      '.spec.type missing consequence',
    ]);
    expect(tell(service(a, ', type: NodePort'), service(a, ', type: ClusterIP'), bare)).toEqual([
      '.spec.type stale',
    ]);
    expect(
      tell(service(a, ', type: NodePort'), service(a, ', type: ClusterIP'), bare, false),
    ).toEqual(['.spec.type changed consequence']);
  });

  it('leave out what controllers keep writing, unless git declares it', () => {
    const revision = (value: string): JsonObject => ({
      ...service(a),
      metadata: { name: 's', annotations: { 'deployment.kubernetes.io/revision': value } },
    });
    expect(tell(revision('1'), revision('2'), service(a))).toEqual([]);
    expect(tell(revision('1'), revision('2'))).toEqual([
      '.metadata.annotations["deployment.kubernetes.io/revision"] changed',
    ]);
  });

  it('are none where only the server’s own fields differ', () => {
    expect(tell(service(a), { ...service(a), metadata: { name: 's', generation: 2 } })).toEqual([]);
  });
});
