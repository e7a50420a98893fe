import type { Pointer } from '../../../model/path.ts';
import { isObject, type Json } from '../../../model/resource.ts';
import { own } from '../../values.ts';

/** A value on the way through a filter; `pointer` is undefined for values that are computed. */
export interface At {
  pointer: Pointer | undefined;
  value: Json;
}

/** Makes any number of values of one. Throws a `JqError` where jq stops with an error. */
export type Filter = (at: At) => Iterable<At>;

/** jq stops here; `?` and `//` catch it. */
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
    const index = key < 0 ? list.length + key : key;
    return { pointer: pointer?.concat(index), value: list[index] ?? null };
  }
  throw new JqError(`cannot be indexed with ${JSON.stringify(key)}`);
}

/** `.[]` */
export function* each({ pointer, value }: At): Iterable<At> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      yield { pointer: pointer?.concat(index), value: item };
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
