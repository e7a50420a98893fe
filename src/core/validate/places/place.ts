import type { IndexedFile } from '../../manifests/index-types.ts';
import { keyRange, nodeAt, offsetAt, rangeOf } from '../../manifests/locate.ts';
import type { ManifestDocument, Node, ParsedFile } from '../../manifests/syntax.ts';
import type { Pointer } from '../../model/path.ts';
import type { Place, Range } from '../../model/source.ts';

/** Where a violation of a document is marked: the field's name or value, or the nearest parent's name. */
export function rangeInDocument(
  parsed: ParsedFile,
  document: ManifestDocument,
  pointer: Pointer,
  on: 'key' | 'value',
): Range {
  const node = nodeAt(document.root, pointer);
  if (node === undefined) return parentRange(parsed, document, pointer);
  const range =
    on === 'key' || node.kind !== 'scalar' ? nameRange(parsed, document, pointer) : undefined;
  return range ?? rangeOf(parsed, node.start, Math.max(node.end, node.start));
}

/** A map or list is marked by its name; an item of a list by the name of its first field. */
function nameRange(
  parsed: ParsedFile,
  document: ManifestDocument,
  pointer: Pointer,
): Range | undefined {
  const last = pointer.at(-1);
  if (typeof last === 'string') return keyRange(parsed, document.root, pointer);
  const node = nodeAt(document.root, pointer);
  const first = node?.kind === 'map' ? node.entries[0] : undefined;
  return first && rangeOf(parsed, first.keyStart, first.keyEnd);
}

function parentRange(parsed: ParsedFile, document: ManifestDocument, pointer: Pointer): Range {
  const parent = pointer.slice(0, -1);
  if (pointer.length === 0) return rangeOf(parsed, document.start, document.start);
  if (nodeAt(document.root, parent) === undefined) return parentRange(parsed, document, parent);
  return nameRange(parsed, document, parent) ?? rangeInDocument(parsed, document, parent, 'value');
}

/**
 * Where a violation of a rendered object is marked, whose source the renderer puts at `place`: as in a
 * document where that place is in one, else the word that stands there.
 */
export function rangeAtPlace(
  file: IndexedFile | undefined,
  place: Place,
  on: 'key' | 'value',
  missing: boolean,
): Range {
  if (file === undefined) return emptyRange(place);
  const field = fieldAtPlace(file, place);
  if (!field) return wordRange(file.text, offsetAt(file.parsed, place.line, place.column), place);
  const { document, pointer } = field;
  return missing
    ? rangeInDocument(file.parsed, document, [...pointer, ''], 'key')
    : rangeInDocument(file.parsed, document, pointer, on);
}

/** The document and the field of it that stand at a place; undefined where none begins there. */
export function fieldAtPlace(
  file: IndexedFile,
  place: Place,
): { document: ManifestDocument; pointer: Pointer } | undefined {
  const offset = offsetAt(file.parsed, place.line, place.column);
  const document = file.parsed.documents.find(
    ({ root }) => root !== undefined && root.start <= offset && offset < root.end,
  );
  const pointer = document?.root && pointerAt(document.root, offset);
  return document && pointer && { document, pointer };
}

/** The outermost node that begins at the offset, by its key or itself; undefined where none does. */
function pointerAt(root: Node, offset: number): Pointer | undefined {
  if (root.alias !== undefined && root.start === offset) return [];
  if (root.kind === 'list') {
    const index = root.items.findIndex(item => item.start <= offset && offset < item.end);
    const item = root.items[index];
    return item && prefixed(index, item, offset);
  }
  if (root.start === offset && root.kind === 'scalar') return [];
  if (root.kind !== 'map') return undefined;
  for (const { key, keyStart, keyEnd, node } of root.entries) {
    if (keyStart <= offset && offset < keyEnd) return [key];
    if (node.start <= offset && offset < Math.max(node.end, node.start + 1))
      return prefixed(key, node, offset);
  }
  return undefined;
}

function prefixed(step: string | number, node: Node, offset: number): Pointer | undefined {
  // A block map begins where its first key does: the place of the map is meant, not that of the key.
  if (node.start === offset) return [step];
  const inner = pointerAt(node, offset);
  return inner && [step, ...inner];
}

function wordRange(text: string, offset: number, place: Place): Range {
  const word = /^(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,:]+)/.exec(text.slice(offset, offset + 200));
  return { ...emptyRange(place), endColumn: place.column + (word?.[0].length ?? 0) };
}

function emptyRange({ line, column }: Place): Range {
  return { line, column, endLine: line, endColumn: column };
}
