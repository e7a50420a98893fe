import { describe, expect, it } from 'vitest';
import {
  isSealed,
  sealLike,
  sealSecret,
  secretMatches,
} from '../../../src/core/cluster/snapshot/secret-values.ts';
import type { JsonObject } from '../../../src/core/model/resource.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const secret = (data: JsonObject, annotations?: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'shop', ...(annotations ? { annotations } : {}) },
  data,
});
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

describe('sealed values', () => {
  it('tell whether a value is the same, and nothing else', async () => {
    const value = base64('hunter2');
    const sealed = await sealSecret(secret({ a: value, b: value }));
    const { a, b } = sealed.data as Record<string, string>;
    expect(JSON.stringify(sealed)).not.toContain(value);
    expect(a).not.toBe(b);
    expect(await secretMatches(a ?? '', value)).toBe(true);
    expect(await secretMatches(b ?? '', value)).toBe(true);
    expect(await secretMatches(a ?? '', base64('hunter3'))).toBe(false);
    expect(await secretMatches(value, value)).toBe(false);
    expect([isSealed(a ?? ''), isSealed(value)]).toEqual([true, false]);
  });

  it('are base64, as Secret data must be', async () => {
    const { a } = (await sealSecret(secret({ a: '' }))).data as Record<string, string>;
    expect(Buffer.from(a ?? '', 'base64').toString('base64')).toBe(a);
  });

  it('cover the last-applied annotation, with stringData', async () => {
    const applied = { ...secret({ a: base64('hunter2') }), stringData: { b: 'correct horse' } };
    const sealed = await sealSecret(
      secret({}, { [lastApplied]: JSON.stringify(applied), note: 'kept' }),
    );
    const text = JSON.stringify(sealed);
    expect(text).not.toContain(base64('hunter2'));
    expect(text).not.toContain('correct horse');
    expect(text).not.toContain(base64('correct horse'));
    const annotations = (sealed.metadata as JsonObject).annotations as JsonObject;
    expect(annotations.note).toBe('kept');
    expect(JSON.parse(String(annotations[lastApplied]))).toMatchObject({ kind: 'Secret' });
  });

  it('are the same for what was applied last and still is', async () => {
    const stringData = { b: 'y', c: 'before' };
    const applied = { ...secret({ a: base64('x') }), data: { a: base64('x') }, stringData };
    const data = { a: base64('x'), b: base64('y'), c: base64('after') };
    const sealed = await sealSecret(secret(data, { [lastApplied]: JSON.stringify(applied) }));
    const annotations = (sealed.metadata as JsonObject).annotations as JsonObject;
    const before = JSON.parse(String(annotations[lastApplied])) as typeof applied;
    const now = sealed.data as JsonObject;
    expect(before.data).toEqual({ a: now.a });
    expect(before.stringData.b).toBe(now.b);
    expect(before.stringData.c).not.toBe(now.c);
  });

  it('do not stand for an annotation that is no Secret', async () => {
    const sealed = await sealSecret(secret({}, { [lastApplied]: '{"password": "hunter2"' }));
    expect(JSON.stringify(sealed)).not.toContain('hunter2');
  });

  it('leave other kinds and sealed values alone', async () => {
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } };
    expect(await sealSecret(configMap)).toBe(configMap);
    const once = await sealSecret(secret({ a: base64('x') }));
    expect((await sealSecret(once)).data).toEqual(once.data);
  });
});

describe('a desired Secret beside a sealed one', () => {
  it('is equal where the values are, and differs where they do', async () => {
    const live = await sealSecret(secret({ same: base64('a'), changed: base64('b') }));
    const desired = secret({ same: base64('a'), changed: base64('c'), added: base64('d') });
    const { same, changed, added } = (await sealLike(desired, live)).data as JsonObject;
    const sealed = live.data as JsonObject;
    expect(same).toBe(sealed.same);
    expect(changed).not.toBe(sealed.changed);
    expect([changed, added].every(value => isSealed(String(value)))).toBe(true);
  });

  it('stays as it is beside a plain one', async () => {
    const desired = secret({ a: base64('a') });
    expect(await sealLike(desired, secret({ a: base64('b') }))).toBe(desired);
  });
});
