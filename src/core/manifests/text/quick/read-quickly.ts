import type { Node } from '../../syntax.ts';
import type { Chunk } from '../split.ts';
import { readBlockNode } from './blocks.ts';
import { dash, lineFeed, openBrace, space } from './characters.ts';
import { contentFrom, nextContent, type Source, sourceOf } from './source.ts';

/**
 * Reads one document of a text in a single pass, if all of it is of the forms that manifests mostly have; the
 * tree is then the one that `composeDocument` makes. Undefined for everything else: tags, merge
 * keys, aliases of collections, tabs, keys that are set twice, and whatever is not certainly right.
 */
export function readQuickly(
  text: string,
  codes: Uint16Array,
  { start, end }: Chunk,
): { root: Node | undefined } | undefined {
  if (end < text.length && codes[end - 1] !== lineFeed) return undefined;
  const source = sourceOf(text, codes, start, end);
  if (!contentFrom(source, start)) return undefined;
  if (!isMarker(source)) source.isJson = codes[source.at] === openBrace;
  else {
    source.at += 3;
    if (!nextContent(source)) return undefined;
  }
  if (source.column < 0) return { root: undefined };
  const root = source.column === 0 ? readBlockNode(source, 0, -1) : undefined;
  return root !== undefined && source.column < 0 ? { root } : undefined;
}

/** The code units of a text, with a 0 behind them; good until the next call. */
export function codesOf(text: string): Uint16Array {
  const { length } = text;
  if (length >= shared.codes.length && length <= largestShared)
    shared.codes = new Uint16Array(Math.min(length * 2, largestShared) + 1);
  const codes = length <= largestShared ? shared.codes : new Uint16Array(length + 1);
  Buffer.from(codes.buffer).write(text, 'utf16le');
  codes[length] = 0;
  return codes;
}

/** One place for the code units of all texts: to get it anew for each is much work for the garbage collector. */
const shared = { codes: new Uint16Array(1 << 16) };
/** A larger text, of some megabytes, has a place of its own, so that it is not held. */
const largestShared = 1 << 21;

/** Whether the marker `---` is at `at`, and all of its line but a comment. */
function isMarker({ codes, at, column }: Source): boolean {
  if (column !== 0 || codes[at] !== dash || codes[at + 1] !== dash || codes[at + 2] !== dash)
    return false;
  return (codes[at + 3] as number) <= space;
}
