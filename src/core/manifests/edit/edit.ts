import { isDeepStrictEqual } from 'node:util';
import type { Pointer } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import { jsonOf, nodeAt } from '../locate.ts';
import { parseManifests } from '../parse.ts';
import type { ListNode, MapNode, Node } from '../syntax.ts';
import { heldAt, NotEditable, readSource, type Source } from './source.ts';
import { inserted, keysOf, removed, reordered, replaced } from './steps.ts';

/** What a document shall say at a place. */
export interface Wanted {
  /** Position among `parseManifests(text).documents`. */
  document: number;
  pointer: Readonly<Pointer>;
  /** Absent: the field goes, and parents that it leaves empty. */
  value?: Json;
  /** Absent parents that stay as `{}` or `[]` when they become empty; the rest go. By their number of steps. */
  keeps?: (parent: Readonly<Pointer>) => boolean;
  /** Keys of the map that the field is in, in the order in which a new one is put beside its neighbours. */
  order?: readonly string[];
}

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

/** Of what Kubernetes' lists are keyed by, the first that tells all items apart. */
const names = [
  'name',
  'key',
  'mountPath',
  'devicePath',
  'containerPort',
  'port',
  'host',
  'path',
  'ip',
  'type',
];

/** For each wanted item the position of the present one that is the same; undefined where items cannot be told apart. */
function matching(
  present: readonly Json[],
  value: readonly Json[],
): (number | undefined)[] | undefined {
  const identity = identityOf([present, value]);
  if (!identity) return undefined;
  const keys = present.map(identity);
  return value.map(item => {
    const found = keys.indexOf(identity(item));
    return found < 0 ? undefined : found;
  });
}

function identityOf(lists: readonly (readonly Json[])[]): ((item: Json) => string) | undefined {
  const all = lists.flat();
  const distinct = (identity: (item: Json) => string) =>
    lists.every(list => new Set(list.map(identity)).size === list.length);
  if (all.every(item => typeof item !== 'object' || item === null)) {
    const byValue = (item: Json) => JSON.stringify(item);
    return distinct(byValue) ? byValue : undefined;
  }
  if (!all.every(isObject)) return undefined;
  return names
    .map(name => (item: Json) => JSON.stringify((item as JsonObject)[name] ?? null))
    .find(
      (identity, at) =>
        all.every(
          item =>
            typeof (item as JsonObject)[names[at] ?? ''] !== 'object' &&
            names[at] !== undefined &&
            Object.hasOwn(item as JsonObject, names[at] ?? ''),
        ) && distinct(identity),
    );
}

/** Nothing but what was wanted may read otherwise afterwards. */
function assertSame(before: string, after: string, wanted: Wanted): void {
  const [old, now] = [parseManifests(before), parseManifests(after)];
  const isBroken =
    now.problems.length > old.problems.length || now.documents.length !== old.documents.length;
  const expected = old.documents.map(({ root }, at) =>
    root === undefined
      ? undefined
      : at === wanted.document
        ? changed(jsonOf(root), wanted)
        : jsonOf(root),
  );
  const read = now.documents.map(({ root }) => (root === undefined ? undefined : jsonOf(root)));
  if (!isBroken && isDeepStrictEqual(read, expected)) return;
  const alias = aliasIn(old.documents[wanted.document]?.root);
  if (alias !== undefined && !isBroken)
    throw new NotEditable(
      `An alias (*${alias}) repeats what stands here, so more than this field would change.`,
    );
  throw new NotEditable('The text is written in a way that cannot be edited by itself.');
}

function aliasIn(node: Node | undefined): string | undefined {
  if (node === undefined || node.alias !== undefined) return node?.alias;
  if (node.kind === 'scalar') return undefined;
  const children = node.kind === 'list' ? node.items : node.entries.map(entry => entry.node);
  return children.map(aliasIn).find(alias => alias !== undefined);
}

/** What the document is to say. */
function changed(root: Json, { pointer, value, keeps = () => false }: Wanted): Json {
  if (pointer.length === 0) return value ?? root;
  const [step, ...rest] = pointer as [string | number, ...Pointer];
  const at = { pointer: rest, keeps: (parent: Readonly<Pointer>) => keeps([step, ...parent]) };
  if (Array.isArray(root)) {
    const index = Number(step);
    const isNew = index >= root.length && value !== undefined;
    if (rest.length === 0 && isNew) return [...root, value];
    const inner =
      rest.length === 0 ? value : changedChild(root[index], { ...at, document: 0, value });
    if (inner === undefined) return root.toSpliced(index, 1);
    return isNew ? [...root, inner] : root.with(index, inner);
  }
  const map = isObject(root) ? root : {};
  const key = String(step);
  const inner = rest.length === 0 ? value : changedChild(map[key], { ...at, document: 0, value });
  if (inner !== undefined) return { ...map, [key]: inner };
  const { [key]: _, ...others } = map;
  return others;
}

/** Undefined where a parent is left empty and goes. */
function changedChild(child: Json | undefined, wanted: Wanted): Json | undefined {
  const { pointer, value, keeps = () => false } = wanted;
  const empty: Json = typeof pointer[0] === 'number' ? [] : {};
  const inner = changed(child ?? empty, wanted);
  const isEmpty = typeof inner === 'object' && inner !== null && Object.keys(inner).length === 0;
  return isEmpty && value === undefined && !keeps([]) ? undefined : inner;
}
