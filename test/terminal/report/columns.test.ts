import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import {
  justify,
  pad,
  shortenMiddle,
  takeColumns,
  takeColumnsEnd,
  textWidth,
  wrap,
  wrapParts,
} from '../../../src/terminal/report/columns.ts';
import { shortenPair } from '../../../src/terminal/report/shorten-pair.ts';

/** Texts of the scripts and marks that terminals lay out differently. */
const piece = fc.constantFrom(
  ...['a', 'Z', ' ', '-', 'é', 'e\u0301', 'ü', 'ß', 'я', '中', '文', 'ひ', 'カ', '한', '글', 'Ａ'],
  ...[
    '😀',
    '👩‍👩‍👧',
    '🇩🇪',
    '❤️',
    '✅',
    '→',
    '…',
    '•',
    '│',
    'ไ',
    'ท',
    'ย',
    '\u200b',
    '\u001b[31m',
    '\u001b[39m',
  ],
);
const text = fc.array(piece, { maxLength: 40 }).map(parts => parts.join(''));

describe('the width of a text', () => {
  it('is that of string-width', () => {
    fc.assert(
      fc.property(text, sample => {
        expect(textWidth(sample)).toBe(stringWidth(sample));
      }),
      { numRuns: 2000 },
    );
  });

  it('counts columns, not characters', () => {
    expect(textWidth('abc')).toBe(3);
    expect(textWidth('応用')).toBe(4);
    expect(textWidth('e\u0301')).toBe(1);
    expect(textWidth('\u001b[31mred\u001b[39m')).toBe(3);
    expect(textWidth('👩‍👩‍👧')).toBe(2);
  });
});

describe('laying out', () => {
  const plain = text.map(stripVTControlCharacters);

  it('pads, justifies and cuts by columns', () => {
    expect(pad('応', 4)).toBe('応  ');
    expect(pad('toolong', 4)).toBe('toolong');
    expect(justify('a', 'b', 5)).toBe('a   b');
    expect(justify('aaa', 'b', 5)).toBeUndefined();
    expect(takeColumns('a応b', 2)).toBe('a');
    expect(takeColumnsEnd('a応b', 3)).toBe('応b');
    expect(shortenMiddle('overlays/production/pdb.yaml', 13)).toBe('overla…b.yaml');
  });

  it('never makes a shortened text or a wrapped line too wide, and loses no word', () => {
    fc.assert(
      fc.property(plain, fc.integer({ min: 4, max: 30 }), (sample, columns) => {
        expect(textWidth(shortenMiddle(sample, columns))).toBeLessThanOrEqual(columns);
        const lines = wrap(sample, columns);
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
        const bare = (value: string) => value.replaceAll(/\s/g, '');
        expect(bare(lines.join(''))).toBe(bare(sample));
      }),
    );
  });

  it('wraps between parts', () => {
    expect(wrapParts(['aa', 'bb', 'cc'], ' · ', 8)).toEqual(['aa · bb', 'cc']);
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  });
});

describe('shortening a pair', () => {
  it('keeps what differs in sight', () => {
    const common = 'registry.example.com/team/checkout/web:2026-03-';
    expect(shortenPair(`${common}01-a`, `${common}22-a`, 16)).toEqual([
      '…eb:2026-03-01-a',
      '…eb:2026-03-22-a',
    ]);
    expect(shortenPair('short', 'shorter', 10)).toEqual(['short', 'shorter']);
  });

  it('fits, and differs where the texts differ', () => {
    const long = fc.array(fc.constantFrom('a', 'b', '-', '中', '😀'), { maxLength: 60 });
    fc.assert(
      fc.property(
        long,
        long,
        long,
        long,
        fc.integer({ min: 12, max: 40 }),
        (head, a, b, tail, columns) => {
          const [one, two] = [a, b].map(middle => [...head, ...middle, ...tail].join('')) as [
            string,
            string,
          ];
          const [left, right] = shortenPair(one, two, columns);
          expect(textWidth(left)).toBeLessThanOrEqual(columns);
          expect(textWidth(right)).toBeLessThanOrEqual(columns);
          if (one !== two) expect(left).not.toBe(right);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
