import { isObject, type Json } from '../../../model/resource.ts';
import { own } from '../../values.ts';

/** Fields, indices, and what `[from:to]` takes of a list. */
export type JqPath = (string | number | Range)[];

interface Range {
  from: number;
  to: number;
}

/** A value on the way through a filter; `pointer` is undefined for values that are computed. */
export interface At {
  pointer: JqPath | undefined;
  value: Json;
}

/** Makes any number of values of one. Throws a `JqError` where jq stops with an error. */
export type Filter = (at: At) => Iterable<At>;

/** jq stops here; `?` catches it. */
export class JqError extends Error {}

/** More than any rule has a use for; jq is stopped after a second. */
const most = 50_000;

/** Everything that a filter makes of a value. Throws a `JqError` where it does not end. */
export function within(filter: Filter, at: At): At[] {
  const found: At[] = [];
  for (const each of filter(at)) {
    found.push(each);
    if (found.length > most) throw new JqError('it does not come to an end');
  }
  return found;
}

export function computed(value: Json): At {
  return { pointer: undefined, value };
}

export function truthy(value: Json): boolean {
  return value !== null && value !== false;
}

export function* pipe(first: Filter, next: Filter, at: At): Iterable<At> {
  for (const each of first(at)) yield* next(each);
}

/** What comes before the error, and then nothing (`?`). */
export function* attempt(filter: Filter, at: At): Iterable<At> {
  try {
    yield* filter(at);
  } catch (error) {
    if (!(error instanceof JqError)) throw error;
  }
}

/** `.key`, `.[index]`: what is not there is null, and what has no parts is an error. */
export function step({ pointer, value }: At, key: Json): At {
  if (typeof key === 'string' && (isObject(value) || value === null))
    return { pointer: pointer?.concat(key), value: own(value, key) ?? null };
  if (typeof key === 'number' && (Array.isArray(value) || value === null)) {
    const list = value ?? [];
    const whole = Math.trunc(key);
    const index = whole < 0 ? list.length + whole : whole;
    return { pointer: pointer && intoList(pointer, index), value: list[index] ?? null };
  }
  throw new JqError(`cannot be indexed with ${JSON.stringify(key)}`);
}

/** `.[from:to]` */
export function slice({ pointer, value }: At, from: Json, to: Json): At {
  if (value === null) return { pointer: pointer?.concat({ from: 0, to: 0 }), value };
  if (!Array.isArray(value) || !isBound(from) || !isBound(to)) throw new JqError('is no list');
  const start = clamped(Math.trunc(from ?? 0), 0, value.length);
  const end = clamped(Math.ceil(to ?? value.length), start, value.length);
  const range = { from: start, to: end };
  return { pointer: pointer && intoList(pointer, range), value: value.slice(start, end) };
}

function isBound(value: Json): value is number | null {
  return value === null || typeof value === 'number';
}

function clamped(index: number, least: number, length: number): number {
  return Math.min(Math.max(index < 0 ? index + length : index, least), length);
}

/** What is counted in a part of a list is counted in the list. */
function intoList(pointer: JqPath, part: number | Range): JqPath {
  const last = pointer.at(-1);
  if (typeof last !== 'object') return pointer.concat(part);
  const inList =
    typeof part === 'number'
      ? last.from + part
      : { from: last.from + part.from, to: last.from + part.to };
  return pointer.with(-1, inList);
}

/** The places that a path names: each item that a part of a list has. */
export function pointersOf(path: JqPath): (string | number)[][] {
  return path.reduce<(string | number)[][]>(
    (found, part) =>
      found.flatMap(pointer => {
        if (typeof part !== 'object') return [[...pointer, part]];
        const { from, to } = part;
        return Array.from({ length: to - from }, (_, index) => [...pointer, from + index]);
      }),
    [[]],
  );
}

/** `.[]` */
export function* each({ pointer, value }: At): Iterable<At> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      yield { pointer: pointer && intoList(pointer, index), value: item };
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value))
      yield { pointer: pointer?.concat(key), value: item };
  } else throw new JqError('cannot be iterated over');
}

/** `..` */
export function* descend(at: At): Iterable<At> {
  yield at;
  for (const inner of attempt(each, at)) yield* descend(inner);
}
