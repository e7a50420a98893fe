import type { ScalarNode } from '../../syntax.ts';
import { trimEnd } from '../blanks.ts';
import {
  dash,
  greater,
  hash,
  isUncommon,
  lineFeed,
  nine,
  plus,
  space,
  tab,
  tilde,
  zero,
} from './characters.ts';
import { type Chomping, LineJoiner } from './line-joiner.ts';
import { commentEnd, type Source } from './source.ts';

/**
 * The literal or folded scalar at `at`, in a collection that is indented by `indent`. `at` is left at a line's
 * end: of its last line, or of a blank one behind that.
 */
export function readBlockScalar(source: Source, indent: number): ScalarNode | undefined {
  const { text, codes, at: start } = source;
  const style = codes[start] === greater ? 'folded' : 'literal';
  let chomping: Chomping = 'clip';
  let width = 0;
  let at = start + 1;
  let code = codes[at] as number;
  if (code > zero && code <= nine) {
    width = code - zero;
    code = codes[++at] as number;
  }
  if (code === plus || code === dash) {
    chomping = code === plus ? 'keep' : 'strip';
    code = codes[++at] as number;
  }
  source.at = at;
  if (!endHeader(source)) return undefined;
  const lines = new LineJoiner(text, style === 'folded');
  if (!readLines(source, indent, width, lines)) return undefined;
  const isTerminated = codes[source.at] === lineFeed;
  const behind = isTerminated ? source.at + 1 : source.at;
  const end = trimEnd(text, start, behind);
  // Blanks at the end of a text without a last line break are not worth the care.
  if (!isTerminated && end < behind) return undefined;
  return { kind: 'scalar', start, end, value: lines.join(chomping, isTerminated), style };
}

/** Moves to the end of the header's line; false unless only a comment follows and the text goes on. */
function endHeader(source: Source): boolean {
  const { codes } = source;
  let { at } = source;
  while (codes[at] === space) at++;
  if (codes[at] === hash && at > source.at) at = commentEnd(codes, at);
  source.at = at;
  return codes[at] === lineFeed;
}

/** Reads lines as long as they belong to the scalar; `width` is what its header says of the indentation, or 0. */
function readLines(source: Source, indent: number, width: number, lines: LineJoiner): boolean {
  const { codes } = source;
  /** The column at which content begins; -1 as long as no line has shown it. */
  let inner = width > 0 ? indent + width : -1;
  let deepestBlank = 0;
  while (codes[source.at] === lineFeed && source.at + 1 < source.end) {
    const lineStart = source.at + 1;
    let first = lineStart;
    while (codes[first] === space) first++;
    const column = first - lineStart;
    if (codes[first] === lineFeed) {
      if (inner < 0) deepestBlank = Math.max(deepestBlank, column);
      if (inner < 0 || column <= inner) lines.addEmpty();
      else lines.add(lineStart + inner, first, true);
      source.at = first;
      continue;
    }
    if (first >= source.end) return false;
    if (inner < 0) {
      if (column <= indent) return true;
      if (column < deepestBlank || codes[first] === tab) return false;
      inner = column;
    }
    if (column < inner) return true;
    if (codes[first] === tab && width > 0) return false;
    const end = lineEnd(source, first);
    if (end < 0) return false;
    lines.add(lineStart + inner, end, column > inner || codes[first] === tab);
    source.at = end;
  }
  return true;
}

/** The end of a line of content; -1 when it holds what the other reader must judge. */
function lineEnd({ codes, end }: Source, from: number): number {
  let at = from;
  for (let code = codes[at] as number; code !== lineFeed; code = codes[++at] as number) {
    if (code < space ? code !== tab : code > tilde) {
      if (code === 0 && at === end) return at;
      if (isUncommon(codes, at)) return -1;
    }
  }
  return at;
}
