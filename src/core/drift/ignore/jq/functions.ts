import { isObject, type Json, type JsonObject } from '../../../model/resource.ts';
import { equal } from '../../values.ts';
import { safeRegExp } from '../pattern.ts';
import {
  type At,
  computed,
  descend,
  each,
  type Filter,
  JqError,
  pipe,
  step,
  truthy,
  within,
} from './filter.ts';

/** The jq function of this name with these arguments; undefined where it is not one that is understood here. */
export function functionOf(name: string, args: readonly Filter[]): Filter | undefined {
  const [first, second] = args;
  if (args.length === 0) return constants[name] ?? plain[name];
  if (args.length === 1 && first) return withFilter[name]?.(first) ?? withValue(name, first);
  if (args.length === 2 && first && second) return withTwo[name]?.(first, second);
  return undefined;
}

/** `test` and its flags are read beforehand, so that a pattern that is not understood is known to be none. */
export function testOf(pattern: string, flags: string): Filter | undefined {
  if (/[^gim]/.test(flags))
    return () => {
      throw new JqError('gojq knows no such flag');
    };
  const expression = safeRegExp(pattern, {
    flags: flags.replaceAll('g', '').replaceAll('m', 's'),
  });
  return expression && (at => [computed(expression.test(textOf(at)))]);
}

const constants: Record<string, Filter> = {
  true: () => [computed(true)],
  false: () => [computed(false)],
  null: () => [computed(null)],
  empty: () => [],
  error: () => {
    throw new JqError('the rule says so');
  },
};

/** Keeps the value where the condition holds. */
const only = (holds: (value: Json) => boolean): Filter => {
  return at => (holds(at.value) ? [at] : []);
};
const compute = (make: (at: At) => Json): Filter => {
  return at => [computed(make(at))];
};

const plain: Record<string, Filter> = {
  not: compute(({ value }) => !truthy(value)),
  length: compute(({ value }) => lengthOf(value)),
  type: compute(({ value }) => typeOf(value)),
  keys: compute(at => keysOf(at.value)),
  tostring: compute(({ value }) => (typeof value === 'string' ? value : JSON.stringify(value))),
  ascii_downcase: compute(at => textOf(at).toLowerCase()),
  ascii_upcase: compute(at => textOf(at).toUpperCase()),
  any: compute(at => [...each(at)].some(({ value }) => truthy(value))),
  all: compute(at => [...each(at)].every(({ value }) => truthy(value))),
  values: only(value => value !== null),
  nulls: only(value => value === null),
  strings: only(value => typeof value === 'string'),
  numbers: only(value => typeof value === 'number'),
  booleans: only(value => typeof value === 'boolean'),
  arrays: only(Array.isArray),
  objects: only(isObject),
  iterables: only(value => typeof value === 'object' && value !== null),
  scalars: only(value => typeof value !== 'object' || value === null),
  recurse: descend,
  first: at => [step(at, 0)],
  last: at => [step(at, -1)],
};

const withFilter: Record<string, (filter: Filter) => Filter> = {
  select: condition => at => within(condition, at).flatMap(it => (truthy(it.value) ? [at] : [])),
  first: filter => at => within(filter, at).slice(0, 1),
  // What it says is not where it stands: gojq takes nothing out by it.
  last: filter => at =>
    within(filter, at)
      .slice(-1)
      .map(({ value }) => computed(value)),
  any: filter => compute(at => within(pipeOf(each, filter), at).some(it => truthy(it.value))),
  all: filter => compute(at => within(pipeOf(each, filter), at).every(it => truthy(it.value))),
  IN: filter => compute(at => within(filter, at).some(it => equal(it.value, at.value))),
  map: filter => compute(at => within(pipeOf(each, filter), at).map(({ value }) => value)),
  isempty: filter => compute(at => within(filter, at).length === 0),
};

