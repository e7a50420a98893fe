import type { Json } from '../../model/resource.ts';
import type { ListNode, MapNode } from '../syntax.ts';
import { keysOf, type Member, membersOf } from './members.ts';
import {
  columnOf,
  type Held,
  lineEnd,
  lineStart,
  NotEditable,
  type Source,
  splice,
} from './source.ts';
import { blockText, flowText, isScalar, keyText, literal, scalarText } from './value-text.ts';

type Collection = MapNode | ListNode;

/** The text with another value of a key or a list item, in the style of the present one where it fits. */
export function replaced(source: Source, held: Held, value: Json): string {
  const { text, style } = source;
  const { node, parent } = held;
  if (!node || !parent || parent.kind === 'scalar') return replacedRoot(source, value);
  const flow = parent.flow;
  if (flow) {
    const inline = isScalar(value)
      ? scalarText(value, style, { flow, before: node.kind === 'scalar' ? node.style : undefined })
      : flowText(value, style);
    return splice(text, node.start, node.end, inline);
  }
  const isInline = node.kind === 'scalar' ? !isBlockScalar(node) : node.flow;
  const isOneLine = !(typeof value === 'string' && value.includes('\n'));
  if (isScalar(value) && isOneLine && node.kind === 'scalar' && isInline && node.start < node.end)
    return splice(
      text,
      node.start,
      node.end,
      scalarText(value, style, { flow, before: node.style }),
    );
  const isEmpty = !isScalar(value) && Object.keys(value).length === 0;
  if (!isScalar(value) && !isEmpty && node.kind !== 'scalar' && node.flow && hasMembers(node))
    return splice(text, node.start, node.end, flowText(value, style));
  return rewritten(source, held, value);
}

function hasMembers(node: Collection): boolean {
  return (node.kind === 'map' ? node.entries : node.items).length > 0;
}

function isBlockScalar(node: { style: string }): boolean {
  return node.style === 'literal' || node.style === 'folded';
}

function replacedRoot({ text, root, style }: Source, value: Json): string {
  if (!root) throw new NotEditable('The document is empty.');
  if (style.json)
    return splice(text, root.start, root.end, JSON.stringify(value, null, style.step));
  throw new NotEditable('The document as a whole is not a value that can be taken.', root.start);
}

/** Writes the whole member anew, its comment on the first line kept. */
function rewritten(source: Source, { node, parent, entry, index }: Held, value: Json): string {
  const { text, style } = source;
  const members = membersOf(source, parent as Collection);
  const member = members.find(each => each.node === node) as Member;
  const isItem = index !== undefined;
  const column = columnOf(text, member.start);
  const header = entry ? behindColon(text, entry.keyEnd) : member.start + 1;
  const first = node && node.kind !== 'scalar' && !node.flow ? header : (node?.end ?? header);
  const literalComment = node?.kind === 'scalar' && isBlockScalar(node) ? node.start : first;
  const comment = commentAfter(text, literalComment);
  const written =
    (node?.kind === 'scalar' && isBlockScalar(node) && typeof value === 'string'
      ? likeBefore(source, node, value, column)
      : undefined) ?? blockText(value, style, column, isItem);
  const inline = written.inline === '' ? '' : ` ${written.inline}`;
  const body = [text.slice(member.start, header) + inline + comment, ...written.lines];
  const { next } = member;
  const ended = next < text.length || text[next - 1] === '\n' ? style.lineBreak : '';
  return splice(text, member.start, next, body.join(style.lineBreak) + ended);
}

/** A block of text keeps its indentation. */
function likeBefore(
  { text, style }: Source,
  { start, end }: { start: number; end: number },
  value: string,
  column: number,
) {
  const body = text
    .slice(start, end)
    .split('\n')
    .slice(1)
    .find(line => line.trim() !== '');
  const depth = body === undefined ? column + style.step : (/^ */.exec(body)?.[0].length ?? 0);
  const isDeeper = depth > column && !/^[|>][-+]?[0-9]/.test(text.slice(start, start + 3));
  return literal(value, column, isDeeper ? depth - column : style.step);
}

/** Offset behind the colon of a key. */
function behindColon(text: string, keyEnd: number): number {
  const colon = text.indexOf(':', keyEnd);
  return (colon < 0 ? keyEnd : colon) + 1;
}

/** ` # why`, where such stands on the rest of a line. */
function commentAfter(text: string, offset: number): string {
  const rest = text.slice(offset, lineEnd(text, offset));
  return /\s+#.*$/.exec(rest)?.[0] ?? '';
}

