import { describe, expect, it } from 'vitest';
import type { DriftInput } from '../../../../src/core/drift/input.ts';
import { Answers } from '../../../../src/core/drift/server/answers.ts';
import type { DryRunAnswer } from '../../../../src/core/drift/server/dryrun.ts';
import type { JsonObject } from '../../../../src/core/model/resource.ts';

const same: DryRunAnswer = { kind: 'same' };
const resource = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'n', name: 'c' };

const liveOf = (version: string, more: JsonObject = {}, data: JsonObject = { a: '1' }) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', uid: 'u', resourceVersion: version },
  data,
  ...more,
});
const input = (more: Partial<DriftInput> = {}): DriftInput => ({
  resource,
  desired: { apiVersion: 'v1', kind: 'ConfigMap', data: { a: '2', b: '3' } },
  live: liveOf('1'),
  owners: {},
  ignore: [],
  ...more,
});

function bench(statusApart = true) {
  const answers = new Answers();
  const key = (about: DriftInput, live: JsonObject, epoch = 'e') =>
    answers.keyOf(about, live, { epoch, statusApart });
  const first = input();
  answers.put(key(first, liveOf('1')), same, 1_000);
  const knows = (about: DriftInput, live: JsonObject, epoch?: string, now = 0) =>
    answers.find(key(about, live, epoch), now) !== undefined;
  return { answers, key, first, knows };
}

describe('what was answered is known', () => {
  it('for the same object, however its manifest is spelled and wherever it stands', () => {
    const { first, knows } = bench();
    expect(knows(first, liveOf('1'))).toBe(true);
    const other = { data: { b: '3', a: '2' }, kind: 'ConfigMap', apiVersion: 'v1' };
    const source = { file: 'a.yaml', line: 9, column: 1 };
    expect(knows(input({ desired: other, source, notes: ['x'] }), liveOf('1'))).toBe(true);
  });

  it('while only the status, times and the version change', () => {
    const { first, knows } = bench();
    expect(knows(first, liveOf('2', { status: { x: 1 } }))).toBe(true);
    const entry = {
      manager: 'm',
      operation: 'Update',
      subresource: 'status',
      time: 't',
      fieldsV1: { 'f:status': {} },
    };
    const metadata = { name: 'c', uid: 'u', resourceVersion: '3', managedFields: [entry] };
    expect(knows(first, liveOf('3', { metadata }))).toBe(true);
    // From now on under this version, too.
    expect(knows(first, liveOf('3', {}, { a: 'other' }))).toBe(true);
  });

  it('not when the status is a part of what is applied', () => {
    const { first, knows } = bench(false);
    expect(knows(first, liveOf('2', { status: { x: 1 } }))).toBe(false);
  });

  it('not for anything else', () => {
    const { first, knows } = bench();
    expect(knows(first, liveOf('2', {}, { a: '9' }))).toBe(false);
    expect(knows(input({ desired: { data: { a: '3' } } }), liveOf('1'))).toBe(false);
    expect(knows(first, liveOf('1'), 'another epoch')).toBe(false);
    const said = { mode: 'ssa', manager: 'flux' } as const;
    expect(knows(input({ owners: { said } }), liveOf('1'))).toBe(false);
    const gone = liveOf('1', { metadata: { name: 'c', uid: 'another', resourceVersion: '1' } });
    expect(knows(first, gone)).toBe(false);
    const owned = {
      manager: 'm',
      operation: 'Update',
      fieldsV1: { 'f:data': { 'f:a': {} } },
    };
    const metadata = { name: 'c', uid: 'u', resourceVersion: '4', managedFields: [owned] };
    expect(knows(first, liveOf('4', { metadata }))).toBe(false);
  });

  it('for as long as it counts', () => {
    const { first, knows } = bench();
    expect(knows(first, liveOf('1'), 'e', 999)).toBe(true);
    expect(knows(first, liveOf('1'), 'e', 1_000)).toBe(false);
  });

  it('of the last five thousand', () => {
    const { answers, key, first, knows } = bench();
    const about = (index: number) => liveOf(String(index), {}, { a: String(index) });
    for (let index = 10; index < 5_009; index++) answers.put(key(first, about(index)), same, 1_000);
    expect(knows(first, liveOf('1'))).toBe(true);
    // Looked at just now, it is the newest.
    for (let index = 6_000; index < 10_999; index++)
      answers.put(key(first, about(index)), same, 1_000);
    expect(knows(first, liveOf('1'))).toBe(true);
    expect(knows(first, about(11))).toBe(false);
  });

  it('by a hash that says nothing about a value outside of this session', () => {
    const desired = { apiVersion: 'v1', kind: 'Secret', data: { a: 'aHVudGVyMg==' } };
    const keys = [new Answers(), new Answers()].map(answers =>
      answers.keyOf(input({ desired, secrets: ['hunter2'] }), liveOf('1'), {
        epoch: 'e',
        statusApart: true,
      }),
    );
    expect(keys[0]?.version).not.toBe(keys[1]?.version);
    expect(keys[0]?.content).not.toBe(keys[1]?.content);
    expect(JSON.stringify(keys)).not.toContain('hunter2');
  });

  it('until when something open may be asked again', () => {
    const { answers, key, first } = bench();
    expect(answers.nextExpiry(0)).toBeUndefined();
    const open: DryRunAnswer = { kind: 'unavailable', reason: 'busy' };
    answers.put(key(first, liveOf('7', {}, { a: '7' })), open, 500);
    expect(answers.nextExpiry(0)).toBe(500);
    expect(answers.nextExpiry(600)).toBeUndefined();
  });
});
