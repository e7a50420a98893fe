import { afterAll, describe, expect, it } from 'vitest';
import { compareObjects } from '../../../src/core/drift/compare.ts';
import type { CompareOptions, DriftInput } from '../../../src/core/drift/input.ts';
import { createSchemas } from '../../../src/core/schemas/schemas.ts';
import { Judge } from '../../../src/core/upstream/judge.ts';
import { input, managed, object } from './helpers.ts';

const judge = new Judge();
afterAll(() => judge.close());
const options: CompareOptions = {
  judge,
  schemas: createSchemas({ version: '1.33' }),
  target: '1.33',
};

async function compare(one: DriftInput, more: Partial<CompareOptions> = {}) {
  const [result] = await compareObjects([one], { ...options, ...more });
  if (!result) throw new Error('no result');
  return result;
}

const conf = (data: string, metadata = '') =>
  object(
    `{apiVersion: v1, kind: ConfigMap, metadata: {name: conf, namespace: shop${metadata}}, data: ${data}}`,
  );

describe('comparing an object', () => {
  it('is synced when every declared value lives, whatever others added', async () => {
    const result = await compare(input(conf('{a: "1"}'), conf('{a: "1", z: "9"}')));
    expect(result).toMatchObject({ state: 'synced', paths: [], confirmed: 'local' });
  });

  it('names each changed path, both values and who holds the live one', async () => {
    const live = managed(conf('{a: "2"}'), {
      manager: 'kubectl-edit',
      fields: { 'f:data': { 'f:a': {} } },
    });
    const result = await compare(input(conf('{a: "1", b: "1"}'), live));
    expect(result.state).toBe('drifted');
    expect(result.paths).toEqual([
      {
        path: '.data.a',
        kind: 'changed',
        desired: '1',
        live: '2',
        by: [{ manager: 'kubectl-edit', operation: 'Update', time: '2026-01-01T00:00:00Z' }],
      },
      { path: '.data.b', kind: 'missing', desired: '1', by: [] },
    ]);
  });

  it('finds what the owner applied before and git no longer declares', async () => {
    const live = managed(conf('{a: "1", old: x}'), {
      manager: 'mgr',
      operation: 'Apply',
      fields: { 'f:data': { 'f:a': {}, 'f:old': {} } },
    });
    const result = await compare(input(conf('{a: "1"}'), live));
    expect(result.paths).toMatchObject([{ path: '.data.old', kind: 'stale', live: 'x' }]);
  });

  it('lists what others added as information', async () => {
    const live = managed(conf('{a: "1", z: "9"}'), {
      manager: 'controller',
      fields: { 'f:data': { 'f:z': {} } },
    });
    const result = await compare(input(conf('{a: "1"}'), live));
    expect(result.extra).toMatchObject([{ path: '.data.z', by: { manager: 'controller' } }]);
  });

  it('is missing when the cluster has none, and not checked when nobody could look', async () => {
    expect((await compare(input(conf('{}'), undefined))).state).toBe('missing');
    const unread = input(conf('{}'), undefined, { notChecked: 'No permission.' });
    expect(await compare(unread)).toMatchObject({ state: 'unknown', reason: 'No permission.' });
  });

  it('is suspect where the cluster is too old to know a declared field', async () => {
    const deployment = (spec: string) =>
      object(
        `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: shop}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {${spec}containers: [{name: c, image: i}]}}}}`,
      );
    const newer = input(deployment('hostnameOverride: x, '), deployment(''));
    expect(await compare(newer)).toMatchObject({
      state: 'suspect',
      reason:
        'The server may see it otherwise: Kubernetes 1.33 does not know .spec.template.spec.hostnameOverride.',
    });
    const known = { schemas: createSchemas({ version: '1.36' }), target: '1.36' };
    expect(await compare(newer, known)).toMatchObject({ state: 'drifted' });
    const misspelt = input(deployment('hostNameOverride: x, '), deployment(''));
    expect(await compare(misspelt)).toMatchObject({ state: 'invalid' });
  });

  it('is suspect where the cluster is newer than the judge', async () => {
    const result = await compare(input(conf('{a: "1"}'), conf('{a: "2"}')), { target: '1.37' });
    expect(result).toMatchObject({ state: 'suspect', paths: [{ path: '.data.a' }] });
    expect(result.reason).toContain('1.37 is newer');
  });

  it('is not checked where only a judge could say and there is none', async () => {
    const changed = input(conf('{a: "1"}'), conf('{a: "2"}'));
    const result = await compare(changed, { judge: undefined });
    expect(result).toMatchObject({ state: 'unknown', paths: [] });
    expect(result.reason).toContain('no judge');
    const same = input(conf('{a: "1"}'), conf('{a: "1"}'));
    expect((await compare(same, { judge: undefined })).state).toBe('synced');
  });

  it('does not take a failing judge for an answer', async () => {
    const failing = { apply: () => Promise.reject(new Error('the judge died')) };
    const changed = input(conf('{a: "1"}'), conf('{a: "2"}'));
    expect(await compare(changed, { judge: failing })).toMatchObject({
      state: 'unknown',
      reason: 'What the next apply would change is not known: the judge died.',
    });
  });

  it('does not read an answer that says nothing as "nothing changes"', async () => {
    const silent = { apply: async () => [{ equal: false, changes: [] }] };
    const changed = input(conf('{a: "1"}'), conf('{a: "2"}'));
    expect((await compare(changed, { judge: silent })).state).toBe('suspect');
    const none = { apply: async () => [] };
    expect((await compare(changed, { judge: none })).state).toBe('suspect');
  });

  it('stops when it is aborted', async () => {
    const signal = AbortSignal.abort();
    const changed = input(conf('{a: "1"}'), conf('{a: "2"}'));
    await expect(compare(changed, { signal })).rejects.toThrow();
  });

  it('only suspects where nobody has a schema, and is sure of what is wholly equal', async () => {
    const widget = (spec: string) =>
      object(
        `{apiVersion: example.org/v1, kind: Thing, metadata: {name: t, namespace: shop}, spec: ${spec}}`,
      );
    const differs = await compare(input(widget('{a: 1}'), widget('{a: 2, b: 3}')));
    expect(differs).toMatchObject({ state: 'suspect', paths: [{ path: '.spec.a' }] });
    expect((await compare(input(widget('{a: 1}'), widget('{a: 1, b: 3}')))).state).toBe('suspect');
    expect((await compare(input(widget('{a: 1}'), widget('{a: 1}')))).state).toBe('synced');
  });

  it('says that a kind is not served, and as what it is', async () => {
    const old = object(
      '{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: p}}',
    );
    const result = await compare(input(old, undefined));
    expect(result.state).toBe('unknown');
    expect(result.reason).toContain('policy/v1');
  });

  it('says when the server would refuse the change of the living object, and only a new one helps', async () => {
    const role = (name: string) =>
      object(
        `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: r, namespace: shop}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${name}}}`,
      );
    const result = await compare(input(role('edit'), role('view')));
    expect(result).toMatchObject({ state: 'drifted', recreate: true });
    expect(result.reason).toContain('The server refuses this change');
  });

  it('calls a manifest invalid that no server would take', async () => {
    const result = await compare(input(conf('{a: 1}'), conf('{a: "1"}')));
    expect(result.state).toBe('invalid');
    expect(result.reason).toContain('.data.a');
  });

  it('keeps a terminating object apart, with its paths', async () => {
    const live = conf('{a: "2"}', ', deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: [a/b]');
    const result = await compare(input(conf('{a: "1"}'), live));
    expect(result).toMatchObject({ state: 'terminating', paths: [{ path: '.data.a' }] });
  });

  it('takes server fields in git for a mistake to mention, not for drift', async () => {
    const exported = conf('{a: "1"}', ', uid: abc, resourceVersion: "12"');
    const result = await compare(input(exported, conf('{a: "1"}', ', uid: def')));
    expect(result.state).toBe('synced');
    expect(result.notes.join()).toContain('metadata.resourceVersion, uid');
  });

  it('does not compare a variable that nobody substituted', async () => {
    const flux = { owners: { said: { mode: 'flux' as const, manager: 'kustomize-controller' } } };
    const open = input(conf(`{a: '\${cluster}'}`), conf('{a: prod}'), flux);
    expect(await compare(open)).toMatchObject({ state: 'unknown', paths: [{ path: '.data.a' }] });
    const literal = input(conf(`{a: '\${cluster}'}`), conf('{a: prod}'), {
      ...flux,
      substituted: true,
    });
    expect((await compare(literal)).state).toBe('drifted');
    const marked = input(
      conf(
        `{a: '\${cluster}'}`,
        ', annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}',
      ),
      conf('{a: prod}'),
      flux,
    );
    expect((await compare(marked)).state).toBe('drifted');
    const named = input(
      object(`{apiVersion: v1, kind: ConfigMap, metadata: {name: 'a-\${x}'}}`),
      undefined,
      flux,
    );
    expect((await compare(named)).state).toBe('unknown');
  });

  it('does not call a value drifted that its template makes anew each time', async () => {
    const secret = (fields: string) =>
      object(`{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: shop}, ${fields}}`);
    const volatile = ['.stringData.pw'];
    const live = secret('data: {pw: YQ==, pw2: YQ==}');
    const random = input(secret('stringData: {pw: b, pw2: a}'), live, { volatile });
    expect(await compare(random)).toMatchObject({
      state: 'unknown',
      paths: [{ path: '.data.pw' }],
    });
    const other = input(secret('stringData: {pw: b, pw2: b}'), live, { volatile });
    expect((await compare(other)).state).toBe('drifted');
  });

  it('skips a hook even where nobody could look for it', async () => {
    const hook = conf('{}', ', annotations: {helm.sh/hook: test}');
    const result = await compare(input(hook, undefined, { notChecked: 'No permission.' }));
    expect(result.state).toBe('skipped');
  });

  it('compares the keys of a SOPS file and calls its values not checked', async () => {
    const secret = (data: string, sops = '') =>
      object(
        `{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: shop}, data: ${data}${sops}}`,
      );
    const encrypted = secret('{a: "ENC[AES256_GCM,data:x]", b: "ENC[y]"}', ', sops: {mac: x}');
    const complete = await compare(input(encrypted, secret('{a: YQ==, b: Yg==}')));
    expect(complete.state).toBe('unknown');
    expect(complete.reason).toContain('encrypted');
    const lacking = await compare(input(encrypted, secret('{a: YQ==}')));
    expect(lacking).toMatchObject({
      state: 'drifted',
      paths: [{ path: '.data.b', kind: 'missing' }],
    });
  });

  it('keeps results in the order of the inputs', async () => {
    const inputs = ['1', '2', '3', '4'].map(value =>
      input(conf(`{a: "${value}"}`), conf(`{a: "${Number(value) % 2}"}`)),
    );
    const results = await compareObjects(inputs, options);
    expect(results.map(({ state }) => state)).toEqual(['synced', 'drifted', 'drifted', 'drifted']);
  });
});
