import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../../src/core/manifests/locate.ts';
import { parseManifests } from '../../../src/core/manifests/parse.ts';
import { decode } from '../../../src/core/manifests/text/decode.ts';

/** `levels` anchors, each a list of nine aliases to the one before: 9^levels nodes when unfolded. */
function bomb(levels: number, merge = false): string {
  const lines = ['a0: &a0 {x: lol}'];
  for (let level = 1; level <= levels; level++) {
    const aliases = Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ');
    lines.push(
      merge
        ? `a${level}: &a${level} {<<: [${aliases}], k${level}: [${aliases}]}`
        : `a${level}: &a${level} [${aliases}]`,
    );
  }
  return lines.join('\n');
}

describe('hostile texts', () => {
  it.each([false, true])(
    'a YAML bomb is refused in one sentence per alias (merge keys: %s)',
    merge => {
      const { documents, problems } = parseManifests(`${bomb(12, merge)}\n---\nb: 1\n`);
      expect(problems[0]).toMatchObject({ rule: 'yaml-syntax', document: 0 });
      expect(problems[0]?.message).toContain('unfold');
      expect(documents[0]?.root).toBeUndefined();
      expect(documents[1]?.root && jsonOf(documents[1].root)).toEqual({ b: 1 });
    },
  );

  it('aliases that unfold to little are fine', () => {
    const { documents, problems } = parseManifests(bomb(3));
    expect(problems).toEqual([]);
    expect(JSON.stringify(documents[0]?.root && jsonOf(documents[0].root)).length).toBeLessThan(
      20_000,
    );
  });

  it.each([
    ['brackets', '['.repeat(100_000)],
    ['braces', '{a: '.repeat(100_000)],
    ['dashes', '- '.repeat(100_000)],
    ['question marks', '? '.repeat(100_000)],
    ['indentation', Array.from({ length: 2000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
  ])('nesting without end is refused (%s)', (_, text) => {
    const { documents, problems } = parseManifests(`${text}\n---\nb: 1\n`);
    expect(problems).toMatchObject([{ rule: 'yaml-syntax', document: 0 }]);
    expect(documents.at(-1)?.root && jsonOf(documents.at(-1)?.root as never)).toEqual({ b: 1 });
  });

  it('nesting that manifests have is read', () => {
    const depth = 200;
    const text = `${'{a: '.repeat(depth)}1${'}'.repeat(depth)}`;
    expect(parseManifests(text).problems).toEqual([]);
  });

  it.each([
    ['one quote', `a: "${'\n'.repeat(50_000)}`],
    ['under-indented lines', `a:\n  b: [\n${'x,\n'.repeat(50_000)}`],
    ['colons', ':'.repeat(100_000)],
    ['markers', '---\n'.repeat(50_000)],
    ['ends', '...\n'.repeat(50_000)],
    ['comments', '# x\n'.repeat(100_000)],
    ['anchors', Array.from({ length: 20_000 }, (_, at) => `- &a${at} x`).join('\n')],
    ['tabs', `a:\n${'\t\n'.repeat(50_000)}b: 1`],
    ['blank lines with tabs', `a: b\n${'  \t\n'.repeat(50_000)}`],
    ['tabs in a block', `a: |\n${'  x\n  \ty\n'.repeat(50_000)}`],
    ['broken lines', `${'foo\n'.repeat(20_000)}a: 1\n`],
    ['open quotes', '- "x\n'.repeat(20_000)],
    ['spaces', ' '.repeat(500_000)],
  ])('%s without end end', (_, text) => {
    const { documents } = parseManifests(text);
    expect(documents.length).toBeLessThanOrEqual(50_000);
  });

  it('a file of 36,000 lines keeps exact places', () => {
    const item = (at: number) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m${at}\ndata:\n  k: v${at}\n---\n`;
    const text = Array.from({ length: 5200 }, (_, at) => item(at)).join('');
    const parsed = parseManifests(text);
    expect(parsed.lineStarts.length).toBeGreaterThan(36_000);
    expect(parsed.problems).toEqual([]);
    const last = parsed.documents[5199];
    expect(text.slice(last?.start, last?.end)).toContain('name: m5199');
    expect(text.slice(last?.root?.start, last?.root?.end)).toBe(item(5199).slice(0, -5));
  });

  it('a key that is named like a prototype is a key', () => {
    const root = parseManifests('__proto__: {polluted: 1}\n').documents[0]?.root;
    const value = root && jsonOf(root);
    expect(Object.keys(value ?? {})).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('any text', () => {
  const pieces = [
    'a: ',
    '- ',
    '"',
    "'",
    '\n',
    '  ',
    '\t',
    '[',
    ']',
    '{',
    '}',
    ',',
    '&x ',
    '*x',
    '|\n',
    '>-\n',
    '#',
    ':',
    '? ',
    '!!int ',
    '<<: ',
    '---\n',
    '...\n',
    '%',
    '\r',
    '\u2028',
    '\uFEFF',
    '\0',
    'é',
    '\uD800',
    '1',
    'yes',
  ];

  it('is read without an error being thrown, with places inside the text', () => {
    let seed = 42;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    for (let round = 0; round < 6000; round++) {
      const text = Array.from({ length: 1 + random(14) }, () => pieces[random(pieces.length)]).join(
        '',
      );
      const { documents, problems, lineStarts } = parseManifests(text);
      for (const { start, end, root } of documents) {
        expect(start).toBeLessThanOrEqual(end);
        expect(end).toBeLessThanOrEqual(text.length);
        if (root) {
          expect(root.end).toBeLessThanOrEqual(text.length);
          jsonOf(root);
        }
      }
      for (const { line, column, endLine } of problems) {
        expect(line).toBeLessThanOrEqual(lineStarts.length);
        expect(column).toBeGreaterThan(0);
        expect(endLine).toBeGreaterThanOrEqual(line);
      }
    }
  });
});

describe('decoding', () => {
  const text = 'kind: É\n';
  const utf16 = (order: 'le' | 'be') => {
    const bytes = Buffer.from(text, 'utf16le');
    return order === 'le' ? bytes : Buffer.from(bytes).swap16();
  };

  it.each<[string, Buffer, string | undefined]>([
    ['UTF-8', Buffer.from(text), text],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`), `\uFEFF${text}`],
    [
      'UTF-16 LE with a mark',
      Buffer.concat([Buffer.from([0xff, 0xfe]), utf16('le')]),
      `\uFEFF${text}`,
    ],
    [
      'UTF-16 BE with a mark',
      Buffer.concat([Buffer.from([0xfe, 0xff]), utf16('be')]),
      `\uFEFF${text}`,
    ],
    ['UTF-16 LE', utf16('le'), text],
    ['UTF-16 BE', utf16('be'), text],
    ['nothing', Buffer.alloc(0), ''],
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), undefined],
    ['zeros', Buffer.alloc(64), undefined],
  ])('%s', (_, bytes, expected) => {
    expect(decode(bytes)).toBe(expected);
  });
});
