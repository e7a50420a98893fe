import { isDeepStrictEqual } from 'node:util';
import { parseManifests } from '../../manifests/parse.ts';
import type { ParsedFile } from '../../manifests/syntax.ts';
import { type Pointer, resolveSteps } from '../../model/path.ts';
import type { RenderedObject } from '../../model/rendered.ts';
import { childrenOf, isObject, type Json } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import {
  type Candidate,
  type CandidateInput,
  type Elsewhere,
  isLeaf,
  keepsIn,
  namedSteps,
  tried,
  unknownPlace,
} from './attempt.ts';
import { moved, readAt, type Spot, spotAt, written } from './spot.ts';
import { nestedValue } from './wanted.ts';

export async function changedParts(input: CandidateInput): Promise<Candidate[] | Elsewhere> {
  const { goal, object } = input;
  const found = await spotsOf(input, goal.pointer);
  const { value, order } = goal;
  const edits = found.map(each =>
    tried(each.place, each.text, () => {
      const { spot } = each;
      const present = readAt(spot);
      if (value === undefined) return [written(spot, { keeps: keepsIn(input, spot) })];
      if (isDeepStrictEqual(present, goal.present)) return [written(spot, { value })];
      // A list that something else completes later is put in order by its positions.
      const isSame = order && Array.isArray(present) && present.length === order.length;
      return isSame ? [written(spot, { value: order.map(at => present[at] as Json) })] : [];
    }),
  );
  const place = found[0]?.place ?? object.locate(goal.pointer);
  return (
    firstOf(edits) ?? {
      reason: 'Its parts come from several places, so no one line holds it.',
      place,
    }
  );
}

/** All edits there are; where there are none, why one could not be made. */
function firstOf(tries: readonly (Candidate[] | Elsewhere)[]): Candidate[] | Elsewhere | undefined {
  const edits = tries.flatMap(each => (Array.isArray(each) ? each : []));
  return edits.length > 0 ? edits : tries.find(each => !Array.isArray(each));
}

export async function insertions(input: CandidateInput): Promise<Candidate[] | Elsewhere> {
  const { goal, object } = input;
  const [step, ...rest] = goal.missing;
  const inner = goal.value === undefined ? undefined : nestedValue(rest, goal.value);
  const found = await spotsOf(input, goal.pointer);
  const place = found[0]?.place ?? object.locate(goal.pointer);
  if (step === undefined || inner === undefined || found.length === 0)
    return { reason: 'No line of the repository holds what it belongs to.', place };
  const order = keysAt(input.live, goal.pointer, object);
  const all = found.map(each =>
    tried(each.place, each.text, () => {
      if (typeof step === 'string')
        return [written(moved(each.spot, [...each.spot.pointer, step]), { value: inner, order })];
      const list = readAt(each.spot);
      const item = nestedValue([step], inner);
      if (!Array.isArray(list) || !Array.isArray(item)) return [];
      return [written(each.spot, { value: withItem(list, item[0] as Json, order) })];
    }),
  );
  return firstOf(all) ?? unknownPlace(place);
}

/** Names of the members of what runs there, in their order. */
function keysAt(
  live: Json | undefined,
  pointer: Readonly<Pointer>,
  object: RenderedObject,
): string[] {
  const there =
    live === undefined ? undefined : resolveSteps(live, namedSteps(object.value, pointer)).value;
  if (Array.isArray(there)) return there.map(item => identity(item));
  return isObject(there) ? Object.keys(there) : [];
}

function identity(item: Json): string {
  return JSON.stringify(isObject(item) ? (item.name ?? item.key ?? item) : item);
}

/** A list with one more item, behind the nearest that stands before it in what runs. */
function withItem(list: readonly Json[], item: Json, order: readonly string[]): Json[] {
  const keys = list.map(identity);
  for (let before = order.indexOf(identity(item)) - 1; before >= 0; before--) {
    const at = keys.indexOf(order[before] ?? '');
    if (at >= 0) return list.toSpliced(at + 1, 0, item);
  }
  return order.includes(identity(item)) ? [item, ...list] : [...list, item];
}

interface Found {
  spot: Spot;
  place: Place;
  text: string;
}

/** More files than these hold no part of one map, and more fields are not asked for. */
const mostPlaces = 4;
const mostFields = 100;

/** Where a map or list stands: above the places of its fields, in each file that has some. */
async function spotsOf(input: CandidateInput, pointer: Pointer): Promise<Found[]> {
  const { object } = input;
  const found = new Map<string, Found>();
  const parsed = new Map<string, ParsedFile>();
  const { value } = resolveSteps(object.value, pointer);
  for (const leaf of [...firstLeaves(value)].slice(0, mostFields)) {
    const place = object.locate([...pointer, ...leaf]);
    if (place.how === 'unknown' || place.how === 'template') continue;
    const text = await input.textOf(place.file);
    if (text === undefined) continue;
    const file = parsed.get(place.file) ?? parseManifests(text);
    parsed.set(place.file, file);
    const spot = above(spotAt(text, place, isLeaf, file), leaf);
    const key = spot && `${place.file} ${spot.within?.pointer} ${spot.document} ${spot.pointer}`;
    if (spot && key !== undefined && !found.has(key)) found.set(key, { spot, place, text });
    if (found.size === mostPlaces) break;
  }
  return [...found.values()];
}

/** The spot that a field's own spot lies below, where the text has the same steps; list items may be others. */
function above(spot: Spot | undefined, leaf: Pointer): Spot | undefined {
  if (!spot || spot.pointer.length < leaf.length) return undefined;
  const length = spot.pointer.length - leaf.length;
  const isSame = leaf.every((step, at) => {
    const own = spot.pointer[length + at];
    return typeof step === 'number' ? typeof own === 'number' : own === step;
  });
  return isSame ? moved(spot, spot.pointer.slice(0, length)) : undefined;
}

/** One field of each member; an empty map or list is its own. */
function* firstLeaves(value: Json): Generator<Pointer> {
  const children = childrenOf(value);
  if (children === undefined) yield [];
  else for (const [step, child] of children) yield [step, ...firstLeaf(child)];
}

function firstLeaf(value: Json): Pointer {
  const [first] = childrenOf(value) ?? [];
  return first === undefined ? [] : [first[0], ...firstLeaf(first[1])];
}
