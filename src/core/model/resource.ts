/** Any JSON value, as Kubernetes' API carries it. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export interface GroupVersionKind {
  /** Empty for the core group. */
  group: string;
  version: string;
  kind: string;
}

/** Names one object. Identity is group, kind, namespace and name; the version is only how it is written. */
export interface Resource extends GroupVersionKind {
  /** Empty for cluster-scoped objects and where nothing was said. */
  namespace: string;
  name: string;
}

/** Splits `apps/v1` into group and version; the core group's `v1` has an empty group. */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  if (slash < 0) return { group: '', version: apiVersion };
  return { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(type: GroupVersionKind): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

/** The identity of a manifest or live object; undefined when it has no string apiVersion, kind or name. */
export function resourceOf(object: JsonObject): Resource | undefined {
  const { apiVersion, kind, metadata } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !isObject(metadata))
    return undefined;
  const { name, namespace } = metadata;
  if (typeof name !== 'string') return undefined;
  return {
    ...parseApiVersion(apiVersion),
    kind,
    namespace: typeof namespace === 'string' ? namespace : '',
    name,
  };
}

/** A map key for the identity; the version does not count. */
export function resourceKey(resource: Omit<Resource, 'version'>): string {
  return `${resource.group}/${resource.kind}/${resource.namespace}/${resource.name}`;
}

/** `Deployment shop/web`, or `Namespace shop`: how people name an object. */
export function resourceText(resource: Omit<Resource, 'version'>): string {
  const { kind, namespace, name } = resource;
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** True for maps: not null, not a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The parts of a map or list with their steps; undefined for what has none, an empty map or list too. */
export function childrenOf(value: Json): Iterable<readonly [string | number, Json]> | undefined {
  if (Array.isArray(value)) return value.length > 0 ? value.entries() : undefined;
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value);
  return entries.length > 0 ? entries : undefined;
}
