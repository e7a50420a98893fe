import { isDeepStrictEqual } from 'node:util';
import type { Pointer } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import { jsonOf, nodeAt } from '../locate.ts';
import type { ListNode, MapNode } from '../syntax.ts';
import { matching } from './matching.ts';
import { assertSame } from './read-back.ts';
import { heldAt, NotEditable, readSource, type Source } from './source.ts';
import { inserted, keysOf, removed, reordered, replaced } from './steps.ts';
import type { Wanted } from './wanted.ts';

/**
 * The text with one value changed and every other byte as it was: comments, quotes, order and indentation are the
 * person's. Throws `NotEditable` where that cannot be done; what it answers was read back.
 */
export function editYaml(text: string, wanted: Wanted): string {
  const edited =
    wanted.value === undefined ? withoutField(text, wanted) : withField(text, wanted, wanted.value);
  assertSame(text, edited, wanted);
  return edited;
}

function withField(text: string, { document, pointer, order }: Wanted, value: Json): string {
  const source = readSource(text, document);
  if (!source.root) throw new NotEditable('The document is empty or broken.');
  const existing = nodeAt(source.root, pointer);
  if (existing) return converged(text, { document, pointer }, value);
  const { depth, nested } = nearest(source, pointer, value);
  const parent = pointer.slice(0, depth);
  const key = pointer[depth];
  const held = heldAt(source, parent);
  const { node } = held;
  if (node?.kind === 'list')
    return inserted(source, node, { value: nested, after: Number(key) - 1 });
  if (node?.kind === 'map' && node.entries.some(({ merged }) => !merged)) {
    const after =
      depth === pointer.length - 1 ? behindNeighbour(node, String(key), order) : lastOf(node);
    return inserted(source, node, { key: String(key), value: nested, after });
  }
  const isEmpty = node && (node.kind !== 'scalar' || node.value === null);
  if (!isEmpty) throw new NotEditable('Something else than a map stands there.', node?.start);
  const inner = typeof key === 'number' ? [nested] : { [String(key)]: nested };
  return replaced(source, held, inner);
}

/** The nearest parent that is there, and what is put into it. */
function nearest(source: Source, pointer: Readonly<Pointer>, value: Json) {
  let depth = pointer.length - 1;
  let nested = value;
  while (depth > 0 && nodeAt(source.root, pointer.slice(0, depth)) === undefined) {
    const step = pointer[depth];
    nested = typeof step === 'number' ? [nested] : { [String(step)]: nested };
    depth--;
  }
  return { depth, nested };
}

function lastOf(map: MapNode): number {
  return keysOf(map).length - 1;
}

/** Behind the nearest key that comes before it in the given order; else at the end. */
function behindNeighbour(map: MapNode, key: string, order: readonly string[] = []): number {
  const keys = keysOf(map);
  const at = order.indexOf(key);
  for (let before = at - 1; before >= 0; before--) {
    const found = keys.indexOf(order[before] ?? '');
    if (found >= 0) return found;
  }
  return at < 0
    ? keys.length - 1
    : order.some(other => keys.includes(other))
      ? -1
      : keys.length - 1;
}

function withoutField(text: string, wanted: Wanted): string {
  const { document, pointer, keeps = () => false } = wanted;
  const source = readSource(text, document);
  const held = heldAt(source, pointer);
  if (!held.node || pointer.length === 0) throw new NotEditable('There is nothing to take out.');
  const { parent } = held;
  const count =
    parent?.kind === 'map'
      ? keysOf(parent).length
      : parent?.kind === 'list'
        ? parent.items.length
        : 0;
  if (count > 1) return removed(source, held);
  const above = pointer.slice(0, -1);
  const empty: Json = parent?.kind === 'list' ? [] : {};
  if (above.length === 0)
    throw new NotEditable('It is all that the document says.', held.node.start);
  return keeps(above)
    ? converged(text, { document, pointer: above }, empty)
    : withoutField(text, { ...wanted, pointer: above });
}

interface At {
  document: number;
  pointer: Readonly<Pointer>;
}

