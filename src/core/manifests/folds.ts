import { positionAt } from './locate.ts';
import type { Node, ParsedFile } from './syntax.ts';

/** Lines (1-based) of which all but the first can be hidden. */
export interface Fold {
  first: number;
  last: number;
  kind: 'region' | 'comment';
}

/** Documents (where there are several), maps, lists, block scalars and comments of several lines. */
export function foldsOf(parsed: ParsedFile, text: string): Fold[] {
  const folds = new Map<number, Fold>();
  const add = (start: number, end: number) => {
    const first = positionAt(parsed, start).line;
    const last = positionAt(parsed, end).line;
    // Of what begins on the same line the larger part is hidden.
    if (last > first && last > (folds.get(first)?.last ?? 0))
      folds.set(first, { first, last, kind: 'region' });
  };
  const roots = parsed.documents.flatMap(({ root, within }) => (root ? [{ root, within }] : []));
  for (const { root, within } of roots) {
    if (roots.length > 1 || within.length > 0) add(root.start, root.end);
    addParts(root, add);
  }
  return [...folds.values(), ...commentFolds(text)].sort((a, b) => a.first - b.first);
}

function addParts(node: Node, add: (start: number, end: number) => void): void {
  if (node.kind === 'map')
    for (const { keyStart, node: value, merged } of node.entries) {
      if (merged || value.alias !== undefined) continue;
      if (value.end > keyStart) add(keyStart, value.end);
      addParts(value, add);
    }
  if (node.kind === 'list')
    for (const item of node.items) {
      if (item.alias !== undefined) continue;
      add(item.start, item.end);
      addParts(item, add);
    }
}

/** Comments that stand on lines of their own, two or more below each other. */
function commentFolds(text: string): Fold[] {
  const folds: Fold[] = [];
  let first = 0;
  for (const [index, line] of [...text.split(/\r\n|\r|\n/), ''].entries()) {
    if (/^\s*#/.test(line)) {
      if (first === 0) first = index + 1;
      continue;
    }
    if (first > 0 && index > first) folds.push({ first, last: index, kind: 'comment' });
    first = 0;
  }
  return folds;
}
