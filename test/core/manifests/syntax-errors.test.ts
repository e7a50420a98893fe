import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseManifests } from '../../../src/core/manifests/parse.ts';

const shared = resolve(import.meta.dirname, '../../../../shared');
const cases = join(shared, 'validation/dev');

/** Each broken text with the stretch that is to blame, between « and », and a word of the sentence. */
const broken: [string, string, string][] = [
  ['tab', 'a:\n  b: 1\n«\t»c: 2\n', 'tab'],
  ['tab behind spaces', 'a:\n  b: 1\n  «\t»c: 2\n', 'tab'],
  ['tab behind a dash', 'a:\n  -«\t»b: 1\n    c: 2\n', 'tab'],
  ['a line of one tab', 'a:\n«\t»\n  b: 1\n', 'tab'],
  ['tab before a comment', 'a: "b"\n«\t»# c\nd: e\n', 'tab'],
  ['tab in a block', 'a: |\n  b\n  c\n«\t»\nd: 1\n', 'tab'],
  ['tab in a text of several lines', 'a: b\n  c\n«\t»\n  d\n', 'tab'],
  ['non-breaking spaces', 'a:\n  b: 1\n«\u00a0\u00a0»c: 2\n', 'non-breaking'],
  ['double quote', 'a: «"x»\nb: 1\nc: 2\n', 'quote'],
  ['single quote', "a: «'x»\nb: 1\n", 'quote'],
  ['quote in a list', 'a:\n  - «"x»\n  - "y"\n  - z\n', 'quote'],
  ['apostrophe', "a: «'it's'»\nb: 1\n", 'quote'],
  ['quotes in quotes', 'a: «"say "hi""»\nb: 1\n', 'quote'],
  ['bracket', 'a: «[»1, 2\nb: 3\n', 'bracket'],
  ['brace', 'a: «{»x: 1\nb: 3\n', 'bracket'],
  ['closing bracket', 'a: [1]«]»\n', 'no bracket'],
  ['comma', '{"a": 1\n "b"«:» 2}', 'comma'],
  ['colon without a space', '«a:1»\nb: 2\n', 'space'],
  ['no colon', 'a: 1\n«foo»\nc: 2\n', 'colon'],
  ['no colon, nested', 'spec:\n  «replicas 3»\n  x: 1\n', 'colon'],
  ['colon in a value', 'msg: «error: something»\nb: 1\n', 'quotes'],
  ['at sign', 'a: «@x»\n', '@'],
  ['backtick', 'a: «`x`»\n', '`'],
  ['percent', 'a: «%x»\n', '%'],
  ['star', 'a: «*»\n', '*'],
  ['glob', 'a: «*.example.com»\n', 'quotes'],
  ['ampersand', 'a: «& b»\n', '&'],
  ['text behind a block header', 'a: | «text»\n  b\n', 'block'],
  ['list item too far left', 'a:\n    - b: 1\n   «-» c: 1\n', 'list item'],
  ['key between two columns', 'a:\n    b: 1\n   «c: 1»\n', '3 spaces'],
  ['mapping below a value', 'a:\n  b: 1\n    «c»: 2\n', 'mapping'],
  ['list among keys', 'a: 1\n«-» b\n', 'list item'],
  ['key among items', '- a\n«b: 1»\n', 'list'],
  ['escape', 'a: "«\\d»"\n', 'escape'],
  ['block text too far left', 'a: |\n  x\n«loc { y; }»\n  z\nb: 1\n', 'block'],
  ['conflict', 'a:\n«<<<<<<< HEAD»\n  b: 1\n=======\n  b: 2\n>>>>>>> x\n', 'conflict'],
  ['template line', 'a: 1\n«{{- if .x }}»\nb: 2\n{{- end }}\n', '{{'],
  ['template value', 'a: «{{ .x }}»\n', '{{'],
  ['template and text', 'a: «{{ .x }}»-y\n', '{{'],
  ['control character', 'a: x«\u0007»y\n', 'U+0007'],
  ['NUL', 'a: «\0»\n', 'U+0000'],
  ['second JSON value', '{"a": 1}\n«{"b": 2}»', '---'],
  ['self-containing anchor', 'a: &x [«*x»]\n', 'contains itself'],
  ['null key', '«~»: 1\n', 'null'],
  ['list as key', '? «[a]»\n: 1\n', 'list'],
  ['merge of a number', 'a: {<<: «5»}\n', 'merge'],
];