const withTwo: Record<string, (first: Filter, second: Filter) => Filter> = {
  any: (source, filter) => compute(at => within(pipeOf(source, filter), at).some(isTrue)),
  all: (source, filter) => compute(at => within(pipeOf(source, filter), at).every(isTrue)),
  IN: (source, set) =>
    compute(at => {
      const members = within(set, at);
      return within(source, at).some(it => members.some(each => equal(each.value, it.value)));
    }),
};

function isTrue({ value }: At): boolean {
  return truthy(value);
}

function pipeOf(first: Filter, next: Filter): Filter {
  return at => pipe(first, next, at);
}

/** Functions of a value and an argument that is a value, too. */
function withValue(name: string, argument: Filter): Filter | undefined {
  const make = ofTwo[name];
  return make && (at => within(argument, at).map(({ value }) => computed(make(at.value, value))));
}

const ofTwo: Record<string, (value: Json, argument: Json) => Json> = {
  has: (value, key) => {
    // jq itself asks no null; gojq, which Argo CD has, does.
    if (value === null) return false;
    if (isObject(value) && typeof key === 'string') return Object.hasOwn(value, key);
    if (Array.isArray(value) && typeof key === 'number') return key >= 0 && key < value.length;
    throw new JqError('cannot be asked whether it has a key');
  },
  startswith: (value, text) => asText(value).startsWith(asText(text)),
  endswith: (value, text) => asText(value).endsWith(asText(text)),
  ltrimstr: (value, start) => {
    const [whole, text] = [asText(value), asText(start)];
    return whole.startsWith(text) ? whole.slice(text.length) : whole;
  },
  rtrimstr: (value, end) => {
    const [whole, text] = [asText(value), asText(end)];
    return whole.endsWith(text) ? whole.slice(0, whole.length - text.length) : whole;
  },
  split: (value, text) => asText(value).split(asText(text)),
  contains,
  inside: (value, other) => contains(other, value),
};

function contains(value: Json, part: Json): boolean {
  if (isObject(value) && isObject(part))
    return Object.entries(part).every(
      ([key, inner]) => Object.hasOwn(value, key) && contains(value[key] as Json, inner),
    );
  if (Array.isArray(value) && Array.isArray(part))
    return part.every(inner =>
      value.some(item => typeOf(item) === typeOf(inner) && contains(item, inner)),
    );
  if (typeof value === 'string' && typeof part === 'string') return value.includes(part);
  if (typeOf(value) === typeOf(part)) return equal(value, part);
  throw new JqError('cannot be asked what it contains');
}

function asText(value: Json): string {
  if (typeof value !== 'string') throw new JqError('is no text');
  return value;
}

function textOf({ value }: At): string {
  return asText(value);
}

function lengthOf(value: Json): number {
  if (value === null) return 0;
  if (typeof value === 'string') return [...value].length;
  if (typeof value === 'number') return Math.abs(value);
  if (typeof value === 'boolean') throw new JqError('has no length');
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

function keysOf(value: Json): Json {
  if (Array.isArray(value)) return value.map((_, index) => index);
  if (isObject(value)) return Object.keys(value).sort();
  throw new JqError('has no keys');
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

const ranks = ['null', 'false', 'true', 'number', 'string', 'array', 'object'];

/** jq's order of values, for `<` and its like: negative, zero, or positive. */
export function compareValues(a: Json, b: Json): number {
  const rank = (value: Json) =>
    ranks.indexOf(typeof value === 'boolean' ? String(value) : typeOf(value));
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (Array.isArray(a) && Array.isArray(b)) return compareItems(a, b);
  if (!isObject(a) || !isObject(b)) return 0;
  const [ours, theirs] = [Object.keys(a).sort(), Object.keys(b).sort()];
  const valuesOf = (object: JsonObject, keys: string[]) => keys.map(key => object[key] ?? null);
  return compareItems(ours, theirs) || compareItems(valuesOf(a, ours), valuesOf(b, theirs));
}

/** The first that differs decides, then the length. */
function compareItems(a: Json[], b: Json[]): number {
  for (const [index, item] of a.entries()) {
    const other = b[index];
    const order = other === undefined ? 1 : compareValues(item, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
