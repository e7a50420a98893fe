import type { Pointer } from '../model/path.ts';
import type { Json, JsonObject } from '../model/resource.ts';
import type { Range } from '../model/source.ts';
import type { MapEntry, Node, ParsedFile } from './syntax.ts';

/** Plain JSON of a node, made anew by each call. Aliases are unfolded; parsing has bounded them. */
export function jsonOf(node: Node): Json {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') {
    const items: Json[] = [];
    for (const item of node.items) items.push(jsonOf(item));
    return items;
  }
  const value: JsonObject = {};
  for (const { key, node: member } of node.entries) {
    const json = member.kind === 'scalar' ? member.value : jsonOf(member);
    if (key !== '__proto__') value[key] = json;
    else setOwn(value, key, json);
  }
  return value;
}

/** The entry of a map with this key; undefined for other nodes and keys. */
export function entryOf(node: Node | undefined, key: string): MapEntry | undefined {
  if (node?.kind !== 'map') return undefined;
  for (const entry of node.entries) if (entry.key === key) return entry;
  return undefined;
}

/** The string that a map has at a key; undefined for anything else. */
export function textAt(node: Node | undefined, key: string): string | undefined {
  const value = entryOf(node, key)?.node;
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
}

/** The node a pointer leads to, or undefined where the path ends before. */
export function nodeAt(root: Node | undefined, pointer: Readonly<Pointer>): Node | undefined {
  let node = root;
  for (const step of pointer) {
    if (node?.kind === 'list') node = node.items[Number(step)];
    else node = entryOf(node, String(step))?.node;
  }
  return node;
}

/** Where the key of the last step stands; for a list item, and for the root, where the value does. */
export function keyRange(
  parsed: ParsedFile,
  root: Node | undefined,
  pointer: Readonly<Pointer>,
): Range | undefined {
  const last = pointer.at(-1);
  const entry =
    last === undefined ? undefined : entryOf(nodeAt(root, pointer.slice(0, -1)), String(last));
  if (entry) return rangeOf(parsed, entry.keyStart, entry.keyEnd);
  const node = nodeAt(root, pointer);
  return node && rangeOf(parsed, node.start, node.end);
}

/** Offsets of a file's text as 1-based lines and columns; `end` is exclusive. */
export function rangeOf(parsed: ParsedFile, start: number, end: number): Range {
  const { line, column } = positionAt(parsed, start);
  const { line: endLine, column: endColumn } = positionAt(parsed, end);
  return { line, column, endLine, endColumn };
}

/** 1-based line and column (UTF-16) of an offset. */
export function positionAt(parsed: ParsedFile, offset: number): { line: number; column: number } {
  const line = lineIndex(parsed.lineStarts, offset);
  return { line: line + 1, column: Math.max(offset - (parsed.lineStarts[line] ?? 0), 0) + 1 };
}

/** The offset of a 1-based line and column; places behind the last line start are not clamped to the text. */
export function offsetAt(parsed: ParsedFile, line: number, column: number): number {
  const index = Math.min(Math.max(line - 1, 0), parsed.lineStarts.length - 1);
  return (parsed.lineStarts[index] ?? 0) + column - 1;
}

/** Offsets at which lines start. A byte order mark is not part of the first line, as in editors. */
export function lineStartsOf(text: string): number[] {
  const starts = [text.charCodeAt(0) === 0xfeff ? 1 : 0];
  if (text.includes('\r')) {
    for (const { index, 0: lineBreak } of text.matchAll(/\r\n|\r|\n/g))
      starts.push(index + lineBreak.length);
  } else {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  }
  return starts;
}

function lineIndex(lineStarts: readonly number[], offset: number): number {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Assignment would take the key `__proto__` for the object's prototype. */
function setOwn(object: JsonObject, key: string, value: Json): void {
  Object.defineProperty(object, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
