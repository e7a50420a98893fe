import type { MapEntry, Node } from '../../syntax.ts';
import { hash, lineFeed, space } from './characters.ts';

/**
 * A document that is being read, and how far. The readers of this folder move `at`; undefined, -1 or false
 * from any of them gives the whole document up.
 */
export interface Source {
  readonly text: string;
  /** The text as UTF-16 code units, with a 0 behind its end. */
  readonly codes: Uint16Array;
  /** Where the document ends: behind a line feed, or with the text. */
  readonly end: number;
  at: number;
  /** The column of `at` after `nextContent`: the spaces before a line's content; -1 behind the last line. */
  column: number;
  /** kubectl reads a document that begins with a brace as JSON first, which knows more escapes. */
  isJson: boolean;
  /** Where the key ends that was read last. */
  keyEnd: number;
  /** Whether the quoted scalar that was read last holds escapes or line breaks. */
  isEncoded: boolean;
  /** How many collections there are around `at`. */
  depth: number;
  /** Entries and items of the collections around `at`, those of the innermost last; what is above is void. */
  readonly entries: MapEntry[];
  entryCount: number;
  readonly items: Node[];
  itemCount: number;
  /** What has been anchored so far, by name. */
  anchors: Map<string, Node> | undefined;
  aliasCount: number;
}

export function sourceOf(text: string, codes: Uint16Array, start: number, end: number): Source {
  return {
    text,
    codes,
    end,
    at: start,
    column: -1,
    isJson: false,
    keyEnd: -1,
    isEncoded: false,
    depth: 0,
    entries: [],
    entryCount: 0,
    items: [],
    itemCount: 0,
    anchors: undefined,
    aliasCount: 0,
  };
}

/**
 * Leaves a line of which only blanks and a comment may follow, and moves to the next content. False when
 * something else follows.
 */
export function nextContent(source: Source): boolean {
  const { codes } = source;
  let { at } = source;
  while (codes[at] === space) at++;
  if (codes[at] === hash && codes[at - 1] === space) at = commentEnd(codes, at);
  if (codes[at] === lineFeed && at < source.end) return contentFrom(source, at + 1);
  source.column = -1;
  source.at = at;
  return at === source.end;
}

/** Moves to the first content from the start of a line on. */
export function contentFrom(source: Source, start: number): boolean {
  const { codes, end } = source;
  let at = start;
  for (let lineStart = start; lineStart < end; lineStart = ++at) {
    while (codes[at] === space) at++;
    if (codes[at] === hash) at = commentEnd(codes, at);
    else if (codes[at] !== lineFeed && at < end) {
      source.at = at;
      source.column = at - lineStart;
      return true;
    }
    if (codes[at] !== lineFeed) break;
  }
  source.column = -1;
  source.at = at;
  return at >= end;
}

/** The end of the line that a comment is on; the place of a character in it that some take for a line's end. */
export function commentEnd(codes: Uint16Array, from: number): number {
  for (let at = from; ; at++) {
    const code = codes[at] as number;
    if (code === lineFeed || code === carriageReturn || code === 0) return at;
    if (code === lineSeparator || code === paragraphSeparator) return at;
  }
}

const carriageReturn = 0x0d;
const lineSeparator = 0x2028;
const paragraphSeparator = 0x2029;
