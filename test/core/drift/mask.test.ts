import { afterAll, describe, expect, it } from 'vitest';
import { noteSeals, sealSecrets } from '../../../src/core/cluster/snapshot/secret-values.ts';
import { compareObjects } from '../../../src/core/drift/compare.ts';
import { maskText } from '../../../src/core/drift/verdict/mask.ts';
import { isObject, type JsonObject } from '../../../src/core/model/resource.ts';
import { createSchemas } from '../../../src/core/schemas/schemas.ts';
import { Judge } from '../../../src/core/upstream/judge.ts';
import { input, managed, object } from './helpers.ts';

const judge = new Judge();
afterAll(() => judge.close());
const options = {
  judge,
  schemas: createSchemas({ version: '1.33' }),
  target: '1.33',
  customTypes: [],
  judgedTypes: () => [],
};

const base64 = (text: string) => Buffer.from(text).toString('base64');
const values = ['gitpass-1', 'livepass-2', 'textpass-3', 'oldpass-4', 'annopass-5', '90210777'];

function secret(fields: string, annotations = '{}'): JsonObject {
  return object(`
apiVersion: v1
kind: Secret
metadata: {name: s, namespace: shop, annotations: ${annotations}}
type: Opaque
${fields}
`);
}

/** Every text that may give a value away: as it is, and encoded. */
const telling = values.flatMap(value => [value, base64(value)]);

describe('Secret values', () => {
  const lastApplied = JSON.stringify({ data: { old: base64('oldpass-4') } }).replaceAll("'", "''");
  const other = `{"data":{"a":"${base64('annopass-5')}"}}`;
  const live = (fields: string) =>
    managed(
      secret(
        fields,
        `{kubectl.kubernetes.io/last-applied-configuration: '${lastApplied}', example.com/original: '${other}'}`,
      ),
      { manager: 'mgr', operation: 'Apply', fields: { 'f:data': { 'f:old': {} } } },
    );
  const cases: [string, JsonObject, JsonObject][] = [
    [
      'changed',
      secret(`data: {a: ${base64('gitpass-1')}}`),
      live(`data: {a: ${base64('livepass-2')}}`),
    ],
    ['missing', secret(`data: {a: ${base64('gitpass-1')}}`), live('data: {}')],
    ['missing as a map', secret(`data: {a: ${base64('gitpass-1')}}`), live('')],
    ['stale', secret('data: {}'), live(`data: {old: ${base64('oldpass-4')}}`)],
    [
      'plain text',
      secret('stringData: {a: textpass-3}'),
      live(`data: {a: ${base64('livepass-2')}}`),
    ],
    ['no text', secret('stringData: {a: 90210777}'), live(`data: {a: ${base64('livepass-2')}}`)],
    ['not base64', secret('data: {a: gitpass-1}'), live(`data: {a: ${base64('livepass-2')}}`)],
    [
      'immutable',
      secret(`immutable: true\ndata: {a: ${base64('gitpass-1')}}`),
      live(`immutable: true\ndata: {a: ${base64('livepass-2')}}`),
    ],
    [
      'annotation',
      secret('data: {}', `{example.com/original: '{"data":{"a":"${base64('gitpass-1')}"}}'}`),
      live('data: {}'),
    ],
  ];

  it.each(cases)('never stand in a result: %s', async (_, desired, running) => {
    for (const mode of ['ssa', 'flux', 'csa', 'csa3'] as const) {
      const owners = { said: { mode, manager: 'mgr' } };
      const previous = secret(`data: {old: ${base64('oldpass-4')}}`);
      const one = input(desired, running, { owners, previous });
      const [result] = await compareObjects([one], options);
      expect(result?.state).not.toBe('synced');
      const text = JSON.stringify(result);
      for (const value of telling) expect(text).not.toContain(value);
    }
  });

  it('are shown as changed, key by key', async () => {
    const [, desired, running] = cases[0] as (typeof cases)[0];
    const [result] = await compareObjects([input(desired, running)], options);
    expect(result?.paths).toMatchObject([
      { path: '.data.a', kind: 'changed', desired: maskText, live: maskText },
    ]);
  });

  it('are not masked for what is no value', async () => {
    const labelled = secret('data: {}');
    (labelled.metadata as JsonObject).labels = { app: 'web' };
    const [result] = await compareObjects([input(labelled, secret('data: {}'))], options);
    expect(result?.paths).toMatchObject([{ path: '.metadata.labels', desired: { app: 'web' } }]);
  });

  it('are compared with the sealed ones of a snapshot', async () => {
    const sealed = await sealSecrets(
      secret(`data: {a: ${base64('gitpass-1')}, b: ${base64('livepass-2')}}`),
    );
    noteSeals(sealed);
    const desired = secret('stringData: {a: gitpass-1, b: textpass-3}');
    const [result] = await compareObjects([input(desired, sealed)], options);
    expect(result?.paths.map(({ path }) => path)).toEqual(['.data.b']);
    const seals = isObject(sealed.data) ? Object.values(sealed.data) : [];
    for (const seal of seals) expect(JSON.stringify(result)).not.toContain(seal);
  });
});
