import type { Pointer } from '../model/path.ts';
import { isObject, type Json, type JsonObject, parseApiVersion } from '../model/resource.ts';
import {
  type ChosenKind,
  type KindName,
  kindName,
  kindText,
  type ReferenceField,
} from './field.ts';
import { isClusterKind } from './scope.ts';
import { referenceFields } from './table/index.ts';
import { Trie } from './trie.ts';

/** What a field of an object names. */
export interface Reference {
  /** To the name. */
  pointer: Pointer;
  name: string;
  /** What it may be; several where any of them will do. */
  kinds: readonly KindName[];
  /**
   * Where it is; empty for kinds without namespaces, and where who refers says none (its application's then).
   * Undefined where it may be in any.
   */
  namespace: string | undefined;
  /** The reference itself says that it may be missing (`optional: true`). */
  optional: boolean;
  /** Only names it: nobody is told that it is missing. */
  soft: boolean;
  /** The key of the object's data that is meant. */
  key?: { name: string; pointer: Pointer };
}

/** All that an object, or a part of one that a patch gives, refers to. */
export function referencesOf(object: JsonObject): Reference[] {
  const found: Reference[] = [];
  for (const trie of triesOf(object))
    trie.walk(object, ({ row, value, pointer, parents }) => {
      // `*` is every object of the kind, for Flux's events.
      if (typeof value !== 'string' || value === '' || value === '*') return;
      const place = placeOf(object, row, parents);
      const reference = place && { pointer, name: value, ...place };
      if (reference) found.push(withKey(reference, row, parents));
    });
  return found;
}

/** What may be named at a place, also where nothing is written there yet; undefined where no object is named. */
export function referenceAt(
  object: JsonObject,
  pointer: Readonly<Pointer>,
): Pick<Reference, 'kinds' | 'namespace' | 'optional' | 'soft'> | undefined {
  const parents = parentsOf(object, pointer);
  for (const trie of triesOf(object))
    for (const row of trie.rowsAt(pointer)) {
      const place = placeOf(object, row, parents);
      if (place) return place;
    }
  return undefined;
}

const everyKind = '*';

const tries: ReadonlyMap<string, Trie<ReferenceField>> = readTable();

function readTable(): Map<string, Trie<ReferenceField>> {
  const byKind = new Map<string, Trie<ReferenceField>>();
  for (const { of, fields } of referenceFields)
    for (const kind of of) {
      const trie = byKind.get(kind) ?? new Trie<ReferenceField>();
      byKind.set(kind, trie);
      for (const field of fields) trie.add(field.path, field);
    }
  return byKind;
}

function triesOf({ apiVersion, kind }: JsonObject): Trie<ReferenceField>[] {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return [];
  const name = kindText({ group: parseApiVersion(apiVersion).group, kind });
  return [tries.get(name), tries.get(everyKind)].filter(trie => trie !== undefined);
}

function placeOf(
  object: JsonObject,
  { to, namespace = 'own', soft: isSoft }: ReferenceField,
  parents: readonly Json[],
): Omit<Reference, 'pointer' | 'name'> | undefined {
  const beside = parents.at(-1);
  const siblings = isObject(beside) ? beside : {};
  const kinds = kindsOf(to, siblings);
  if (kinds.length === 0) return undefined;
  const optional = siblings.optional === true;
  const soft = isSoft === true;
  if (kinds.every(kind => isClusterKind(kindText(kind))))
    return { kinds, namespace: '', optional, soft };
  if (namespace === 'any') return { kinds, namespace: undefined, optional, soft };
  const named = namespace === 'beside' ? siblings.namespace : undefined;
  const own = isObject(object.metadata) ? object.metadata.namespace : undefined;
  const where = [named, own].find(each => typeof each === 'string') ?? '';
  return { kinds, namespace: String(where), optional, soft };
}

function kindsOf(to: ReferenceField['to'], siblings: JsonObject): KindName[] {
  if (typeof to === 'string') return [kindName(to)];
  if (!isChosen(to)) return to.map(kindName);
  const { kinds, otherwise, only } = to;
  const { kind } = siblings;
  if (typeof kind !== 'string') return otherwise === undefined ? [] : [kindName(otherwise)];
  const group = groupOf(siblings);
  const known = kinds.map(kindName).filter(each => each.kind === kind);
  const same = known.filter(each => each.group === group);
  if (same.length > 0) return same;
  // Where no group is said, the field's own kinds are meant; else whatever is said.
  if (group === undefined || only) return known;
  return [{ group, kind }];
}

function isChosen(to: ReferenceField['to']): to is ChosenKind {
  return typeof to === 'object' && 'kinds' in to;
}

function groupOf({ apiVersion, apiGroup, group }: JsonObject): string | undefined {
  if (typeof apiVersion === 'string') return parseApiVersion(apiVersion).group;
  return [apiGroup, group].find(each => typeof each === 'string');
}

function withKey(
  reference: Reference,
  { key }: ReferenceField,
  parents: readonly Json[],
): Reference {
  const beside = parents.at(-1);
  const name = key !== undefined && isObject(beside) ? beside[key] : undefined;
  if (key === undefined || typeof name !== 'string') return reference;
  return { ...reference, key: { name, pointer: [...reference.pointer.slice(0, -1), key] } };
}

function parentsOf(object: JsonObject, pointer: Readonly<Pointer>): Json[] {
  const parents: Json[] = [];
  let value: Json | undefined = object;
  for (const step of pointer) {
    if (value === undefined) break;
    parents.push(value);
    value = Array.isArray(value) ? value[Number(step)] : isObject(value) ? value[step] : undefined;
  }
  return parents.length === pointer.length ? parents : [...parents, {}];
}
