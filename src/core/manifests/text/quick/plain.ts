import type { ScalarNode } from '../../syntax.ts';
import { isBadScalar, resolvePlain, type Scalar } from '../dialect.ts';
import {
  colon,
  dash,
  hash,
  indicators,
  isFlowIndicator,
  isUncommon,
  lineFeed,
  nine,
  question,
  space,
  tilde,
  zero,
} from './characters.ts';
import { nextContent, type Source } from './source.ts';

/** A plain scalar of one line; `at` is left at what ended it. */
export function readPlain(source: Source, inFlow: boolean): ScalarNode | undefined {
  const start = source.at;
  const end = plainEnd(source, inFlow);
  if (end < 0) return undefined;
  const value = plainValue(source, start, end);
  return value === undefined ? undefined : { kind: 'scalar', start, end, value, style: 'plain' };
}

/**
 * The plain scalar that goes on with the line of content at `at`, which is indented more than the block around it,
 * `indent`; `begun` is what was read of it. `at` is left at the next content.
 */
export function continuePlain(
  source: Source,
  begun: ScalarNode,
  indent: number,
): ScalarNode | undefined {
  const { text } = source;
  let { end } = begun;
  let folded = text.slice(begun.start, end);
  do {
    const breaks = breaksBetween(source, end);
    if (breaks === 0) return undefined;
    const { at } = source;
    end = lineEnd(source, false);
    if (end < 0 || !nextContent(source)) return undefined;
    folded += (breaks === 1 ? ' ' : '\n'.repeat(breaks - 1)) + text.slice(at, end);
  } while (source.column > indent);
  const value = resolvePlain(folded);
  if (isBadScalar(value)) return undefined;
  return { kind: 'scalar', start: begun.start, end, value, style: 'plain' };
}

/** How many line breaks there are before `at`; 0 when there is a comment, which ends a plain scalar. */
function breaksBetween({ codes, at: end }: Source, start: number): number {
  let breaks = 0;
  for (let at = start; at < end; at++) {
    if (codes[at] === lineFeed) breaks++;
    else if (codes[at] !== space) return 0;
  }
  return breaks;
}

/**
 * Where the plain scalar at `at` ends, which is left at what ended it: the line's end, a comment, a colon, or
 * in flow style an indicator. -1 when it holds what the other reader must judge.
 */
export function plainEnd(source: Source, inFlow: boolean): number {
  const { codes, at } = source;
  const code = codes[at] as number;
  if (code <= tilde && indicators[code] === 1) {
    const isText = code === dash || code === colon || code === question;
    if (!isText || endsPlain(codes[at + 1] as number, inFlow)) return -1;
  }
  return lineEnd(source, inFlow);
}

/** As `plainEnd`, for a scalar that has begun: then it may go on with any character. */
function lineEnd(source: Source, inFlow: boolean): number {
  const { codes } = source;
  let { at } = source;
  let code = codes[at] as number;
  let end = at;
  for (; ; code = codes[++at] as number) {
    if (code === space) continue;
    if (code < space) {
      if (code !== lineFeed && (code !== 0 || at < source.end)) return -1;
      break;
    }
    if (code > tilde) {
      if (isUncommon(codes, at)) return -1;
    } else if (code === colon) {
      if (endsPlain(codes[at + 1] as number, inFlow)) break;
    } else if (code === hash) {
      if (codes[at - 1] === space) break;
    } else if (inFlow && isFlowIndicator(code)) break;
    end = at + 1;
  }
  if (end === source.at) return -1;
  source.at = at;
  return end;
}

/** The value of a plain scalar; undefined when Kubernetes refuses it. */
function plainValue({ text, codes }: Source, start: number, end: number): Scalar | undefined {
  const first = codes[start] as number;
  if (first > zero && first <= nine && end - start <= maxDigits) {
    const number = decimalOf(codes, start, end);
    if (number >= 0) return number;
  }
  const value = resolvePlain(text.slice(start, end));
  return isBadScalar(value) ? undefined : value;
}

/** So many digits are always a safe integer. */
const maxDigits = 15;

/** The number that only digits make; -1 when there is anything else. */
function decimalOf(codes: Uint16Array, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) {
    const code = codes[at] as number;
    if (code < zero || code > nine) return -1;
    number = number * 10 + code - zero;
  }
  return number;
}

/** Whether what follows makes a colon, or a dash at the beginning, an indicator. */
function endsPlain(following: number, inFlow: boolean): boolean {
  return following <= space || (inFlow && isFlowIndicator(following));
}
