import { isDeepStrictEqual } from 'node:util';
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
import { moved, nodeOf, readAt, type Spot, spotAt, written } from './spot.ts';
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

/** More files than these hold no part of one map. */
const mostPlaces = 4;

/** Where a map or list stands: above the places of its fields, in each file that has some. */
async function spotsOf(input: CandidateInput, pointer: Pointer): Promise<Found[]> {
  const { object } = input;
  const found = new Map<string, Found>();
  const { value } = resolveSteps(object.value, pointer);
  const leaves = [...leavesBelow(value, [])];
  for (const leaf of leaves.slice(0, 200)) {
    const place = object.locate([...pointer, ...leaf]);
    if (place.how === 'unknown' || place.how === 'template') continue;
    const text = await input.textOf(place.file);
    const spot = text === undefined ? undefined : spotAt(text, place, isLeaf);
    if (!spot || text === undefined || spot.pointer.length < leaf.length) continue;
    const above = moved(spot, spot.pointer.slice(0, spot.pointer.length - leaf.length));
    const steps = spot.pointer.slice(above.pointer.length);
    if (
      !steps.every(
        (step, at) =>
          typeof step === typeof leaf[at] && (typeof step === 'number' || step === leaf[at]),
      )
    )
      continue;
    const key = `${place.file} ${nodeOf(above)?.start}`;
    if (!found.has(key)) found.set(key, { spot: above, place, text });
    if (found.size === mostPlaces) break;
  }
  return [...found.values()];
}

function* leavesBelow(value: Json, at: Pointer): Generator<Pointer> {
  const children = childrenOf(value);
  if (children === undefined) yield at;
  else for (const [step, child] of children) yield* leavesBelow(child, [...at, step]);
}
