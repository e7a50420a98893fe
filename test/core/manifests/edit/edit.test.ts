import { describe, expect, it } from 'vitest';
import { editYaml } from '../../../../src/core/manifests/edit/edit.ts';
import type { Pointer } from '../../../../src/core/model/path.ts';
import type { Json } from '../../../../src/core/model/resource.ts';

const set = (text: string, pointer: Pointer, value: Json, order?: string[]) =>
  editYaml(text, { document: 0, pointer, value, ...(order && { order }) });
const takeOut = (text: string, pointer: Pointer, keeps = false) =>
  editYaml(text, { document: 0, pointer, keeps: () => keeps });

describe('editing YAML by splices', () => {
  it.each<[string, string, Pointer, Json, string]>([
    ['a number, with its comment', 'a:   3   # keep\n', ['a'], 5, 'a:   5   # keep\n'],
    ['double quotes', 'a: "1"', ['a'], '2', 'a: "2"'],
    ['single quotes', "a: 'it'", ['a'], "it's", "a: 'it''s'"],
    ['a text that YAML 1.1 reads as true', 'a: one', ['a'], 'yes', 'a: "yes"'],
    ['a text that YAML 1.1 reads as octal', 'a: one', ['a'], '0644', 'a: "0644"'],
    ['a text that reads as a float', 'a: one', ['a'], '1e3', 'a: "1e3"'],
    ['a text that YAML 1.1 reads by sixty', 'a: one', ['a'], '1:30', 'a: "1:30"'],
    ['the quotes of the file', "b: 'x'\na: one", ['a'], 'no', "b: 'x'\na: 'no'"],
    ['null', 'a: 1', ['a'], null, 'a: null'],
    [
      'in brackets',
      'a: {b: 1, c: [x, y]} # k',
      ['a', 'c', 1],
      'z, w',
      'a: {b: 1, c: [x, "z, w"]} # k',
    ],
    [
      'a block of text',
      'a: |\n    x\n    y\nb: 1\n',
      ['a'],
      'x\nz\n',
      'a: |\n    x\n    z\nb: 1\n',
    ],
    [
      'a block without a line break at its end',
      'a: | # c\n  x\n',
      ['a'],
      'x\ny',
      'a: |- # c\n  x\n  y\n',
    ],
    [
      'a text that becomes a block',
      'a: x # c\nb: 1\n',
      ['a'],
      'x\ny\n',
      'a: | # c\n  x\n  y\nb: 1\n',
    ],
    [
      'one more item',
      'a:\n  - x # 1\n  - q\n',
      ['a'],
      ['x', 'p', 'q'],
      'a:\n  - x # 1\n  - p\n  - q\n',
    ],
    [
      'an item less',
      'a:\n- x\n# about q\n- q # q\n- z\n',
      ['a'],
      ['x', 'z'],
      'a:\n- x\n# about q\n- z\n',
    ],
    [
      'items in another order',
      'a:\n- x # 1\n# 2\n- q\n',
      ['a'],
      ['q', 'x'],
      'a:\n# 2\n- q\n- x # 1\n',
    ],
    [
      'a member by its name',
      'c:\n- name: a\n  image: x # i\n- name: b\n',
      ['c'],
      [{ name: 'b' }, { name: 'a', image: 'q' }],
      'c:\n- name: b\n- name: a\n  image: q # i\n',
    ],
    [
      'JSON',
      '{\n  "a": {\n    "b": 1\n  }\n}\n',
      ['a', 'c'],
      'x',
      '{\n  "a": {\n    "b": 1,\n    "c": "x"\n  }\n}\n',
    ],
    ['line breaks of Windows', 'a:\r\n  b: 1\r\n', ['a', 'c'], 2, 'a:\r\n  b: 1\r\n  c: 2\r\n'],
    ['a text without an end of line', 'a:\n  b: 1', ['a', 'c'], 2, 'a:\n  b: 1\n  c: 2'],
    [
      'missing parents',
      'spec:\n  a: 1\n',
      ['spec', 'b', 'c'],
      2,
      'spec:\n  a: 1\n  b:\n    c: 2\n',
    ],
    ['an empty map', 'a: {} # k\nb: 1\n', ['a', 'c'], 2, 'a: # k\n  c: 2\nb: 1\n'],
    ['a key without a value', 'a:\nb: 1\n', ['a', 'c'], 2, 'a:\n  c: 2\nb: 1\n'],
    ['an anchored value', 'a: &x 1 # k\nb: *x\n', ['b'], 2, ''],
  ])('keeps %s', (_, before, pointer, value, after) => {
    if (after === '') expect(() => set(before, pointer, value)).toThrow('&x');
    else expect(set(before, pointer, value)).toBe(after);
  });

  it('puts a new key behind its neighbour in the order of what runs', () => {
    const order = ['image', 'name', 'ports', 'resources'];
    expect(set('a:\n  name: x\n  resources: {}\n', ['a', 'ports'], 1, order)).toBe(
      'a:\n  name: x\n  ports: 1\n  resources: {}\n',
    );
    expect(set('a:\n  name: x\n', ['a', 'image'], 'q', order)).toBe('a:\n  image: q\n  name: x\n');
    expect(set('- name: x\n  ports: 1\n', [0, 'image'], 'q', order)).toBe(
      '- name: x\n  image: q\n  ports: 1\n',
    );
  });

  it('takes a key out with its line, and parents that it leaves empty', () => {
    expect(takeOut('a:\n  # why\n  b: 1 # b\n  c: 2\n', ['a', 'b'])).toBe('a:\n  # why\n  c: 2\n');
    expect(takeOut('m:\n  a:\n    b: 1\nz: 2\n', ['m', 'a', 'b'])).toBe('z: 2\n');
    expect(takeOut('m:\n  a:\n    b: 1\nz: 2\n', ['m', 'a', 'b'], true)).toBe(
      'm:\n  a: {}\nz: 2\n',
    );
    expect(takeOut('- name: a\n  b: 1\n- name: c\n', [0, 'name'])).toBe('- b: 1\n- name: c\n');
    expect(takeOut('a: {b: 1, c: 2}\n', ['a', 'b'])).toBe('a: {c: 2}\n');
    expect(takeOut('a: [x, y, z]\n', ['a', 1])).toBe('a: [x, z]\n');
  });

  it('leaves other documents alone', () => {
    const text = 'a: 1\n---\n# c\na: 1\n---\na: 1\n';
    expect(editYaml(text, { document: 1, pointer: ['a'], value: 2 })).toBe(
      'a: 1\n---\n# c\na: 2\n---\na: 1\n',
    );
  });

  it('edits an item of a List', () => {
    const text = 'apiVersion: v1\nkind: List\nitems:\n- kind: A\n  a: 1 # x\n- kind: B\n  a: 1\n';
    expect(editYaml(text, { document: 1, pointer: ['a'], value: 2 })).toBe(
      text.replace(/1\n$/, '2\n'),
    );
  });

  it('refuses what a merge key brings', () => {
    expect(() => set('x: &x {a: 1}\nz:\n  <<: *x\n', ['z', 'a'], 2)).toThrow('anchor');
  });
});
