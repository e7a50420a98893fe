import type { HelmSource, ValuesSource } from '../model/environment.ts';
import { formatPath, type Pointer } from '../model/path.ts';
import type { Rendered, RenderedObject } from '../model/rendered.ts';
import { isObject, type Json, type JsonObject, resourceKey } from '../model/resource.ts';

/**
 * The render with what Secrets' values made marked: every text that holds one, besides what is marked already. In
 * messages they are masked; an object that has its name from one is *not checked*, for its name would tell it.
 */
export function hideSecrets<T extends Rendered>(rendered: T, secrets: readonly string[]): T {
  if (secrets.length === 0) return rendered;
  const holds = (text: string) => secrets.some(secret => text.includes(secret));
  const hide = (text: string) => secrets.reduce((left, each) => left.split(each).join('•••'), text);
  const named = rendered.objects.filter(({ value }) => keysAndNames(value).some(holds));
  const reason =
    'an object, or one of its fields, has its name from the value of a Secret, which is not shown';
  return {
    ...rendered,
    text: hide(rendered.text),
    objects: rendered.objects
      .filter(object => !named.includes(object))
      .map(object => withPaths(object, pathsWhere(object.value, holds))),
    notChecked: [
      ...rendered.notChecked.map(each => ({
        ...each,
        reason: hide(each.reason),
        resource: each.resource && !holds(each.resource.name) ? each.resource : undefined,
      })),
      ...named.map(({ source }) => ({ reason, place: source })),
    ],
    ...(rendered.failure && {
      failure: { ...rendered.failure, message: hide(rendered.failure.message) },
    }),
  };
}

/**
 * Marks what differs in another render, which was made with other values in the place of Secrets'. Objects that
 * the other render has not, or has otherwise, are marked as a whole.
 */
export function markDifferences<T extends Rendered>(rendered: T, other: Rendered): T {
  const others = new Map(other.objects.map(object => [resourceKey(object.resource), object.value]));
  return {
    ...rendered,
    objects: rendered.objects.map(object => {
      const altered = others.get(resourceKey(object.resource));
      const pointers = altered ? differences(object.value, altered, []) : [[]];
      return withPaths(object, pointers.map(formatPath));
    }),
  };
}

/** The same release with another value in the place of each that a Secret sets; undefined where none does. */
export function alteredSource(source: HelmSource): HelmSource | undefined {
  if (!source.values.some(value => 'secret' in value && value.secret)) return undefined;
  return { ...source, values: source.values.map(alteredValues) };
}

function alteredValues(value: ValuesSource): ValuesSource {
  if (value.kind === 'inline' && value.secret)
    return { ...value, values: altered(value.values) as JsonObject };
  if (value.kind !== 'set' || !value.secret) return value;
  const at = value.text.indexOf('=') + 1;
  const [path, set] = [value.text.slice(0, at), value.text.slice(at)];
  return { ...value, text: path + String(altered(typed(set))) };
}

function typed(text: string): Json {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

/** Of the same type, so that a template that computes with it goes the same way. */
function altered(value: Json): Json {
  if (Array.isArray(value)) return value.map(altered);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, altered(item)]));
  if (typeof value === 'string') return `zq7${value}`;
  if (typeof value === 'number') return value + 1;
  return typeof value === 'boolean' ? !value : value;
}

function withPaths(object: RenderedObject, paths: readonly string[]): RenderedObject {
  if (paths.length === 0) return object;
  return { ...object, sensitive: [...new Set([...(object.sensitive ?? []), ...paths])] };
}

/** Texts that paths and sentences name an object and its fields with. */
function keysAndNames(value: JsonObject): string[] {
  const { apiVersion, kind, metadata } = value;
  const { name, namespace } = isObject(metadata) ? metadata : {};
  const keysIn = (inner: Json): string[] => {
    if (Array.isArray(inner)) return inner.flatMap(keysIn);
    return isObject(inner) ? [...Object.keys(inner), ...Object.values(inner).flatMap(keysIn)] : [];
  };
  return [apiVersion, kind, name, namespace].map(String).concat(keysIn(value));
}

function pathsWhere(value: Json, holds: (text: string) => boolean): string[] {
  const found: string[] = [];
  const visit = (inner: Json, at: Pointer): void => {
    if (Array.isArray(inner))
      for (const [index, item] of inner.entries()) visit(item, [...at, index]);
    else if (isObject(inner))
      for (const [key, item] of Object.entries(inner)) visit(item, [...at, key]);
    else if (holds(String(inner)) || holds(decoded(inner))) found.push(formatPath(at));
  };
  visit(value, []);
  return found;
}

/** A Secret's data has its values in base64. */
function decoded(value: Json): string {
  const isBase64 = typeof value === 'string' && /^[A-Za-z0-9+/\s]{6,}={0,2}$/.test(value);
  return isBase64 ? Buffer.from(value, 'base64').toString() : '';
}

/** Where two values differ, as deep as their shapes agree. */
function differences(value: Json, other: Json, at: Pointer): Pointer[] {
  if (Array.isArray(value) && Array.isArray(other) && value.length === other.length)
    return value.flatMap((item, index) => differences(item, other[index] as Json, [...at, index]));
  if (isObject(value) && isObject(other)) {
    const keys = Object.keys(value);
    const alike = keys.length === Object.keys(other).length;
    if (alike && keys.every(key => Object.hasOwn(other, key)))
      return keys.flatMap(key => differences(value[key] as Json, other[key] as Json, [...at, key]));
    return [at];
  }
  return value === other ? [] : [at];
}
