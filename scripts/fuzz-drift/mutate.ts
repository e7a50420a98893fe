import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';
import type { FieldType } from '../../src/core/schemas/type.ts';
import type { Random } from '../lib/random.ts';
import { shuffled, weighted } from './chance.ts';
import { respellings } from './spelling.ts';
import { absentFields, newItem, someValue, typedChildren } from './values.ts';

/** A value inside an object, where it can be changed. */
interface Place {
  parent: JsonObject | Json[];
  key: string | number;
  value: Json;
  type: FieldType;
  /** What stands at the same fields of the object that can be copied from. */
  model: Json | undefined;
  /** Stays itself; only what is in it may change. */
  fixed?: boolean;
}

/** Changes a place; false where this cannot be done there. */
type Change = (place: Place, random: Random) => boolean;

/** The name of fields that no type has. */
export const unknownField = 'x-unknown';

const changes: readonly (readonly [number, Change])[] = [
  [6, remove],
  [5, otherValue],
  [6, respell],
  [2, setTo(() => null)],
  [3, empty],
  [3, addField],
  [3, addMember],
  [4, shuffle],
  [4, copyField],
  [0.4, duplicate],
  [0.4, (place, random) => set(place, unknownField, random)],
  [0.6, wrongType],
];

/**
 * A copy with `count` random changes; fields that are not there may be taken from `model`, another state
 * of the same object. Changes that fit nowhere are left out.
 */
export function mutated(
  object: JsonObject,
  type: FieldType,
  { random, count, model }: { random: Random; count: number; model?: JsonObject },
): JsonObject {
  const copy = structuredClone(object);
  for (let done = 0; done < count; done++) {
    const change = weighted(random, changes);
    const places = [...placesOf(copy, type, model)];
    for (let attempt = 0; attempt < 30 && places.length > 0; attempt++)
      if (change(random.pick(places), random)) break;
  }
  return copy;
}

/** What says which object it is, and what the server writes, stays. */
function* placesOf(object: JsonObject, type: FieldType, model?: JsonObject): Generator<Place> {
  yield { parent: {}, key: '', value: object, type, model, fixed: true };
  for (const child of typedChildren(object, type)) {
    const place = { parent: object, ...child, model: at(model, child.key) };
    if (child.key === 'metadata') yield* metadataPlaces(place);
    else if (child.key !== 'apiVersion' && child.key !== 'kind') {
      yield place;
      yield* placesIn(child.value, child.type, place.model);
    }
  }
}

function* metadataPlaces(metadata: Place): Generator<Place> {
  yield { ...metadata, fixed: true };
  for (const child of typedChildren(metadata.value, metadata.type)) {
    if (!['labels', 'annotations', 'finalizers'].includes(String(child.key))) continue;
    const parent = metadata.value as JsonObject;
    const place = { parent, ...child, model: at(metadata.model, child.key) };
    yield place;
    yield* placesIn(child.value, child.type, place.model);
  }
}

function* placesIn(value: Json, type: FieldType, model: Json | undefined): Generator<Place> {
  if (!isObject(value) && !Array.isArray(value)) return;
  for (const child of typedChildren(value, type)) {
    const place = { parent: value, ...child, model: at(model, child.key) };
    yield place;
    yield* placesIn(child.value, child.type, place.model);
  }
}

function at(model: Json | undefined, key: string | number): Json | undefined {
  if (Array.isArray(model)) return typeof key === 'number' ? model[key] : undefined;
  return isObject(model) && Object.hasOwn(model, key) ? model[String(key)] : undefined;
}

/** Fields of objects that are not written by people, or say which object it is. */
const serverFields = new Set(
  'name namespace uid resourceVersion generation creationTimestamp managedFields ownerReferences generateName selfLink deletionTimestamp deletionGracePeriodSeconds apiVersion kind status'.split(
    ' ',
  ),
);

function remove({ parent, key, fixed }: Place): boolean {
  if (fixed) return false;
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return true;
}

function put({ parent, key, fixed }: Place, value: Json): boolean {
  if (fixed) return false;
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else parent[key] = value;
  return true;
}

function setTo(make: () => Json): Change {
  return place => put(place, make());
}

function otherValue(place: Place, random: Random): boolean {
  const { value, type } = place;
  if (typeof value === 'object') return false;
  if (typeof value === 'boolean') return put(place, !value);
  if (typeof value === 'number') return put(place, random.pick([value + 1, 0, value * 2]));
  return put(place, someValue(type, random) ?? `${value}x`);
}

function respell(place: Place, random: Random): boolean {
  const others = respellings(place.value, place.type);
  return others.length > 0 && put(place, random.pick(others));
}

function empty(place: Place): boolean {
  const { value } = place;
  if (Array.isArray(value)) return put(place, []);
  if (isObject(value)) return put(place, {});
  if (typeof value === 'string') return put(place, '');
  return put(place, typeof value === 'number' ? 0 : false);
}

function addField({ value, type, fixed }: Place, random: Random): boolean {
  if (!isObject(value)) return false;
  const fields = absentFields(value, type).filter(([name]) => !fixed || !serverFields.has(name));
  if (fields.length === 0) return false;
  const [name, field] = random.pick(fields);
  const made = someValue(field, random, 1);
  if (made !== undefined) value[name] = made;
  return made !== undefined;
}

function addMember({ value, type }: Place, random: Random): boolean {
  if (Array.isArray(value)) {
    const item = newItem(type, value, random, 1);
    if (item !== undefined) value.splice(random.below(value.length + 1), 0, item);
    return item !== undefined;
  }
  if (!isObject(value) || !type.element) return false;
  const made = someValue(type.element, random, 1);
  if (made !== undefined) value[`k${random.below(9)}`] = made;
  return made !== undefined;
}

function shuffle(place: Place, random: Random): boolean {
  const { value } = place;
  if (!Array.isArray(value) || value.length < 2) return false;
  return put(place, random.next() < 0.5 ? value.toReversed() : shuffled(random, value));
}

/** Declares a field as the other state has it, such as a default that the server wrote. */
function copyField({ value, model, fixed }: Place, random: Random): boolean {
  if (!isObject(value) || !isObject(model)) return false;
  const fields = Object.keys(model).filter(
    name => !Object.hasOwn(value, name) && !(fixed && serverFields.has(name)),
  );
  if (fields.length === 0) return false;
  const name = random.pick(fields);
  value[name] = structuredClone(model[name] as Json);
  return true;
}

function duplicate({ parent, key, value }: Place): boolean {
  if (!Array.isArray(parent)) return false;
  parent.splice(Number(key), 0, structuredClone(value));
  return true;
}

function set({ value }: Place, name: string, random: Random): boolean {
  if (!isObject(value)) return false;
  value[name] = random.pick<Json>(['x', 1, { a: 'b' }]);
  return true;
}

function wrongType(place: Place, random: Random): boolean {
  const { value } = place;
  const others: Json[] = ['x', 3, true, ['x'], { a: 'b' }];
  const wrong = others.filter(
    other => typeof other !== typeof value || Array.isArray(other) !== Array.isArray(value),
  );
  return put(place, structuredClone(random.pick(wrong)));
}
