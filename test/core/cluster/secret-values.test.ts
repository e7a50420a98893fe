import { describe, expect, it } from 'vitest';
import { isSealed, secretMatches } from '../../../src/core/cluster/snapshot/seal.ts';
import {
  noteSeals,
  sealLike,
  sealSecrets,
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
    const sealed = await sealSecrets(secret({ a: value, b: value }));
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
    const { a } = (await sealSecrets(secret({ a: '' }))).data as Record<string, string>;
    expect(Buffer.from(a ?? '', 'base64').toString('base64')).toBe(a);
  });

  it('cover the last-applied annotation, with stringData', async () => {
    const applied = { ...secret({ a: base64('hunter2') }), stringData: { b: 'correct horse' } };
    const sealed = await sealSecrets(
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
    const sealed = await sealSecrets(secret(data, { [lastApplied]: JSON.stringify(applied) }));
    const annotations = (sealed.metadata as JsonObject).annotations as JsonObject;
    const before = JSON.parse(String(annotations[lastApplied])) as typeof applied;
    const now = sealed.data as JsonObject;
    expect(before.data).toEqual({ a: now.a });
    expect(before.stringData.b).toBe(now.b);
    expect(before.stringData.c).not.toBe(now.c);
  });

  it('do not stand for an annotation that is no Secret', async () => {
    const sealed = await sealSecrets(secret({}, { [lastApplied]: '{"password": "hunter2"' }));
    expect(JSON.stringify(sealed)).not.toContain('hunter2');
  });

  it('leave other kinds and sealed values alone', async () => {
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } };
    expect(await sealSecrets(configMap)).toBe(configMap);
    const once = await sealSecrets(secret({ a: base64('x') }));
    expect((await sealSecrets(once)).data).toEqual(once.data);
  });
});

async function sealedLive(data: JsonObject): Promise<JsonObject> {
  const live = await sealSecrets(secret(data));
  noteSeals(live);
  return live;
}

describe('a desired Secret beside a sealed one', () => {
  it('is equal where the values are, and differs where they do', async () => {
    const live = await sealedLive({ same: base64('a'), changed: base64('b') });
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

const values = (...plain: string[]) => ({ values: plain, paths: [] });

describe('an object that holds a value of a Secret', () => {
  const settings = (word: string, annotations?: JsonObject): JsonObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', ...(annotations ? { annotations } : {}) },
    data: { url: `postgres://app:${word}@db`, plain: 'here', list: 'a' },
  });

  it('is sealed where it does, and only there', async () => {
    const applied = JSON.stringify(settings('hunter2'));
    const sealed = await sealSecrets(
      settings('hunter2', { [lastApplied]: applied }),
      values('hunter2'),
    );
    expect(JSON.stringify(sealed)).not.toContain('hunter2');
    const data = sealed.data as Record<string, string>;
    expect(data.plain).toBe('here');
    expect(await secretMatches(data.url ?? '', base64('postgres://app:hunter2@db'))).toBe(true);
    const { annotations } = sealed.metadata as { annotations: Record<string, string> };
    expect(JSON.parse(annotations[lastApplied] ?? '')).toMatchObject({ data: { url: data.url } });
  });

  it('is sealed where a Secret makes a field, whatever stands there', async () => {
    const hidden = { values: [], paths: ['.data.url'] };
    const sealed = await sealSecrets(settings('hunter2'), hidden);
    expect(JSON.stringify(sealed)).not.toContain('hunter2');
    expect(sealed).toMatchObject({ data: { plain: 'here' } });
  });

  it('is compared by its seals', async () => {
    const live = await sealSecrets(settings('hunter2'), values('hunter2'));
    noteSeals(live);
    expect(await sealLike(settings('hunter2'), live)).toEqual(live);
    const other = settings('hunter3');
    expect(await sealLike(other, live)).toEqual(other);
  });

  it('of its own keeps none in another annotation', async () => {
    const sealed = await sealSecrets(secret({ a: base64('hunter2') }, { copy: 'is hunter2!' }));
    expect(JSON.stringify(sealed)).not.toContain('hunter2');
  });
});