/** The text without a key or an item; the last one leaves `{}` or `[]`. */
export function removed(source: Source, held: Held): string {
  const { text } = source;
  const { node, parent } = held;
  if (!node || !parent || parent.kind === 'scalar')
    throw new NotEditable('There is nothing to take out.');
  const members = membersOf(source, parent);
  const at = members.findIndex(each => each.node === node);
  const member = members[at] as Member;
  if (parent.flow) {
    if (members.length === 1)
      return splice(text, parent.start, parent.end, parent.kind === 'map' ? '{}' : '[]');
    const before = members[at - 1];
    const after = members[at + 1];
    return before
      ? splice(text, before.end, member.end, '')
      : splice(text, member.start, after?.start ?? member.end, '');
  }
  if (member.own) return splice(text, lineStart(text, member.start), member.next, '');
  const after = members[at + 1];
  if (after === undefined)
    throw new NotEditable('It stands on the line of its list item.', member.start);
  return splice(text, member.start, after.start, '');
}

/** The text with one more key or item, behind the member at `after`; before all where that is -1. */
export function inserted(
  source: Source,
  parent: Collection,
  { key, value, after }: { key?: string; value: Json; after: number },
): string {
  const members = membersOf(source, parent);
  if (parent.flow) return insertedInFlow(source, parent, members, { key, value, after });
  const { text, style } = source;
  const [first] = members as [Member];
  const column = columnOf(text, first.start);
  const written = blockText(value, style, column, key === undefined);
  const head = key === undefined ? '-' : `${keyText(key, style)}:`;
  const inline = written.inline === '' ? '' : ` ${written.inline}`;
  const lines = [head + inline, ...written.lines];
  const previous = members[Math.max(after, first.own ? after : 0)];
  if (previous === undefined) {
    const start = lineStart(text, first.start);
    const block = lines.map((line, at) => (at === 0 ? ' '.repeat(column) + line : line));
    return splice(text, start, start, block.join(style.lineBreak) + style.lineBreak);
  }
  const block = lines
    .map((line, at) => (at === 0 ? ' '.repeat(column) + line : line))
    .join(style.lineBreak);
  const isLast = previous.next === text.length && text[text.length - 1] !== '\n';
  const added = isLast ? style.lineBreak + block : block + style.lineBreak;
  return splice(text, previous.next, previous.next, added);
}

function insertedInFlow(
  { text, style }: Source,
  parent: Collection,
  members: readonly Member[],
  { key, value, after }: { key?: string | undefined; value: Json; after: number },
): string {
  const [first, second] = members;
  const column = first?.own ? columnOf(text, first.start) : undefined;
  const shown =
    style.json && column !== undefined
      ? JSON.stringify(value, null, style.step).replaceAll(
          '\n',
          `${style.lineBreak}${' '.repeat(column)}`,
        )
      : flowText(value, style);
  const member = key === undefined ? shown : `${keyText(key, style)}: ${shown}`;
  if (!first) {
    const [open, close] = parent.kind === 'map' ? '{}' : '[]';
    return splice(text, parent.start, parent.end, `${open}${member}${close}`);
  }
  const between = second
    ? text.slice(first.end, second.start)
    : `,${first.own ? text.slice(parent.start + 1, first.start) : ' '}`;
  const separator = /^\s*,\s*$/.test(between) ? between : ', ';
  const previous = members[after];
  return previous
    ? splice(text, previous.end, previous.end, separator + member)
    : splice(text, first.start, first.start, member + separator);
}

/** The text with a list's items in another order: `order` has their present positions. Comments above an item go with it. */
export function reordered(source: Source, list: ListNode, order: readonly number[]): string {
  const { text, style } = source;
  const members = membersOf(source, list);
  const [first] = members;
  const last = members.at(-1);
  if (!first || !last) return text;
  if (list.flow) {
    const parts = order.map(at => text.slice(members[at]?.start, members[at]?.end));
    return members.reduceRight(
      (edited, { start, end }, at) => splice(edited, start, end, parts[at] ?? ''),
      text,
    );
  }
  if (!first.own)
    throw new NotEditable('The list begins on the line of another list item.', first.start);
  const starts = members.map(({ start }, at) =>
    at === 0 ? lineStart(text, start) : Math.max(members[at - 1]?.next ?? 0, 0),
  );
  const chunks = members.map(({ next }, at) => text.slice(starts[at], next));
  const joined = order
    .map(at => chunks[at] ?? '')
    .map(chunk => (chunk.endsWith('\n') ? chunk : chunk + style.lineBreak))
    .join('');
  const ended = text.slice(0, last.next).endsWith('\n');
  return splice(
    text,
    starts[0] ?? 0,
    last.next,
    ended ? joined : joined.slice(0, -style.lineBreak.length),
  );
}

export { keysOf };
