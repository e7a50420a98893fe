import { isDeepStrictEqual } from 'node:util';
import { NotEditable } from '../../manifests/edit/source.ts';
import { offsetAt } from '../../manifests/locate.ts';
import { parseManifests } from '../../manifests/parse.ts';
import { type Pointer, resolveSteps } from '../../model/path.ts';
import type { Provenance, RenderedObject } from '../../model/rendered.ts';
import { childrenOf, isObject, type Json } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import { imageEntry } from './images.ts';
import { moved, nodeOf, readAt, type Spot, spotAt, written } from './spot.ts';
import { type Goal, nestedValue } from './wanted.ts';

/** A file's text before and after an edit that may do. */
export interface Candidate {
  file: string;
  before: string;
  after: string;
}

export interface CandidateInput {
  object: RenderedObject;
  goal: Goal;
  /** What runs, as far as it is known: it says the order of keys, and which parents stay when they are empty. */
  live?: Json | undefined;
  textOf(file: string): Promise<string | undefined>;
  /** True for a file that kustomize reads as its own. */
  isKustomization(file: string): boolean;
}

/** Why no line holds the value, and where to look. */
export interface Elsewhere {
  reason: string;
  place?: Place;
}

/** The edits that may make the repository say what is wanted, the likeliest first; or why there is none. */
export async function candidatesFor(input: CandidateInput): Promise<Candidate[] | Elsewhere> {
  const { goal } = input;
  if (goal.missing.length > 0) return insertions(input);
  const hasParts = childrenOf(goal.present) !== undefined;
  return hasParts ? changedParts(input) : changedLeaf(input);
}

async function changedLeaf(input: CandidateInput): Promise<Candidate[] | Elsewhere> {
  const { object, goal } = input;
  const place = object.locate(goal.pointer);
  const text = await input.textOf(place.file);
  if (text === undefined || place.how === 'unknown') return unknownPlace(place);
  if (place.how === 'template')
    return { reason: 'A template makes this value, so no line holds it.', place };
  const variable = await substituted(input, place, text);
  if (variable) return variable;
  return tried(place, text, () => leafTexts(input, place, text));
}

function unknownPlace(place: Place): Elsewhere {
  return { reason: 'It is not known which line makes this value; this one is the nearest.', place };
}

/** Edits of one text; a sentence of the editor's own where it cannot be done. */
function tried(
  place: Place,
  before: string,
  texts: () => string[] | Elsewhere,
): Candidate[] | Elsewhere {
  try {
    const found = texts();
    if (!Array.isArray(found)) return found;
    const { file } = place;
    return found.filter(after => after !== before).map(after => ({ file, before, after }));
  } catch (error) {
    if (!(error instanceof NotEditable)) throw error;
    return { reason: error.message, place };
  }
}

const renaming = new Set(['namePrefix', 'nameSuffix', 'namespace']);

function leafTexts(input: CandidateInput, place: Place, text: string): string[] | Elsewhere {
  const { goal } = input;
  const { value } = goal;
  const spot = /\.(ya?ml|json)$/.test(place.file) ? spotAt(text, place, isLeaf) : undefined;
  if (!spot) return plainTexts(text, place, goal);
  const key = spot.pointer.at(-1);
  const isOwn = input.isKustomization(place.file) && !spot.within;
  if (isOwn && spot.pointer.length === 1 && renaming.has(String(key)))
    return {
      reason: `${key} of this file makes this value; another one would rename every object.`,
      place,
    };
  if (value === undefined) return [written(spot, { keeps: keepsIn(input, spot) })];
  const present = readAt(spot);
  const images = isOwn && spot.pointer[0] === 'images' ? entryOf(spot, value) : undefined;
  if (images) return [images];
  const texts =
    present === undefined
      ? []
      : sameValue(present, goal).map(each => written(spot, { value: each }));
  if (texts.length > 0) return texts;
  return { reason: 'This line holds only a part of what makes the value.', place };
}

function isLeaf(node: Parameters<NonNullable<Parameters<typeof spotAt>[2]>>[0]): boolean {
  if (node.kind === 'scalar') return true;
  return (node.kind === 'list' ? node.items : node.entries).length === 0;
}

/** An entry of `images` says name, tag and digest in fields of their own. */
function entryOf(spot: Spot, live: Json): string | undefined {
  const entry = moved(spot, spot.pointer.slice(0, 2));
  const value = typeof live === 'string' ? imageEntry(readAt(entry), live) : undefined;
  return value && written(entry, { value });
}

