import type { ListNode, MapNode, Node } from '../../syntax.ts';
import { readAlias, readAnchorName, setAnchor } from './anchors.ts';
import { readBlockScalar } from './block-scalars.ts';
import {
  ampersand,
  asterisk,
  colon,
  dash,
  doubleQuote,
  greater,
  hash,
  lineFeed,
  openBrace,
  openBracket,
  pipe,
  singleQuote,
  space,
} from './characters.ts';
import { addEntry, addItem, blockList, blockMap, emptyNode, maxDepth } from './collections.ts';
import { readFlowNode } from './flow.ts';
import { readName } from './names.ts';
import { continuePlain, readPlain } from './plain.ts';
import { readQuoted } from './quoted.ts';
import { nextContent, type Source } from './source.ts';

/**
 * The node at `at`, the first of a line or of a list's item, which stands in `column`, inside a collection that is
 * indented by `indent`, -1 for a document's root. `at` is left at the next content.
 */
export function readBlockNode(source: Source, column: number, indent: number): Node | undefined {
  if (source.depth >= maxDepth) return undefined;
  source.depth++;
  const node = isItem(source) ? readList(source, column) : readMapOrOther(source, column, indent);
  source.depth--;
  return node;
}

function readMapOrOther(source: Source, column: number, indent: number): Node | undefined {
  const { at: start } = source;
  const code = source.codes[start];
  if (code !== openBrace && code !== openBracket) {
    const key = readKey(source);
    if (key !== undefined) return readMap(source, column, start, key);
    source.at = start;
  }
  return readRest(source, indent);
}

/** The map in a column; its first key begins at `start` and was read. */
function readMap(
  source: Source,
  column: number,
  start: number,
  firstKey: string,
): MapNode | undefined {
  const { entryCount: first } = source;
  let key: string | undefined = firstKey;
  for (let keyStart = start; ; keyStart = source.at, key = readKey(source)) {
    if (key === undefined) return undefined;
    const { keyEnd } = source;
    const node = readValue(source, column);
    if (node === undefined) return undefined;
    addEntry(source, { key, keyStart, keyEnd, node });
    if (source.column !== column) break;
  }
  return source.column > column ? undefined : blockMap(source, first, start);
}

/**
 * The key at `at` with its colon, behind which `at` is left: on the same line, and before a blank or the
 * line's end.
 */
function readKey(source: Source): string | undefined {
  const { codes } = source;
  const key = readName(source, false);
  if (key === undefined) return undefined;
  while (codes[source.at] === space) source.at++;
  if (codes[source.at] !== colon) return undefined;
  source.at++;
  return isBlankAt(source, source.at) ? key : undefined;
}

/** The value behind a colon, in a map that is indented by `indent`. */
function readValue(source: Source, indent: number): Node | undefined {
  const { at: behind } = source;
  if (!isRestEmpty(source)) return readRest(source, indent);
  if (!nextContent(source)) return undefined;
  if (source.column > indent) return readBlockNode(source, source.column, indent);
  // The items of a key's list may stand in the key's column.
  if (source.column === indent && isItem(source)) return readList(source, indent);
  return emptyNode(behind);
}

/** The list whose dashes are in a column, the first at `at`. */
function readList(source: Source, column: number): ListNode | undefined {
  const { at: start, itemCount: first } = source;
  do {
    const item = readItem(source, column);
    if (item === undefined) return undefined;
    addItem(source, item);
  } while (source.column === column && isItem(source));
  return source.column > column ? undefined : blockList(source, first, start);
}

function readItem(source: Source, column: number): Node | undefined {
  const { at: start } = source;
  const behind = ++source.at;
  if (!isRestEmpty(source)) return readBlockNode(source, column + source.at - start, column);
  if (!nextContent(source)) return undefined;
  if (source.column > column) return readBlockNode(source, source.column, column);
  return emptyNode(behind);
}

/** A value that is no block collection; `at` is left at the next content. */
function readRest(source: Source, indent: number): Node | undefined {
  const code = source.codes[source.at] as number;
  let node: Node | undefined;
  if (code === doubleQuote || code === singleQuote) node = readQuoted(source, indent + 1);
  else if (code === openBrace || code === openBracket) node = readFlowNode(source, indent + 1);
  else if (code === ampersand) return readAnchored(source, indent);
  else if (code === asterisk) node = readAlias(source);
  else if (code !== pipe && code !== greater) return readPlainLines(source, indent);
  // The place of a root is told from what is before it.
  else if (indent >= 0) node = readBlockScalar(source, indent);
  return node !== undefined && nextContent(source) ? node : undefined;
}

/** An anchor with what it names, which begins on the same line. */
function readAnchored(source: Source, indent: number): Node | undefined {
  const { codes } = source;
  const name = readAnchorName(source);
  if (name === undefined || isRestEmpty(source)) return undefined;
  if (codes[source.at] === ampersand || codes[source.at] === asterisk) return undefined;
  const node = readRest(source, indent);
  if (node !== undefined) setAnchor(source, name, node);
  return node;
}

function readPlainLines(source: Source, indent: number): Node | undefined {
  const node = readPlain(source, false);
  if (node === undefined || !nextContent(source)) return undefined;
  return source.column > indent ? continuePlain(source, node, indent) : node;
}

/** Moves over spaces, unless only a comment or nothing follows on the line: then `at` is left. */
function isRestEmpty(source: Source): boolean {
  const { codes } = source;
  let { at } = source;
  while (codes[at] === space) at++;
  const code = codes[at];
  if (code === lineFeed || code === hash || at === source.end) return true;
  source.at = at;
  return false;
}

/** Whether a dash that begins a list's item is at `at`. */
function isItem(source: Source): boolean {
  return source.codes[source.at] === dash && isBlankAt(source, source.at + 1);
}

function isBlankAt({ codes, end }: Source, at: number): boolean {
  const code = codes[at];
  return code === space || code === lineFeed || at === end;
}
