import { describe, expect, it } from 'vitest';
import {
  jsonOf,
  keyRange,
  nodeAt,
  offsetAt,
  positionAt,
  rangeOf,
} from '../../../src/core/manifests/locate.ts';
import { parseManifests } from '../../../src/core/manifests/parse.ts';
import type { Node, ParsedFile } from '../../../src/core/manifests/syntax.ts';
import type { Pointer } from '../../../src/core/model/path.ts';

/** The text of the value and of the key at a pointer of a document. */
function textAt(text: string, pointer: Pointer, document = 0): { key: string; value: string } {
  const parsed = parseManifests(text);
  const root = parsed.documents[document]?.root;
  const node = nodeAt(root, pointer);
  if (!node) throw new Error(`nothing at ${pointer.join('.')}`);
  const range = keyRange(parsed, root, pointer);
  if (!range) throw new Error(`no key at ${pointer.join('.')}`);
  const from = offsetAt(parsed, range.line, range.column);
  const to = offsetAt(parsed, range.endLine, range.endColumn);
  return { key: text.slice(from, to), value: text.slice(node.start, node.end) };
}

function values(parsed: ParsedFile) {
  return parsed.documents.map(({ root }) => root && jsonOf(root));
}

/** Every node of a tree with the text it claims. */
function allNodes(node: Node): Node[] {
  if (node.kind === 'list') return [node, ...node.items.flatMap(allNodes)];
  if (node.kind === 'map') return [node, ...node.entries.flatMap(entry => allNodes(entry.node))];
  return [node];
}

describe('places', () => {
  const text = [
    '# a comment',
    'apiVersion: v1 # behind',
    'metadata: {name: "web", labels: {a: \'b\'}, e: }',
    'spec:',
    '  ports:',
    '  # above the item',
    '  - 80',
    '  -',
    '  - name: http   # inline',
    '    "quoted key": x',
    '  - - nested',
    '  empty:',
    '  script: |-  # header comment',
    '    echo 1',
    '',
    '    echo 2',
    '',
    '  folded: >',
    '    a',
    '    b',
    '  last: &anchor !!str 5',
    '  copy: *anchor',
    '',
  ].join('\n');

  it.each<[Pointer, string, string]>([
    [['apiVersion'], 'apiVersion', 'v1'],
    [['metadata'], 'metadata', '{name: "web", labels: {a: \'b\'}, e: }'],
    [['metadata', 'name'], 'name', '"web"'],
    [['metadata', 'labels', 'a'], 'a', "'b'"],
    [['metadata', 'e'], 'e', ''],
    [['spec', 'ports', 0], '80', '80'],
    [['spec', 'ports', 1], '', ''],
    [
      ['spec', 'ports', 2],
      'name: http   # inline\n    "quoted key": x',
      'name: http   # inline\n    "quoted key": x',
    ],
    [['spec', 'ports', 2, 'quoted key'], '"quoted key"', 'x'],
    [['spec', 'ports', 3], '- nested', '- nested'],
    [['spec', 'ports', 3, 0], 'nested', 'nested'],
    [['spec', 'empty'], 'empty', ''],
    [['spec', 'script'], 'script', '|-  # header comment\n    echo 1\n\n    echo 2'],
    [['spec', 'folded'], 'folded', '>\n    a\n    b'],
    [['spec', 'last'], 'last', '5'],
    [['spec', 'copy'], 'copy', '*anchor'],
  ])('of %j', (pointer, key, value) => {
    expect(textAt(text, pointer)).toEqual({ key, value });
  });

  it('put an empty value behind its colon or dash', () => {
    const parsed = parseManifests(text);
    const at = (pointer: Pointer) => {
      const node = nodeAt(parsed.documents[0]?.root, pointer);
      return positionAt(parsed, node?.start ?? -1);
    };
    expect(at(['spec', 'empty'])).toEqual({ line: 12, column: 9 });
    expect(at(['spec', 'ports', 1])).toEqual({ line: 8, column: 4 });
    expect(at(['metadata', 'e'])).toEqual({ line: 3, column: 45 });
  });

  it('enclose the places of what is inside', () => {
    for (const node of allNodes(parseManifests(text).documents[0]?.root as Node)) {
      const inside =
        node.kind === 'list'
          ? node.items
          : node.kind === 'map'
            ? node.entries.map(e => e.node)
            : [];
      for (const child of inside) {
        expect(child.start).toBeGreaterThanOrEqual(node.start);
        expect(child.end).toBeLessThanOrEqual(node.end);
      }
    }
  });

  it.each(['\n', '\r\n'])('count lines and UTF-16 columns with line break %j', lineBreak => {
    const lines = ['a: "😀" # x', 'b:', '  ключ: value', ''].join(lineBreak);
    const parsed = parseManifests(lines);
    const node = nodeAt(parsed.documents[0]?.root, ['b', 'ключ']) as Node;
    expect(rangeOf(parsed, node.start, node.end)).toEqual({
      line: 3,
      column: 9,
      endLine: 3,
      endColumn: 14,
    });
    expect(textAt(lines, ['a']).value).toBe('"😀"');
  });

  it('do not count a byte order mark', () => {
    const parsed = parseManifests('\uFEFFa: 1\nb: 2\n');
    expect(keyRange(parsed, parsed.documents[0]?.root, ['a'])).toMatchObject({
      line: 1,
      column: 1,
    });
    expect(keyRange(parsed, parsed.documents[0]?.root, ['b'])).toMatchObject({
      line: 2,
      column: 1,
    });
    expect(offsetAt(parsed, 1, 1)).toBe(1);
  });

  it('are right in JSON that is indented with tabs', () => {
    const json = '{\n\t"a": [\n\t\t1,\n\t\t{"b": "c"}\n\t]\n}\n';
    expect(textAt(json, ['a', 1, 'b'])).toEqual({ key: '"b"', value: '"c"' });
    expect(textAt(json, ['a'])).toEqual({ key: '"a"', value: '[\n\t\t1,\n\t\t{"b": "c"}\n\t]' });
    expect(parseManifests(json).problems).toEqual([]);
  });

  it('are right in every document and behind under-indented brackets', () => {
    const several = '# head\n---\na: 1\n---\nb:\n  c: [\n  x, # comment\n  ]\n  d: y\n';
    expect(textAt(several, ['b', 'c', 0], 1)).toEqual({ key: 'x', value: 'x' });
    expect(textAt(several, ['b', 'd'], 1)).toEqual({ key: 'd', value: 'y' });
  });
});