/** What a text says that is the rendered value, a conversion of it, or has it as its one part (`KEY=value`). */
function sameValue(present: Json, { present: rendered, value }: Goal): Json[] {
  if (value === undefined) return [];
  if (isDeepStrictEqual(present, rendered)) return [value];
  const isScalar = (each: Json) => typeof each !== 'object' || each === null;
  if (!isScalar(present) || !isScalar(rendered) || !isScalar(value)) return [];
  if (String(present) === String(rendered)) return [likeBefore(present, value)];
  if (typeof present !== 'string' || typeof rendered !== 'string') return [];
  const literal = /^([^=]+=)(["']?)([\s\S]*)\2$/.exec(present);
  if (!literal || literal[3] !== rendered || /[\r\n]/.test(String(value))) return [];
  return [`${literal[1]}${literal[2]}${value}${literal[2]}`];
}

/** Where a template turns a number into a text, the file says the number all the same. */
function likeBefore(present: Json, value: Json): Json {
  if (typeof present === 'string') return String(value);
  const read = parseManifests(`v: ${value}`).documents[0]?.root;
  const node = read?.kind === 'map' ? read.entries[0]?.node : undefined;
  return node?.kind === 'scalar' && String(node.value) === String(value) ? node.value : value;
}

/** A file that is a value as a whole, or a line of a file of variables. */
function plainTexts(text: string, place: Place, { present, value }: Goal): string[] | Elsewhere {
  const whole = {
    reason: 'This file is taken over in a way that cannot be edited by itself.',
    place,
  };
  if (typeof present !== 'string' || typeof value !== 'string') return whole;
  if (text === present) return [value];
  const offset = offsetAt(parseManifests(text), place.line, place.column);
  const isThere =
    text.startsWith(present, offset) &&
    /^[ \t]*(\r?\n|$)/.test(text.slice(offset + present.length));
  if (!isThere || /[\r\n]/.test(value)) return whole;
  return [text.slice(0, offset) + value + text.slice(offset + present.length)];
}

/** Of a value that is a Flux variable as a whole, the line that sets the variable. */
async function substituted(
  input: CandidateInput,
  place: Provenance,
  text: string,
): Promise<Candidate[] | Elsewhere | undefined> {
  const step = place.via.map(via => /^(.+):(\d+) postBuild (.+)$/.exec(via)).find(found => found);
  if (!step) return undefined;
  const [, file = '', line = '1', names = ''] = step;
  const spot = spotAt(text, place, isLeaf);
  const value = spot && readAt(spot);
  const variable =
    typeof value === 'string' ? /^\$\{(\w+)(?::?[-=][^}]*)?\}$/.exec(value)?.[1] : undefined;
  const at = { file, line: Number(line), column: 1 };
  if (variable === undefined)
    return {
      reason: `Variables (${names}) make a part of this value; they are set elsewhere.`,
      place: at,
    };
  const source = await input.textOf(file);
  const there = source === undefined ? undefined : onLine(source, at.line, variable);
  if (source === undefined || !there || input.goal.value === undefined)
    return { reason: `The variable ${variable} makes this value.`, place: at };
  return tried({ ...at, file }, source, () =>
    sameValue(readAt(there) ?? null, input.goal).map(each =>
      written(there, { value: typeof each === 'string' ? each : String(each) }),
    ),
  );
}

/** The value of a key that stands on a line. */
function onLine(text: string, line: number, key: string): Spot | undefined {
  const start = text.split('\n')[line - 1] ?? '';
  const columns = [...start].map((_, at) => at + 1);
  return columns
    .map(column => spotAt(text, { line, column }, isLeaf))
    .find(spot => spot?.pointer.at(-1) === key);
}

async function changedParts(input: CandidateInput): Promise<Candidate[] | Elsewhere> {
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

async function insertions(input: CandidateInput): Promise<Candidate[] | Elsewhere> {
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

/** The pointer with list items by their names, as they may stand elsewhere in what runs. */
function namedSteps(root: Json, pointer: Readonly<Pointer>) {
  let value: Json | undefined = root;
  return pointer.map(step => {
    const list = Array.isArray(value);
    value = list
      ? (value as Json[])[Number(step)]
      : isObject(value)
        ? value[String(step)]
        : undefined;
    const name = isObject(value) ? value.name : undefined;
    return list && typeof name === 'string' ? { keys: { name } } : step;
  });
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

/** A parent that would be empty stays where what runs has it: an `emptyDir` without settings is still one. */
function keepsIn({ live, object, goal }: CandidateInput, spot: Spot) {
  return (parent: Readonly<Pointer>) => {
    const above = spot.pointer.length - parent.length;
    const rendered = goal.pointer.slice(0, Math.max(goal.pointer.length - above, 0));
    if (live === undefined || rendered.length === 0) return false;
    return resolveSteps(live, namedSteps(object.value, rendered)).complete;
  };
}
