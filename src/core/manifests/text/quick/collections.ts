import type { ListNode, MapEntry, MapNode, Node, ScalarNode } from '../../syntax.ts';
import type { Source } from './source.ts';

/** Deeper nesting is left to the other reader. */
export const maxDepth = 100;

/** A value that is not written, at the place where it would be. */
export function emptyNode(at: number): ScalarNode {
  return { kind: 'scalar', start: at, end: at, value: null, style: 'plain' };
}

export function addEntry(source: Source, entry: MapEntry): void {
  source.entries[source.entryCount++] = entry;
}

export function addItem(source: Source, item: Node): void {
  source.items[source.itemCount++] = item;
}

/** Takes the entries from `first` on for a map of block style; undefined when two have the same key. */
export function blockMap(source: Source, first: number, start: number): MapNode | undefined {
  const entries = source.entries.slice(first, source.entryCount);
  source.entryCount = first;
  if (hasTwins(entries)) return undefined;
  const end = (entries[entries.length - 1] as MapEntry).node.end;
  return { kind: 'map', start, end, entries, flow: false };
}

/** Takes the entries from `first` on for the map between braces that ends at `at`. */
export function flowMap(source: Source, first: number, start: number): MapNode | undefined {
  const entries = source.entries.slice(first, source.entryCount);
  source.entryCount = first;
  if (hasTwins(entries)) return undefined;
  return { kind: 'map', start, end: source.at, entries, flow: true };
}

/** Takes the items from `first` on for a list of block style. */
export function blockList(source: Source, first: number, start: number): ListNode {
  const items = source.items.slice(first, source.itemCount);
  source.itemCount = first;
  const end = (items[items.length - 1] as Node).end;
  return { kind: 'list', start, end, items, flow: false };
}

/** Takes the items from `first` on for the list between brackets that ends at `at`. */
export function flowList(source: Source, first: number, start: number): ListNode {
  const items = source.items.slice(first, source.itemCount);
  source.itemCount = first;
  return { kind: 'list', start, end: source.at, items, flow: true };
}

/** Which value of a key is lost, the other reader says. */
function hasTwins(entries: readonly MapEntry[]): boolean {
  const { length } = entries;
  if (length > smallMap) return new Set(entries.map(({ key }) => key)).size < length;
  for (let at = 1; at < length; at++) {
    const { key } = entries[at] as MapEntry;
    for (let other = 0; other < at; other++)
      if ((entries[other] as MapEntry).key === key) return true;
  }
  return false;
}

const smallMap = 16;