/** Turns what stands at a place into a value, in as small steps as the two have parts in common. */
function converged(text: string, at: At, value: Json): string {
  const source = readSource(text, at.document);
  const held = heldAt(source, at.pointer);
  const { node } = held;
  if (!node) throw new NotEditable('There is no such field.');
  const present = jsonOf(node);
  if (isDeepStrictEqual(present, value)) return text;
  const hasParts = Array.isArray(value)
    ? value.length > 0
    : isObject(value) && Object.keys(value).length > 0;
  if (hasParts && node.kind === 'map' && isObject(value) && keysOf(node).some(key => key in value))
    return convergedMap(text, at, node, value);
  if (hasParts && node.kind === 'list' && node.items.length > 0 && Array.isArray(value))
    return convergedList(text, at, node, value);
  return replaced(source, held, value);
}

function convergedMap(text: string, at: At, node: MapNode, value: JsonObject): string {
  if (node.entries.some(({ merged }) => merged))
    throw new NotEditable(
      'A merge key (<<) brings a part of this value from an anchor.',
      node.start,
    );
  const order = Object.keys(value);
  const gone = keysOf(node).filter(key => !Object.hasOwn(value, key));
  const under = (key: string) => ({ ...at, pointer: [...at.pointer, key] });
  let edited = text;
  for (const key of order) edited = withField(edited, { ...under(key), order }, value[key] as Json);
  for (const key of gone) {
    const source = readSource(edited, at.document);
    edited = removed(source, heldAt(source, [...at.pointer, key]));
  }
  return edited;
}

function convergedList(text: string, at: At, node: ListNode, value: readonly Json[]): string {
  const present = node.items.map(jsonOf);
  const same = matching(present, value);
  if (!same) return convergedByPosition(text, at, present, value);
  let edited = text;
  const step = (change: (source: Source, list: ListNode) => string) => {
    const source = readSource(edited, at.document);
    const { node: list } = heldAt(source, at.pointer);
    if (list?.kind === 'list') edited = change(source, list);
  };
  // What goes is taken out last where nothing would remain in between.
  const wanted = same.filter(position => position !== undefined);
  const gone = present.flatMap((_, position) => (wanted.includes(position) ? [] : [position]));
  const kept = present.flatMap((_, position) => (wanted.includes(position) ? [position] : []));
  if (kept.length === 0) {
    const source = readSource(edited, at.document);
    return replacedItems(source, at, value);
  }
  for (const position of gone.toReversed())
    step(source => removed(source, heldAt(source, [...at.pointer, position])));
  const order = wanted.map(position => kept.indexOf(position));
  if (order.some((position, index) => position !== index))
    step((source, list) => reordered(source, list, order));
  for (const [position, item] of value.entries())
    if (same[position] === undefined)
      step((source, list) => inserted(source, list, { value: item, after: position - 1 }));
    else edited = converged(edited, { ...at, pointer: [...at.pointer, position] }, item);
  return edited;
}

function replacedItems(source: Source, at: At, value: readonly Json[]): string {
  let edited = source.text;
  const { node } = heldAt(source, at.pointer);
  const count = node?.kind === 'list' ? node.items.length : 0;
  return convergedByPosition(
    edited,
    at,
    Array<Json>(count).fill(null),
    value,
    (text, position, item) => {
      const now = readSource(text, at.document);
      edited = replaced(now, heldAt(now, [...at.pointer, position]), item);
      return edited;
    },
  );
}

function convergedByPosition(
  text: string,
  at: At,
  present: readonly Json[],
  value: readonly Json[],
  each = (edited: string, position: number, item: Json) =>
    converged(edited, { ...at, pointer: [...at.pointer, position] }, item),
): string {
  let edited = text;
  for (let position = present.length - 1; position >= value.length; position--) {
    const source = readSource(edited, at.document);
    edited = removed(source, heldAt(source, [...at.pointer, position]));
  }
  for (const [position, item] of value.entries()) {
    if (position < present.length) edited = each(edited, position, item);
    else {
      const source = readSource(edited, at.document);
      const { node } = heldAt(source, at.pointer);
      if (node?.kind === 'list')
        edited = inserted(source, node, { value: item, after: position - 1 });
    }
  }
  return edited;
}
