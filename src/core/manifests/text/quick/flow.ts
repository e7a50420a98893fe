import type { ListNode, MapNode, Node } from '../../syntax.ts';
import {
  closeBrace,
  closeBracket,
  colon,
  comma,
  doubleQuote,
  hash,
  lineFeed,
  openBrace,
  openBracket,
  singleQuote,
  space,
  tab,
} from './characters.ts';
import { addEntry, addItem, emptyNode, flowList, flowMap, maxDepth } from './collections.ts';
import { readName } from './names.ts';
import { readPlain } from './plain.ts';
import { readQuoted } from './quoted.ts';
import { commentEnd, type Source } from './source.ts';

/**
 * The node of flow style at `at`, which is left behind it. Its further lines must be indented by `indent`,
 * which is more than the block around it.
 */
export function readFlowNode(source: Source, indent: number): Node | undefined {
  const code = source.codes[source.at];
  if (code === doubleQuote || code === singleQuote) return readQuoted(source, indent);
  if (code !== openBrace && code !== openBracket) return readPlain(source, true);
  if (source.depth >= maxDepth) return undefined;
  source.depth++;
  const node = code === openBrace ? readMap(source, indent) : readList(source, indent);
  source.depth--;
  return node;
}

function readMap(source: Source, indent: number): MapNode | undefined {
  const { codes, at: start, entryCount: first } = source;
  source.at++;
  for (;;) {
    if (!skipBlank(source, indent)) return undefined;
    if (codes[source.at] === closeBrace) break;
    if (!readEntry(source, indent)) return undefined;
    if (codes[source.at] === comma) source.at++;
    else if (codes[source.at] !== closeBrace) return undefined;
  }
  source.at++;
  return flowMap(source, first, start);
}

/** Adds the entry at `at`; which is left at the next character that is no blank. */
function readEntry(source: Source, indent: number): boolean {
  const { codes, at: keyStart } = source;
  const key = readName(source, true);
  const { keyEnd } = source;
  if (key === undefined || !skipBlank(source, indent) || codes[source.at] !== colon) return false;
  const behind = ++source.at;
  if (!skipBlank(source, indent)) return false;
  const code = codes[source.at];
  const isEmpty = code === comma || code === closeBrace;
  const node = isEmpty ? emptyNode(behind) : readFlowNode(source, indent);
  if (node === undefined) return false;
  addEntry(source, { key, keyStart, keyEnd, node });
  return skipBlank(source, indent);
}

function readList(source: Source, indent: number): ListNode | undefined {
  const { codes, at: start, itemCount: first } = source;
  source.at++;
  for (;;) {
    if (!skipBlank(source, indent)) return undefined;
    if (codes[source.at] === closeBracket) break;
    const item = readFlowNode(source, indent);
    if (item === undefined || !skipBlank(source, indent)) return undefined;
    addItem(source, item);
    if (codes[source.at] === comma) source.at++;
    else if (codes[source.at] !== closeBracket) return undefined;
  }
  source.at++;
  return flowList(source, first, start);
}

/**
 * Moves over blanks, line breaks and comments; false where the document ends, and on a further line that is
 * indented by less than `indent`. Tabs are blanks only where no indentation is asked for.
 */
function skipBlank(source: Source, indent: number): boolean {
  const { codes, end } = source;
  let { at } = source;
  if (codes[at] === space) at++;
  if ((codes[at] as number) > hash) {
    source.at = at;
    return true;
  }
  /** The column of the last line's content; on the first line any will do. */
  let column = indent;
  for (;;) {
    const code = codes[at] as number;
    if (code > hash) break;
    if (code === space || (code === tab && indent === 0)) at++;
    else if (code === lineFeed) {
      const lineStart = ++at;
      while (codes[at] === space) at++;
      column = at - lineStart;
    } else if (code === hash && (codes[at - 1] as number) <= space) at = commentEnd(codes, at);
    else break;
  }
  source.at = at;
  return column >= indent && at < end;
}
