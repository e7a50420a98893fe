import type { Random } from '../lib/random.ts';
import type { Written } from './written.ts';

/** A change of a file's text and the test whether a value, as text, is the old one with that change. */
export interface Mutation {
  text: string;
  shows(before: string, after: string): boolean;
}

/** Letters that no corpus holds in a row, so that nothing selects by what they make. */
const letters = 'qjx';

/**
 * Changes what stands at a place by the least that keeps its type: a digit, a truth value, or letters in a
 * word. Undefined where there is nothing of the kind.
 */
export function mutationOf(text: string, written: Written, random: Random): Mutation | undefined {
  const raw = text.slice(written.start, written.end);
  const put = (from: number, to: number, by: string) =>
    text.slice(0, written.start + from) + by + text.slice(written.start + to);
  const scalar = written.as === 'scalar' && written.style === 'plain';
  const other = scalar ? opposites[raw] : undefined;
  if (other !== undefined)
    return { text: put(0, raw.length, other), shows: (_, after) => after === truth(other) };
  if (scalar && /^(?:~|null|Null|NULL|)$/.test(raw)) return undefined;
  const number = scalar && /^[-+]?[0-9][0-9._]*$/.test(raw);
  const words = number ? [] : wordsIn(raw, written);
  if (words.length > 0) {
    const at = random.pick(words);
    return { text: put(at, at, letters), shows: inserted };
  }
  const digits = digitsIn(raw, number);
  if (digits.length === 0) {
    const end = number || (scalar && raw === '') ? undefined : raw.trimEnd().length;
    return end === undefined ? undefined : { text: put(end, end, letters), shows: inserted };
  }
  const at = random.pick(digits);
  // 8 and 9 would not be octal.
  const next = raw[at] === '3' ? '4' : '3';
  return { text: put(at, at + 1, next), shows: (before, after) => before !== after };
}

const opposites: Record<string, string> = {
  true: 'false',
  false: 'true',
  True: 'False',
  False: 'True',
};

function truth(text: string): string {
  return text.toLowerCase();
}

/** Offsets between two letters of a word, outside of escapes, variables and what looks like code. */
function wordsIn(raw: string, { style }: Written): number[] {
  const found: number[] = [];
  for (const { index, 0: word } of raw.matchAll(/[A-Za-z]{2,}/g)) {
    const before = raw.slice(Math.max(index - 10, 0), index);
    if (style === 'double' && /\\[^\s]*$/.test(before)) continue;
    if (style === 'plain' && raw === word && /^(?:true|false|yes|no|on|off|null)$/i.test(word))
      continue;
    found.push(index + 1);
  }
  return found;
}

/** Offsets of digits; of a number only of those that keep it one. */
function digitsIn(raw: string, number: boolean): number[] {
  const all = [...raw.matchAll(/[0-9]/g)].map(({ index }) => index);
  const first = all[0];
  if (!number || all.length <= 1) return all;
  return raw[first ?? 0] === '0' ? all.slice(1) : all;
}

/** One text is the other with the letters in it once. */
function inserted(before: string, after: string): boolean {
  for (let at = after.indexOf(letters); at >= 0; at = after.indexOf(letters, at + 1))
    if (after.slice(0, at) + after.slice(at + letters.length) === before) return true;
  return false;
}