describe('documents', () => {
  it.each([
    ['', []],
    ['# only a comment\n', []],
    ['a: 1', [{ a: 1 }]],
    ['---\n---\na: 1\n---\n# nothing\n', [undefined, { a: 1 }, undefined]],
    ['# head\n--- # tail\na: 1\n...\n# after\n---\nb: 2\n...\n', [{ a: 1 }, { b: 2 }]],
    ['%YAML 1.1\n---\na: yes\n', [{ a: true }]],
    ['a: |\n  x\n --- no marker\n', [undefined]],
    ['a: 1\r\n---\r\nb: 2\r\n', [{ a: 1 }, { b: 2 }]],
    ['a: "\n---\nb: 1\n', [undefined, { b: 1 }]],
    ['"---": 1\n---b: 2\n', [{ '---': 1, '---b': 2 }]],
  ])('of %j', (text, expected) => {
    expect(values(parseManifests(text))).toEqual(expected);
  });

  it('are the items of a List, also of a typed one, whose items may leave out their type', () => {
    const parsed = parseManifests(
      'kind: List\napiVersion: v1\nitems:\n- {kind: A, apiVersion: v1}\n- kind: List\n  items: [{kind: B}]\n---\napiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: x}\n---\nkind: List\nitems: []\n',
    );
    expect(values(parsed)).toEqual([
      { kind: 'A', apiVersion: 'v1' },
      { kind: 'B' },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } },
    ]);
    expect(parsed.documents.map(({ index, within }) => [index, within])).toEqual([
      [0, ['items', 0]],
      [0, ['items', 1, 'items', 0]],
      [1, ['items', 0]],
    ]);
  });

  it('are no List for a kind that only ends so', () => {
    const text = 'apiVersion: x/v1\nkind: AllowList\nspec: {items: [1]}\n';
    expect(values(parseManifests(text))).toHaveLength(1);
  });
});

describe('anchors, aliases and merge keys', () => {
  it('may define an anchor again, and keep the place of the alias', () => {
    const text = 'a: &x 1\nb: *x\nc: &x {d: 2}\ne: *x\n';
    const parsed = parseManifests(text);
    expect(values(parsed)).toEqual([{ a: 1, b: 1, c: { d: 2 }, e: { d: 2 } }]);
    const alias = nodeAt(parsed.documents[0]?.root, ['e']) as Node;
    expect(alias.alias).toBe('x');
    expect(text.slice(alias.start, alias.end)).toBe('*x');
    expect(nodeAt(parsed.documents[0]?.root, ['a'])?.alias).toBeUndefined();
  });

  it('show where a merged value is written', () => {
    const text = 'base: &base\n  cpu: 1\n  mem: 2\nuse:\n  <<: *base\n  mem: 3\n';
    const parsed = parseManifests(text);
    expect(parsed.problems).toEqual([]);
    const cpu = nodeAt(parsed.documents[0]?.root, ['use', 'cpu']) as Node;
    expect([cpu.alias, positionAt(parsed, cpu.start).line]).toEqual(['base', 2]);
    const use = nodeAt(parsed.documents[0]?.root, ['use']);
    expect(
      use?.kind === 'map' && use.entries.map(({ key, merged }) => [key, merged ?? false]),
    ).toEqual([
      ['cpu', true],
      ['mem', false],
    ]);
  });

  it('end with the document', () => {
    const parsed = parseManifests('a: &x 1\n---\nb: 1\nc: *x\n');
    expect(parsed.problems).toMatchObject([
      { rule: 'yaml-syntax', document: 1, line: 4, column: 4, endColumn: 6 },
    ]);
    expect(values(parsed)).toEqual([{ a: 1 }, undefined]);
  });

  it('do not quote the text of a Secret', () => {
    const [problem] = parseManifests('kind: Secret\nstringData:\n  p: *hunter2\n').problems;
    expect(problem?.message).not.toContain('hunter2');
  });
});

describe('duplicate keys', () => {
  it('are reported on the later key, which wins', () => {
    const parsed = parseManifests('a: 1\nb:\n  c: 1\n  "c": 2\na: 3\n');
    expect(values(parsed)).toEqual([{ a: 3, b: { c: 2 } }]);
    expect(parsed.problems).toMatchObject([
      { rule: 'duplicate-key', line: 4, column: 3, endColumn: 6 },
      { rule: 'duplicate-key', line: 5, column: 1, endColumn: 2 },
    ]);
    expect(parsed.problems[0]?.message).toContain('"c"');
  });

  it('are found in large maps', () => {
    const keys = Array.from({ length: 3000 }, (_, at) => `k${at}: ${at}`);
    const { problems } = parseManifests([...keys, 'k7: again'].join('\n'));
    expect(problems.map(({ line }) => line)).toEqual([3001]);
  });
});
