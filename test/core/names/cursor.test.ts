// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Flux
import { describe, expect, it } from 'vitest';
import { cursorAt } from '../../../src/core/names/cursor.ts';
import { withoutElsewhere } from '../../../src/core/names/skeleton.ts';
import { pathText } from '../../../src/core/names/spot.ts';

/** `█` is where somebody types. Answers `value spec.ports[].name «ht»`. */
function told(text: string): string {
  const offset = text.indexOf('█');
  const cursor = cursorAt(text.replace('█', ''), offset);
  if (!cursor) return 'nowhere';
  const { part, path, token } = cursor;
  const quote = token.quote === '' ? '' : ` in ${token.quote}`;
  return `${part} ${pathText(path)} «${token.typed}»${quote}`.replace('  ', ' ');
}

describe('the place where somebody types', () => {
  it.each<[string, string, string]>([
    ['an empty document', '█', 'either «»'],
    ['an empty value', 'kind: █', 'value kind «»'],
    ['a value with neighbours', 'a: 1\nkind: Dep█\nb: 2', 'value kind «Dep»'],
    ['a value in single quotes', "kind: 'De█p'", "value kind «De» in '"],
    ['a value in double quotes', 'kind: "De█', 'value kind «De» in "'],
    ['a value with a comment', 'kind: De█ # said', 'value kind «De»'],
    ['a new key', 'spec:\n  re█', 'either spec «re»'],
    ['a key that is there', 'spec:\n  re█plicas: 1', 'key spec «re»'],
    ['a key between others', 'spec:\n  a: 1\n  █\n  b: 2', 'either spec «»'],
    ['the root', 'a: 1\n█\nb: 2', 'either «»'],
    ['a new item', 'list:\n  - a\n  - █', 'either list[] «»'],
    ['a key of an item', 'list:\n  - name: a\n    █\n  - name: b', 'either list[] «»'],
    [
      'a value of an item',
      'list:\n- name: a\n  image: ng█inx\n- name: b',
      'value list[].image «ng»',
    ],
    ['the first key of an item', 'list:\n  - na█: a', 'key list[] «na»'],
    ['flow style', 'a: {b: █}', 'value a.b «»'],
    ['flow style, a key', 'a: {b: x, c█}', 'key a «c»'],
    ['flow style that is open', 'a: {b: {c: █', 'value a.b.c «»'],
    ['a flow list', 'a: [x, y█]', 'value a[] «y»'],
    ['JSON', '{"a": {"b": "█"}}', 'value a.b «» in "'],
    ['an item of a List', 'kind: List\nitems:\n- kind: A\n  spec:\n    a: █', 'value spec.a «»'],
    ['another document', 'a: 1\n---\nb: █\n---\nc: 1', 'value b «»'],
    ['a document that is broken before', 'a: [\nspec:\n  b: █', 'value spec.b «»'],
    ['a document that is broken behind', 'spec:\n  b: █\n  c: d: e\n', 'value spec.b «»'],
    ['lines that end as on Windows', 'spec:\r\n  b: x█\r\n  c: 1\r\n', 'value spec.b «x»'],
    ['a variable', 'a: x/${V█}', 'value a «x/${V»'],
    ['a comment', 'a: 1 # b: █', 'nowhere'],
    ['a block scalar', 'a: |\n  b: █', 'nowhere'],
    ['a block scalar of an item', '- run: |-\n    b: █', 'nowhere'],
    ['right behind the colon', 'a:█', 'nowhere'],
    ['a colon in a comment above', '# a: |\nb: █', 'value b «»'],
  ])('%s', (_, text, expected) => {
    expect(told(text)).toBe(expected);
  });

  it('is found quickly, and nothing throws, in whatever is typed', () => {
    const whole = [
      "apiVersion: v1\nkind: List\nitems:\n- {a: [b, \"c\\\"d\"], e: 'f''g'}\n- |\n  text\n",
      'spec: &a\n  <<: *a\n  ? complex\n  : value\n  - - nested\n    - x\n',
      '%YAML 1.2\n---\n"quoted key": !!str 12\n\tTab: 1\n...\n--- # next\nkey: >-\n   folded\n\n',
      '{{- if .Values.a }}\na: {{ .Values.b | quote }}\n{{- end }}\n',
    ];
    const started = performance.now();
    let tries = 0;
    for (const text of whole)
      for (let end = 0; end <= text.length; end++)
        for (const offset of [end, end >> 1, 0]) {
          cursorAt(text.slice(0, end), offset);
          tries++;
        }
    expect((performance.now() - started) / tries).toBeLessThan(5);
  });
});

describe('a document without what is elsewhere', () => {
  it('has the way to the place with its neighbours, and every place where it was', () => {
    const text = [
      'apiVersion: apps/v1',
      'kind: Deployment',
      'spec:',
      '  broken: [',
      '  template:',
      '    spec:',
      '      volumes:',
      '      - name: q',
      '      containers:',
      '      - name: a',
      '        env: []',
      '      - name: b',
      '        ports:',
      '        - containerPort: 1',
      '          name: ht',
      '          protocol: TCP',
      '        image: x',
      'status: {}',
    ].join('\n');
    const offset = text.indexOf('ht') + 2;
    const left = withoutElsewhere(text, offset);
    expect(left.length).toBe(text.length);
    expect(left.slice(offset - 2, offset)).toBe('ht');
    expect(left.split('\n').map(line => line.trimEnd())).toEqual([
      'apiVersion: apps/v1',
      'kind: Deployment',
      'spec:',
      '  broken:',
      '  template:',
      '    spec:',
      '      volumes:',
      '',
      '      containers:',
      '',
      '',
      '      - name: b',
      '        ports:',
      '        - containerPort: 1',
      '          name: ht',
      '          protocol: TCP',
      '',
      '',
    ]);
  });
});
