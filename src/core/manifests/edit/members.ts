import type { ListNode, MapNode, Node } from '../syntax.ts';
import { skipBlank } from '../text/blanks.ts';
import { beginsLine, lineStart, nextLine, type Source } from './source.ts';

/** A key with its value, or a list item with its dash, as far as it stands in the text. */
export interface Member {
  /** Offset of the key, or of the dash; in brackets of the item. */
  start: number;
  /** Offset behind the last character. */
  end: number;
  /** Offset of the line after it. */
  next: number;
  /** Nothing but spaces stands before it on its line. */
  own: boolean;
  node: Node;
}

/** The members of a map or list in the order of the text, without what a merge key brings. */
export function membersOf({ text }: Source, collection: MapNode | ListNode): Member[] {
  const spans =
    collection.kind === 'map'
      ? collection.entries
          .filter(({ merged }) => !merged)
          .map(({ keyStart, keyEnd, node }) => ({ start: keyStart, keyEnd, node }))
      : collection.items.map(node => ({
          start: collection.flow ? node.start : dashBefore(text, node),
          keyEnd: node.start,
          node,
        }));
  const members = spans.map(({ start, keyEnd, node }) => {
    const end = Math.max(node.end, keyEnd);
    return { start, end, next: behind(text, node, end), own: beginsLine(text, start), node };
  });
  return members.sort((a, b) => a.start - b.start);
}

/** Names of a map's members, in the same order. */
export function keysOf(map: MapNode): string[] {
  return map.entries
    .filter(({ merged }) => !merged)
    .sort((a, b) => a.keyStart - b.keyStart)
    .map(({ key }) => key);
}

/** An item begins behind its dash; comments, an anchor and a tag may stand between them. */
function dashBefore(text: string, { start }: Node): number {
  for (let at = text.lastIndexOf('-', start - 1); at >= 0; at = text.lastIndexOf('-', at - 1)) {
    const before = text.slice(lineStart(text, at), at);
    if (/^\uFEFF?[ -]*$/.test(before) && contentBehind(text, at + 1) >= start) return at;
    if (at === 0) break;
  }
  return lineStart(text, start);
}

/** Offset of what stands behind a dash, without anchors and tags. */
function contentBehind(text: string, from: number): number {
  let at = skipBlank(text, from);
  while (text[at] === '&' || text[at] === '!') {
    while (at < text.length && !/\s/.test(text[at] ?? '')) at++;
    at = skipBlank(text, at);
  }
  return at;
}

/** A block that keeps its line breaks (`|+`) holds the empty lines behind it. */
function behind(text: string, node: Node, end: number): number {
  let next = nextLine(text, end);
  const last = deepest(node);
  if (last.kind !== 'scalar' || (last.style !== 'literal' && last.style !== 'folded')) return next;
  if (!/^[|>][0-9]*\+/.test(text.slice(last.start, last.start + 3))) return next;
  while (next < text.length && /^[ \t]*\r?\n/.test(text.slice(next, nextLine(text, next))))
    next = nextLine(text, next);
  return next;
}

function deepest(node: Node): Node {
  if (node.alias !== undefined || node.kind === 'scalar' || node.flow) return node;
  const below = node.kind === 'list' ? node.items : node.entries.map(entry => entry.node);
  const last = below.reduce<Node | undefined>(
    (latest, child) => (latest === undefined || child.end >= latest.end ? child : latest),
    undefined,
  );
  return last === undefined ? node : deepest(last);
}
