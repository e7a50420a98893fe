import { describe, expect, it } from 'vitest';
import type { DriftPath } from '../../src/core/model/drift.ts';
import type { Json } from '../../src/core/model/resource.ts';
import { takeValue } from '../../src/lsp/take.ts';

const object = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };

/** The text after what runs was taken; undefined where that is not offered. */
function taken(
  text: string,
  line: number,
  [desired, live]: [Json, Json],
  more: Partial<DriftPath & { as: string }> = {},
): string | undefined {
  const { as = 'Deployment', ...rest } = more;
  const path: DriftPath = { path: '.data.x', kind: 'changed', desired, live, by: [], ...rest };
  const group = as === 'Secret' ? '' : object.group;
  const splice = takeValue(text, line, { ...object, kind: as, group }, path);
  return splice && text.slice(0, splice.start) + splice.newText + text.slice(splice.end);
}

describe('taking what runs into a file', () => {
  it.each<[string, string, [Json, Json], string]>([
    ['a number, with its comment', 'a:   3   # keep', [3, 5], 'a:   5   # keep'],
    ['a plain text', 'a: info', ['info', 'debug'], 'a: debug'],
    ['double quotes', 'a: "1"', ['1', '2'], 'a: "2"'],
    ['single quotes', "a: 'it'", ['it', "it's"], "a: 'it''s'"],
    ['a text that would be read as a number', 'a: one', ['one', '1'], 'a: "1"'],
    ['a text that would be read as true', 'a: one', ['one', 'yes'], 'a: "yes"'],
    ['a text that would begin a comment', 'a: one', ['one', 'x #y'], 'a: "x #y"'],
    ['a text that would be a map', 'a: one', ['one', 'x: y'], 'a: "x: y"'],
    ['a value that a template makes a text', 'a: 3', ['3', '5'], 'a: 5'],
    ['one of several on a line', '{a: 1, b: 2}', [2, 7], '{a: 1, b: 7}'],
    ['true', 'a: true', [true, false], 'a: false'],
    ['an item of a list', '- x\n- y', ['x', 'z'], '- z\n- y'],
  ])('writes %s', (_, before, values, after) => {
    expect(taken(before, 1, values)).toBe(after);
  });

  it('leaves line ends and other documents alone', () => {
    const text = 'a: 3\r\n---\r\nb: 3\r\n';
    expect(taken(text, 3, [3, 5])).toBe('a: 3\r\n---\r\nb: 5\r\n');
  });

  it('takes the value at the known column where several are the same', () => {
    const source = { file: 'f', line: 1, column: 12 };
    expect(taken('{a: 1, bcd: 1}', 1, [1, 2])).toBeUndefined();
    expect(taken('{a: 1, bc: 1}', 1, [1, 2], { source })).toBe('{a: 1, bc: 2}');
  });

  it.each<[string, string, [Json, Json], Partial<DriftPath & { as: string }>]>([
    ['another value on the line', 'newTag: 1.8.2', ['web:1.8.2', 'web:1.9'], {}],
    ['a template', 'a: {{ .Values.a }}', [3, 5], {}],
    ['an alias', 'x: &a 3\ny: *a', [3, 5], { as: 'alias' }],
    ['a block of text', 'a: |\n  3', ['3', '5'], {}],
    ['a text of several lines', 'a: x', ['x', 'x\ny'], {}],
    ['a secret', 'a: b', ['b', 'c'], { as: 'Secret', path: '.data.a' }],
    ['a list', 'a: [1]', [[1], [2]], {}],
    ['what is not set', 'a: 3', [3, null], {}],
    ['what is stale', 'a: 3', [3, 5], { kind: 'stale' }],
    ['a broken text', 'a: [3', [3, 5], {}],
  ])('does not offer it for %s', (_, text, values, more) => {
    expect(taken(text, text.includes('*a') ? 2 : 1, values, more)).toBeUndefined();
  });
});
