import { describe, expect, it } from 'vitest';
import { differences } from '../../scripts/fuzz-validation/compare.ts';
import { classesOf } from '../../scripts/fuzz-validation/listed.ts';
import { withoutMadeName } from '../../scripts/fuzz-validation/made-name.ts';
import type { OurWord } from '../../scripts/fuzz-validation/our-word.ts';
import {
  type Cause,
  plainField,
  type Word,
  warningOf,
} from '../../scripts/fuzz-validation/word.ts';
import type { JsonObject } from '../../src/core/model/resource.ts';

const accepted: Word = { says: 'accepted', causes: [], warnings: [] };
const refused = (...causes: Cause[]): Word => ({
  says: 'refused',
  at: 'validation',
  causes,
  warnings: [],
});
const cause = (field: string, message = 'Required value'): Cause => ({ field, message });
const what = (server: Word, ours: OurWord, older = false) =>
  differences(server, ours, older).map(each => each.what);

describe('two words about an object', () => {
  it('differ by verdict, causes and warnings', () => {
    expect(what(accepted, accepted)).toEqual([]);
    expect(what(accepted, refused(cause('a')))).toEqual(['verdict']);
    expect(what(refused(cause('a')), accepted)).toEqual(['verdict']);
    expect(what(refused(cause('a')), refused(cause('a')))).toEqual([]);
    expect(what(refused(cause('a')), refused(cause('b')))).toEqual(['causes']);
    expect(what(refused(cause('a'), cause('b')), refused(cause('a')))).toEqual(['causes']);
    expect(what(refused(cause('a')), { ...refused(cause('a')), at: 'strict' })).toEqual(['causes']);
    const warned = { ...accepted, warnings: [warningOf('spec.x: deprecated')] };
    expect(what(warned, accepted)).toEqual(['warnings']);
    expect(what(accepted, warned)).toEqual(['warnings']);
    expect(what(accepted, { ...accepted, says: 'nothing' })).toEqual(['verdict']);
  });

  it('are the same where ours leaves a value out, and of older servers where the fields are', () => {
    const long = refused(cause('a', 'Invalid value: "0123456789": too long'));
    expect(what(long, refused(cause('a', 'Invalid value: …: too long')))).toEqual([]);
    expect(what(long, refused(cause('a', 'Invalid value: …: too short')))).toEqual(['causes']);
    expect(what(long, refused(cause('a', 'Too long')))).toEqual(['causes']);
    expect(what(long, refused(cause('a', 'Too long')), true)).toEqual([]);
  });

  it('are the same where each made up the end of a name', () => {
    const named = (name: string) => refused(cause('metadata.name', `Invalid value: "${name}": no`));
    const object = (metadata: JsonObject) => ({ kind: 'Pod', metadata });
    const same = (metadata: JsonObject, ours = named('A_dtp68')) =>
      what(
        withoutMadeName(object(metadata), named('A_27t6v')),
        withoutMadeName(object(metadata), ours),
      );
    expect(same({ generateName: 'A_' })).toEqual([]);
    expect(same({ generateName: 'A_' }, named('B_dtp68'))).toEqual(['causes']);
    expect(same({ generateName: 'A_', name: 'A_27t6v' })).toEqual(['causes']);
    expect(same({})).toEqual(['causes']);
  });

  it('do not differ about what is told as not checked', () => {
    const unsure = { ...accepted, unsure: ['spec.template'] };
    expect(what(refused(cause('spec.template.spec')), unsure)).toEqual([]);
    expect(what(refused(cause('spec.templates')), unsure)).toEqual(['verdict']);
  });

  it('differ where a person is told something else, or not where it is', () => {
    const violation = { rule: 'x', on: 'value', message: 'x.' } as const;
    const error = { ...violation, severity: 'error', pointer: ['spec'] } as const;
    const told = (word: Word, ...violations: (typeof error)[]): OurWord => ({
      ...word,
      violations: violations.map(each => ({ ...each, pointer: [...each.pointer] })),
    });
    expect(what(accepted, told(accepted))).toEqual([]);
    expect(what(accepted, told(accepted, error))).toEqual(['told']);
    expect(what(refused(cause('a')), told(refused(cause('a'))))).toEqual(['told']);
    const unread: Word = { ...refused(cause('')), at: 'decoding' };
    const nowhere = { ...told(unread), violations: [{ ...error, pointer: [] }] };
    expect(what(unread, nowhere)).toEqual(['place']);
    expect(what(unread, told(unread, error))).toEqual([]);
  });
});

describe('a listed class', () => {
  const listed = [
    { id: 'a', what: ['causes' as const], kinds: 'Service$', line: '^ours: x', reason: 'r' },
    { id: 'old', what: ['causes' as const], before: 34, line: '^server: ', reason: 'r' },
  ];
  const found = (lines: string[], kind: string, minor: number) =>
    classesOf(
      { what: 'causes', lines },
      { object: { apiVersion: 'v1', kind }, server: accepted, minor },
      listed,
    );

  it('explains a difference only when each of its lines fits', () => {
    expect(found(['ours: x'], 'Service', 36)).toEqual(['a']);
    expect(found(['ours: x', 'ours: z'], 'Service', 36)).toBeUndefined();
    expect(found(['ours: x'], 'Pod', 36)).toBeUndefined();
    expect(found(['server: z'], 'Pod', 36)).toBeUndefined();
    expect(found(['server: z'], 'Pod', 33)).toEqual(['old']);
  });
});

it('fields are comparable however they are written', () => {
  expect(plainField('.metadata.labels["a.b/c"]')).toBe('metadata.labels.a.b/c');
  expect(plainField('metadata.labels[a.b/c]')).toBe('metadata.labels.a.b/c');
  expect(plainField('<nil>')).toBe('');
});
