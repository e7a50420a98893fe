import { isBadScalar, keyText, resolvePlain } from '../dialect.ts';
import { colon, doubleQuote, nonBreakingSpace, singleQuote } from './characters.ts';
import { plainEnd } from './plain.ts';
import { quotedEnd, quotedText } from './quoted.ts';
import type { Source } from './source.ts';

/**
 * The key at `at` as JSON has it; `keyEnd` is where it ends. `at` is left behind a quoted key, and at the colon
 * of a plain one. Undefined where there is none, and for a merge key.
 */
export function readName(source: Source, inFlow: boolean): string | undefined {
  const { codes, at: start } = source;
  const first = codes[start];
  if (first === doubleQuote || first === singleQuote) return readQuotedName(source);
  const end = plainEnd(source, inFlow);
  if (end < 0 || codes[source.at] !== colon) return undefined;
  source.keyEnd = end;
  return knownName(source, start, end) ?? otherName(source.text.slice(start, end));
}

function readQuotedName(source: Source): string | undefined {
  const start = source.at + 1;
  const end = quotedEnd(source, oneLine);
  if (end < 0) return undefined;
  source.keyEnd = end + 1;
  const known = source.isEncoded ? undefined : knownName(source, start, end);
  if (known !== undefined) return known;
  const name = quotedText(source, start, end);
  // The other reader has something to say about it.
  return name.charCodeAt(0) === nonBreakingSpace ? undefined : name;
}

/**
 * What stands at a place, as one string for all its occurrences: the same few names are most of the keys, and a
 * string that is known as a property's name is found and compared faster. Undefined for what would not be the
 * same name quoted and plain.
 */
function knownName({ text, codes }: Source, start: number, end: number): string | undefined {
  const length = end - start;
  const middle = codes[start + (length >> 1)] as number;
  const last = codes[end - 1] as number;
  const slot = ((codes[start] as number) + middle * 5 + last * 31 + length * 67) & lastSlot;
  const known = names[slot] as string;
  if (known.length === length && text.startsWith(known, start)) return known;
  const written = text.slice(start, end);
  const isName = resolvePlain(written) === written && written !== '<<';
  if (!isName || written.charCodeAt(0) === nonBreakingSpace) return undefined;
  const name = alone(written);
  names[slot] = name;
  return name;
}

/** The name of a plain key that is a number, a truth value and the like. */
function otherName(written: string): string | undefined {
  const value = resolvePlain(written);
  return isBadScalar(value) || typeof value === 'string' ? undefined : keyText(value, written);
}

/** More than any line is indented by: a key that goes on there is left to the other reader. */
const oneLine = 2 ** 30;

const names: string[] = new Array(1024).fill('');
const lastSlot = names.length - 1;

/** The same text as a string that does not hold the text it was cut from. */
function alone(name: string): string {
  return ` ${name}`.slice(1);
}
