import { CHOMPING_MODE, EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { ScalarNode } from '../../syntax.ts';
import {
  backslash,
  doubleQuote,
  lineFeed,
  nine,
  singleQuote,
  space,
  tab,
  zero,
} from './characters.ts';
import type { Source } from './source.ts';

/**
 * The quoted scalar at `at`, which is left behind it; undefined where there is none. Its further lines must be
 * indented by `indent` or more.
 */
export function readQuoted(source: Source, indent: number): ScalarNode | undefined {
  const start = source.at;
  const end = quotedEnd(source, indent);
  if (end < 0) return undefined;
  const value = quotedText(source, start + 1, end);
  const style = source.codes[start] === doubleQuote ? 'double' : 'single';
  return { kind: 'scalar', start, end: end + 1, value, style };
}

/** The closing quote of the scalar at `at`, which is left behind it; -1 where there is none. */
export function quotedEnd(source: Source, indent: number): number {
  const code = source.codes[source.at];
  source.isEncoded = false;
  let end = -1;
  if (code === doubleQuote) end = doubleEnd(source, indent);
  else if (code === singleQuote) end = singleEnd(source, indent);
  if (end >= 0) source.at = end + 1;
  return end;
}

/** What stands between the quotes that `quotedEnd` has found last. */
export function quotedText({ text, codes, isEncoded }: Source, start: number, end: number): string {
  if (!isEncoded) return text.slice(start, end);
  const isDouble = codes[end] === doubleQuote;
  return getScalarValue(text, {
    type: EVENT_ID.SCALAR,
    valueStart: start,
    valueEnd: end,
    anchorStart: -1,
    anchorEnd: -1,
    tagStart: -1,
    tagEnd: -1,
    style: isDouble ? SCALAR_STYLE.DOUBLE_QUOTED : SCALAR_STYLE.SINGLE_QUOTED,
    chomping: CHOMPING_MODE.CLIP,
    indent: -1,
    fast: false,
  });
}

function singleEnd(source: Source, indent: number): number {
  const { codes } = source;
  let at = source.at + 1;
  for (let code = codes[at] as number; ; code = codes[++at] as number) {
    if (code < space && code !== tab) {
      at = lineBreakEnd(source, at, indent);
      if (at < 0) return -1;
    } else if (code === singleQuote) {
      if (codes[at + 1] !== singleQuote) return at;
      source.isEncoded = true;
      at++;
    }
  }
}

function doubleEnd(source: Source, indent: number): number {
  const { codes } = source;
  let at = source.at + 1;
  for (let code = codes[at] as number; code !== doubleQuote; code = codes[++at] as number) {
    if (code === backslash) {
      source.isEncoded = true;
      // An escaped line break is like any other, but for what it stands for.
      if (codes[at + 1] !== lineFeed) at = escapeEnd(source, at);
    } else if (code < space && code !== tab) at = lineBreakEnd(source, at, indent);
    if (at < 0) return -1;
  }
  return at;
}

/** The last character that belongs to the line break at `at`, with blank lines; -1 when there is none to take. */
function lineBreakEnd(source: Source, from: number, indent: number): number {
  const { codes, end } = source;
  source.isEncoded = true;
  let at = from;
  let lineStart = at;
  while (codes[at] === lineFeed && at < end) {
    lineStart = ++at;
    while (codes[at] === space) at++;
  }
  const isTaken = lineStart > from && at < end && at - lineStart >= indent && codes[at] !== tab;
  return isTaken ? at - 1 : -1;
}

/** The last character of the escape at `at`; -1 for one that is rare, or refused by Kubernetes' parser here. */
function escapeEnd({ codes, isJson }: Source, at: number): number {
  const code = codes[at + 1] as number;
  if (code !== unicode)
    return code < 128 && escapes[code] === 1 && (code !== slash || isJson) ? at + 1 : -1;
  for (let digit = at + 2; digit < at + 6; digit++)
    if (!isHexadecimal(codes[digit] as number)) return -1;
  // A half of a UTF-16 pair is one of D800 to DFFF.
  const isHalf =
    ((codes[at + 2] as number) | lowerCase) === letterD && (codes[at + 3] as number) > seven;
  return isHalf && !isJson ? -1 : at + 5;
}

function isHexadecimal(code: number): boolean {
  const lower = code | lowerCase;
  return (code >= zero && code <= nine) || (lower >= letterA && lower <= letterF);
}

const escapes = new Uint8Array(128);
for (const escaped of '"\\/bfnrt0aev N_LP') escapes[escaped.charCodeAt(0)] = 1;
const slash = 0x2f;
const seven = 0x37;
const letterA = 0x61;
const letterD = 0x64;
const letterF = 0x66;
const unicode = 0x75;
/** The bit that tells lower from upper case. */
const lowerCase = 0x20;
