import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../../src/core/manifests/parse.ts';
import { codesOf, readQuickly } from '../../../../src/core/manifests/text/quick/read-quickly.ts';
import { splitDocuments } from '../../../../src/core/manifests/text/split.ts';

/** What both readers make of a text's first document. */
function read(text: string) {
  const [chunk] = splitDocuments(text);
  if (!chunk) throw new Error('There is no document.');
  return { quick: readQuickly(text, codesOf(text), chunk), other: readDocument(text, chunk) };
}

describe('the quick reader', () => {
  it.each([
    ['maps and lists', 'a:\n  b: 1\n  c:\n  - x\n  - y: 2\n    z: 3\nd:\n    - - 4\n      - 5\n'],
    ['comments', '# c\na: x # c\n  # c\nb: # c\n  - # c\n    c: 80 # c\n#\n'],
    ['values that are not there', 'a:\nb:\n  - \n  -\nc: {d: , e: }\n'],
    ['quoted texts', `"a": 'it''s'\n'b': "x\\n\\u00e9\\t"\n"yes": "no" # c\n`],
    [
      'texts over several lines',
      `a: one\n  two\n\n  three\nb: "one\n  two\\\n  three"\nc: 'x\n\n  y'\n`,
    ],
    [
      'literal blocks',
      'a: |\n  x\n    y\n\n  z\n\nb: |-\n  x\nc: |+\n  x\n\nd: |2\n    x\ne: |\nf: 1\n',
    ],
    ['folded blocks', 'a: >-\n  x\n  y\n\n  z\n    more\n  w\nb: > # c\n  x\n'],
    ['a block at the end of the text', 'a: |\n  x\n  y'],
    ['JSON', '{\n\t"a": [1, 2.5, true, null, "x\\/y", "\\ud83d\\ude00"],\n\t"b": {}\n}\n'],
    ['JSON behind a marker', '---\n{"a":1,"b":["c"],"d":{"e":[]}}\n'],
    ['flow style', 'a: [x, "y", {b: c, d: [e]}, ]\nf: {"g":h, i: 1}\nj: [\n  k, # c\n  l\n  ]\n'],
    ['names that are no text', '80: a\nyes: b\n1.5: c\n0x1F: d\n'],
    ['anchors of scalars', 'a: &x web\nb: *x\nc:\n  - &y "1"\n  - *y\n'],
    ['a document of nothing', '---\n# c\n'],
    ['a lone scalar', 'x y\n'],
    ['characters of all kinds', 'é: ü ☃ 😀 # ☃\nb: "\u00a0"\n'],
  ])('reads %s', (_, text) => {
    const { quick, other } = read(text);
    expect(other.defects).toEqual([]);
    expect({ ...quick, defects: [] }).toEqual(other);
  });

  it.each([
    ['tags', 'a: !!str 1\n'],
    ['merge keys', 'a: &x {b: 1}\nc:\n  <<: *x\n'],
    ['aliases of maps', 'a: &x {b: 1}\nc: *x\n'],
    ['unknown aliases', 'a: *x\n'],
    ['keys that are set twice', 'a: 1\na: 2\n'],
    [
      'keys that are set twice in a large map',
      `${'abcdefghijklmnopqrstuvwxyz'.replace(/./g, '$&: 1\n')}k: 2\n`,
    ],
    ['complex keys', '? a\n: b\n'],
    ['templates', 'a: {{ .x }}\n{{- if .y }}\nb: 1\n{{- end }}\n'],
    ['tabs where blanks stand', 'a:\n  b: 1\n\tc: 2\n'],
    ['numbers that JSON cannot hold', 'a: .inf\n'],
    ['escapes that YAML 1.1 does not have', '---\na: "\\/"\n'],
    ['wrong indentation', 'a:\n  b: 1\n c: 2\n'],
    ['directives', '%YAML 1.1\n---\na: 1\n'],
    ['what follows a value', 'a: "b" c\n'],
    ['what is not closed', 'a: [1, 2\n'],
    ['nesting without end', `${'['.repeat(200)}${']'.repeat(200)}\n`],
  ])('gives up %s', (_, text) => {
    expect(read(text).quick).toBeUndefined();
  });

  it('reads texts of every size, each from its own characters', () => {
    const long = `a: ${'x'.repeat(70_000)}\n`;
    const longest = `b: ${'y'.repeat(3_000_000)}\n`;
    for (const text of [long, 'c: 1\n', longest, long, 'd: é\n']) {
      const { quick, other } = read(text);
      expect({ ...quick, defects: [] }).toEqual(other);
    }
  });
});
