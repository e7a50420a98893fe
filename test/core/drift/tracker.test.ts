import { afterAll, describe, expect, it } from 'vitest';
import type { ApiResource } from '../../../src/core/cluster/cluster.ts';
import { compareObjects } from '../../../src/core/drift/compare.ts';
import type { DriftInput } from '../../../src/core/drift/input.ts';
import { Tracker } from '../../../src/core/drift/tracker.ts';
import type { DriftResult } from '../../../src/core/model/drift.ts';
import { createSchemas } from '../../../src/core/schemas/schemas.ts';
import { Judge } from '../../../src/core/upstream/judge.ts';
import { input, object } from './helpers.ts';

const judge = new Judge();
afterAll(() => judge.close());
const schemas = createSchemas({ version: '1.33' });
const configMaps: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
  verbs: ['list', 'watch'],
};

const conf = (name: string, value: string) =>
  object(
    `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, namespace: shop}, data: {a: "${value}"}}`,
  );
const said = (results: readonly DriftResult[]) =>
  results.map(({ resource, state }) => `${resource.name} ${state}`);

function track() {
  const heard: string[][] = [];
  const asked: number[] = [];
  const failures: unknown[] = [];
  const tracker = new Tracker({
    compare: (inputs: readonly DriftInput[]) => {
      asked.push(inputs.length);
      return compareObjects(inputs, { judge, schemas, target: '1.33', customTypes: [] });
    },
    changed: results => heard.push(said(results)),
    failed: error => failures.push(error),
  });
  return { tracker, heard, asked, failures };
}

describe('the tracker', () => {
  it('compares what is declared, and then only what changes', async () => {
    const { tracker, heard, asked } = track();
    tracker.declare([input(conf('a', '1'), conf('a', '1')), input(conf('b', '1'), undefined)]);
    await tracker.settled();
    expect(heard).toEqual([['a synced', 'b missing']]);
    tracker.observe(configMaps, 'shop', { type: 'modified', object: conf('a', '2') });
    await tracker.settled();
    tracker.observe(configMaps, 'shop', { type: 'deleted', object: conf('a', '2') });
    await tracker.settled();
    expect(heard.slice(1)).toEqual([['a drifted'], ['a missing']]);
    expect(asked).toEqual([2, 1, 1]);
    expect(said(tracker.results)).toEqual(['a missing', 'b missing']);
  });

  it('takes the events of one moment together, and tells nothing that was known', async () => {
    const { tracker, heard, asked } = track();
    tracker.declare([input(conf('a', '1'), undefined), input(conf('b', '1'), undefined)]);
    tracker.observe(configMaps, '', { type: 'reset', objects: [conf('a', '1'), conf('b', '2')] });
    await tracker.settled();
    expect(asked).toEqual([2]);
    expect(heard).toEqual([['a synced', 'b drifted']]);
    tracker.observe(configMaps, 'shop', { type: 'modified', object: conf('a', '1') });
    tracker.observe(configMaps, 'shop', { type: 'added', object: conf('other', '1') });
    await tracker.settled();
    expect(heard).toHaveLength(1);
  });

  it('knows nothing of a kind whose watch failed, until it is read again', async () => {
    const { tracker, heard } = track();
    tracker.declare([input(conf('a', '1'), conf('a', '1'))]);
    await tracker.settled();
    tracker.observe(configMaps, 'shop', { type: 'failed', reason: 'no permission' });
    await tracker.settled();
    tracker.observe(configMaps, 'elsewhere', { type: 'reset', objects: [] });
    tracker.observe(configMaps, 'shop', { type: 'reset', objects: [conf('a', '1')] });
    await tracker.settled();
    expect(heard).toEqual([['a synced'], ['a unknown'], ['a synced']]);
  });

  it('forgets what is not declared any more', async () => {
    const { tracker, heard } = track();
    tracker.declare([input(conf('a', '1'), conf('a', '1')), input(conf('b', '1'), undefined)]);
    await tracker.settled();
    tracker.declare([input(conf('a', '2'), conf('a', '1'))]);
    await tracker.settled();
    expect(heard.at(-1)).toEqual(['a drifted']);
    expect(said(tracker.results)).toEqual(['a drifted']);
  });

  it('reports a comparison that failed and goes on', async () => {
    const failures: unknown[] = [];
    let broken = true;
    const tracker = new Tracker({
      compare: async inputs => {
        if (broken) throw new Error('the program ended');
        return compareObjects(inputs, { judge, schemas, target: '1.33', customTypes: [] });
      },
      changed: () => {},
      failed: error => failures.push(error),
    });
    tracker.declare([input(conf('a', '1'), conf('a', '1'))]);
    await tracker.settled();
    expect(failures).toHaveLength(1);
    broken = false;
    tracker.observe(configMaps, 'shop', { type: 'modified', object: conf('a', '1') });
    await tracker.settled();
    expect(said(tracker.results)).toEqual(['a synced']);
  });
});
