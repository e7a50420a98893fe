import { isDeepStrictEqual } from 'node:util';
import type { Pointer } from '../../model/path.ts';
import { isObject, type Json } from '../../model/resource.ts';
import { jsonOf } from '../locate.ts';
import { parseManifests } from '../parse.ts';
import type { Node } from '../syntax.ts';
import { NotEditable } from './source.ts';
import type { Wanted } from './wanted.ts';

/** Nothing but what was wanted may read otherwise afterwards. */
export function assertSame(before: string, after: string, wanted: Wanted): void {
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
