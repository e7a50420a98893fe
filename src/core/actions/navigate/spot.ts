import type { IndexedFile } from '../../manifests/index-types.ts';
import type { MapEntry, Node, ScalarNode } from '../../manifests/syntax.ts';
import type { Pointer } from '../../model/path.ts';

/** A word in a file's text, without its quotes; offsets are UTF-16 units. */
export interface Spot {
  file: string;
  start: number;
  end: number;
}

export function holds({ start, end }: Spot, offset: number): boolean {
  return start <= offset && offset <= end;
}

/** Where the text of a scalar stands; undefined where it is written with escapes, over several lines, or by an alias. */
export function scalarSpot(file: IndexedFile, node: ScalarNode): Spot | undefined {
  if (node.alias !== undefined || typeof node.value !== 'string') return undefined;
  const isQuoted = node.style === 'single' || node.style === 'double';
  const start = node.start + (isQuoted ? 1 : 0);
  const end = node.end - (isQuoted ? 1 : 0);
  return file.text.slice(start, end) === node.value ? { file: file.path, start, end } : undefined;
}

/** The key of a map's entry, without its quotes. */
export function keySpot(file: IndexedFile, { key, keyStart, keyEnd }: MapEntry): Spot | undefined {
  for (const inside of [0, 1]) {
    const [start, end] = [keyStart + inside, keyEnd - inside];
    if (file.text.slice(start, end) === key) return { file: file.path, start, end };
  }
  return undefined;
}

/** What stands at an offset: a scalar, or the key of an entry. */
export interface FoundNode {
  pointer: Pointer;
  on: 'key' | 'value';
  node: Node;
  entry?: MapEntry;
}

/** The innermost key or scalar that holds an offset. */
export function nodeAround(root: Node | undefined, offset: number): FoundNode | undefined {
  if (!root || root.alias !== undefined) return undefined;
  if (root.kind === 'scalar')
    return root.start <= offset && offset <= root.end
      ? { pointer: [], on: 'value', node: root }
      : undefined;
  if (root.kind === 'list') {
    for (const [index, item] of root.items.entries()) {
      const found = nodeAround(item, offset);
      if (found) return { ...found, pointer: [index, ...found.pointer] };
    }
    return undefined;
  }
  for (const entry of root.entries) {
    if (entry.merged) continue;
    const { key, keyStart, keyEnd, node } = entry;
    if (keyStart <= offset && offset <= keyEnd) return { pointer: [key], on: 'key', node, entry };
    const found = nodeAround(node, offset);
    if (found) return { ...found, pointer: [key, ...found.pointer] };
  }
  return undefined;
}