describe('a syntax error', () => {
  it.each(broken)('(%s) is one sentence on the text that causes it', (_, marked, word) => {
    const [before = '', blamed = '', after = ''] = marked.split(/[«»]/);
    const parsed = parseManifests(before + blamed + after);
    expect(parsed.problems).toHaveLength(1);
    expect(parsed.documents[0]?.root).toBeUndefined();
    const [problem] = parsed.problems;
    expect(problem?.rule).toBe('yaml-syntax');
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    expect(problem).toMatchObject({
      line,
      column,
      endLine: line,
      endColumn: column + blamed.length,
    });
    expect(problem?.message).toContain(word);
    expect(problem?.message).toMatch(/^[A-Z].*\.$/);
  });

  it.each([
    'a: b\t\nc:\t# d\n  e: f\t# g\n',
    'a: |\n  b\n  \t\n  \tc\n',
    'a: "b\n\tc"\nd: 1\n',
    'a: [\n\tb,\n\t\n]\n',
    'a: b\n  \t\nc: d\n',
    '{\n\t"a": 1\n}\n',
  ])('is none where Kubernetes takes a tab: %j', text => {
    expect(parseManifests(text).problems).toEqual([]);
  });

  it('leaves the other documents of the file', () => {
    const parsed = parseManifests('a: 1\n---\nb: "x\n---\nc: [\n---\nd: 4\n');
    expect(parsed.problems.map(({ document, line }) => [document, line])).toEqual([
      [1, 3],
      [2, 5],
    ]);
    expect(parsed.documents.map(({ root }) => root !== undefined)).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it('does not repeat values, which may be secret', () => {
    const texts = [
      'password: hunter2\n    x: 1\n',
      'a: 1\nhunter2\nb: 1\n',
      'a: !!int hunter2\n',
      'a: "hunter2\nb: 1\n',
    ];
    for (const text of texts) {
      const { problems } = parseManifests(text);
      expect(problems).toHaveLength(1);
      expect(problems[0]?.message).not.toContain('hunter2');
    }
  });
});

describe.skipIf(!existsSync(cases) && !process.env.CI)('the yaml-syntax cases', () => {
  const folders = existsSync(cases) ? readdirSync(cases) : [];
  const expected = folders.map(id =>
    JSON.parse(readFileSync(join(cases, id, 'expected.json'), 'utf8')),
  );
  type Place = { file: string; line: number };
  type Diagnostic = Place & { rule: string; mention?: string[]; acceptAlso?: Place[] };

  it.each(
    expected.flatMap(({ id, diagnostics }: { id: string; diagnostics: Diagnostic[] }) =>
      diagnostics
        .filter(({ rule }) => rule === 'yaml-syntax' || rule === 'duplicate-key')
        .map(diagnostic => [id, diagnostic] as const),
    ),
  )('%s is found on its line', (id, { file, line, rule, mention, acceptAlso = [] }) => {
    const { problems } = parseManifests(readFileSync(join(cases, id, file), 'utf8'));
    const lines = [line, ...acceptAlso.map(place => place.line)];
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) {
      expect(lines).toContain(problem.line);
      expect(problem.rule).toBe(rule);
      if (mention)
        expect(mention.some(word => problem.message.toLowerCase().includes(word))).toBe(true);
    }
  });

  it('are there', () => {
    expect(folders.length).toBeGreaterThan(100);
  });
});
