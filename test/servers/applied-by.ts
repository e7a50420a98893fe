import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';

/**
 * The part of a live object that a manager applied or updated, as `managedFields` has it: what it sent, without
 * what identifies the object and without empty maps (controllers write them for types of Go).
 */
export function appliedBy(live: JsonObject, manager: string): Json {
  const { managedFields } = live.metadata as { managedFields?: JsonObject[] };
  const own = (managedFields ?? []).filter(
    entry => entry.manager === manager && entry.subresource === undefined,
  );
  if (own.length === 0) throw new Error(`${manager} holds nothing of ${JSON.stringify(live)}`);
  return own.map(entry => take(live, entry.fieldsV1 as JsonObject)).reduce(merge) ?? {};
}

/** What Helm adds to an object when it applies it, whatever the chart says. */
const marks = /^app\.kubernetes\.io\/managed-by$|^meta\.helm\.sh\//;
/** Structures that Go writes as `{}` where they are not set. */
const writtenEmpty = new Set(['strategy', 'resources']);

function take(value: Json | undefined, fields: JsonObject): Json | undefined {
  const inner = Object.entries(fields).filter(([key]) => key !== '.');
  if (inner.length === 0) return fields['.'] === undefined ? value : emptyOf(value);
  if (Array.isArray(value))
    return inner.flatMap(([key, below]) => {
      const item = value.find(each => isItem(each, key));
      return item === undefined ? [] : [take(item, below as JsonObject) ?? null];
    });
  if (!isObject(value)) return value;
  return Object.fromEntries(
    inner.flatMap(([key, below]) => {
      const name = key.slice(2);
      if (!Object.hasOwn(value, name) || marks.test(name)) return [];
      if (writtenEmpty.has(name) && Object.keys(below as JsonObject).length === 0) return [];
      return [[name, take(value[name], below as JsonObject) ?? null]];
    }),
  );
}

function emptyOf(value: Json | undefined): Json {
  return Array.isArray(value) ? [] : isObject(value) ? {} : (value ?? null);
}

/** `k:{"name":"web"}` of keyed lists, `v:"a"` of sets. */
function isItem(item: Json, key: string): boolean {
  const wanted: Json = JSON.parse(key.slice(2));
  if (!key.startsWith('k:')) return item === wanted;
  return (
    isObject(item) &&
    Object.entries(wanted as JsonObject).every(([name, each]) => item[name] === each)
  );
}

/** A controller can hold fields by several entries: its apply, and an update before it. */
function merge(a: Json | undefined, b: Json | undefined): Json | undefined {
  if (!isObject(a) || !isObject(b)) return b ?? a;
  const both: JsonObject = { ...a };
  for (const [key, value] of Object.entries(b)) both[key] = merge(a[key], value) ?? null;
  return both;
}
