import type { Stale } from '../model/drift.ts';
import {
  apiVersionOf,
  type GroupVersionKind,
  type JsonObject,
  type Resource,
  resourceKey,
  resourceOf,
} from '../model/resource.ts';
import type {
  ApiResource,
  Cluster,
  DiscoveryAnswer,
  ListAnswer,
  ObjectSource,
  Refusal,
} from './cluster.ts';
import { versionOf } from './kept-objects.ts';

/** What runs of a set of objects; of watched lists as it is when it is asked for. */
export interface Live {
  find(resource: Resource): Found;
  /** True, or false for cluster-scoped kinds; undefined when the cluster does not know the kind. */
  namespaced(resource: Resource): boolean | undefined;
  /** Every object that was read, wanted or not (all of the wanted kinds in their namespaces), but for those of `known`. */
  objects(known?: ReadonlySet<string>): Iterable<JsonObject>;
}

export type Found =
  /**
   * `object` is undefined when it is known that there is none; `version` is another one for each of its states.
   * `stale`: it was known last, and is not now.
   */
  | { ok: true; readonly object: JsonObject | undefined; version?: string; stale?: Stale }
  /** Not checked; `notServed` when the server has no such kind at all (its definition is not installed). */
  | { ok: false; reason: string; notServed?: boolean; why?: Refusal['why'] };

/** With more namespaces than this, one list of all of them is cheaper, where it is allowed. */
const manyNamespaces = 5;

/**
 * Reads what runs of the given objects: one list per kind and namespace at the version they are written
 * in, object by object where listing is not permitted. Objects of namespaced kinds that name no
 * namespace are looked for in `namespace`. Rejects only when aborted.
 */
export async function readLive(
  cluster: Cluster,
  resources: readonly Resource[],
  namespace: string,
  signal?: AbortSignal,
): Promise<Live> {
  const discovery = await cluster.discovery(signal);
  const served = discovery.ok ? discovery.resources : [];
  const types = new Map(served.toReversed().map(type => [kindOf(type), type]));
  const typeOf = (resource: Resource) => types.get(kindOf(resource));
  const place = (resource: Resource): Resource => {
    if (typeOf(resource)?.namespaced === false) return { ...resource, namespace: '' };
    return { ...resource, namespace: resource.namespace || namespace };
  };
  const groups = Map.groupBy(resources.map(place), kindOf);
  const reading = [...groups].map(async ([kind, wanted]) => {
    const [first] = wanted as [Resource];
    const known = typeOf(first);
    const absent = known ? undefined : whyAbsent(first, discovery, served);
    const read: Read = absent
      ? { find: () => absent, objects: () => [] }
      : known
        ? await readKind(cluster, known, wanted, signal)
        : await readUnlisted(cluster, discovery, wanted, signal);
    return [kind, read] as const;
  });
  const kinds = new Map(await Promise.all(reading));
  const unasked: Found = { ok: false, reason: 'it was not asked for' };
  return {
    find: resource => {
      const placed = place(resource);
      return kinds.get(kindOf(placed))?.find(placed) ?? unasked;
    },
    namespaced: resource => typeOf(resource)?.namespaced,
    *objects(known = new Set()) {
      for (const read of kinds.values()) yield* read.objects(known);
    },
  };
}

function kindOf(type: GroupVersionKind): string {
  return `${apiVersionOf(type)} ${type.kind}`;
}

/** Why a kind is not among the served ones; undefined when it may be served all the same. */
function whyAbsent(
  resource: Resource,
  discovery: Awaited<ReturnType<Cluster['discovery']>>,
  served: readonly ApiResource[],
): Found | undefined {
  if (!discovery.ok) return { ok: false, reason: discovery.reason };
  const { group, kind } = resource;
  const others = served.filter(type => type.group === group && type.kind === kind);
  if (others.length > 0) {
    const versions = others.map(apiVersionOf).join(', ');
    const reason = `the server does not serve ${apiVersionOf(resource)} ${kind}, only ${versions}`;
    return { ok: false, reason };
  }
  if (discovery.incomplete !== undefined) return undefined;
  const reason = `the server does not serve ${apiVersionOf(resource)} ${kind}: its definition is not installed`;
  return { ok: false, reason, notServed: true };
}

/**
 * Reads a kind that the server does not say it serves, because it cannot say all: by the plural that
 * nearly all kinds have. When that is not served either, the incomplete list is the reason.
 */
async function readUnlisted(
  cluster: Cluster,
  discovery: DiscoveryAnswer,
  wanted: readonly Resource[],
  signal?: AbortSignal,
): Promise<Read> {
  const [{ group, version, kind, namespace }] = wanted as [Resource];
  const resource = plural(kind.toLowerCase());
  const type = { group, version, kind, resource, namespaced: namespace !== '', verbs: ['list'] };
  const read = await readKind(cluster, type, wanted, signal);
  const incomplete = discovery.ok ? discovery.incomplete : discovery.reason;
  const name = group === '' ? `${version} ${kind}` : `${group}/${version} ${kind}`;
  const reason = `it is not known whether ${name} is served there: ${incomplete}`;
  const find = (resource: Resource): Found | undefined => {
    const found = read.find(resource);
    return found && isUnserved(found) ? { ok: false, reason } : found;
  };
  return { ...read, find };
}

const isUnserved = (found: Found) => !found.ok && found.why === 'not-served';

function plural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

interface Read {
  /** Undefined for what was not asked for. */
  find(resource: Resource): Found | undefined;
  objects(known: ReadonlySet<string>): Iterable<JsonObject>;
}

async function readKind(
  cluster: Cluster,
  type: ApiResource,
  wanted: readonly Resource[],
  signal?: AbortSignal,
): Promise<Read> {
  const namespaces = Map.groupBy(wanted, ({ namespace }) => namespace);
  if (namespaces.size > manyNamespaces && type.kind !== 'Secret') {
    const answer = await cluster.list(type, '', signal);
    if (answer.ok) return listed(answer);
    // Where it may not be had at once, it may be had by parts; for a server in trouble they would be worse.
    if (!inParts.includes(answer.why)) return { find: () => answer, objects: () => [] };
  }
  const reading = [...namespaces].map(
    async ([namespace, inside]) =>
      [namespace, await readNamespace(cluster, type, namespace, inside, signal)] as const,
  );
  const parts = new Map(await Promise.all(reading));
  return {
    find: resource => parts.get(resource.namespace)?.find(resource),
    *objects(known) {
      for (const part of parts.values()) yield* part.objects(known);
    },
  };
}

/** Refusals of the list of all namespaces that say nothing about the list of one. */
const inParts: readonly Refusal['why'][] = ['forbidden', 'partial'];

async function readNamespace(
  cluster: Cluster,
  type: ApiResource,
  namespace: string,
  wanted: readonly Resource[],
  signal?: AbortSignal,
): Promise<Read> {
  const answer = await cluster.list(type, namespace, signal);
  if (answer.ok) {
    const read = listed(answer);
    if (type.kind !== 'Secret') return read;
    // Helm's releases are not listed; before a Secret counts as missing it is asked for by its name.
    const unseen = wanted.filter(resource => isMissing(read.find(resource)));
    return firstOf(read, await readEach(cluster, type, unseen, signal));
  }
  if (answer.why === 'forbidden') return readEach(cluster, type, wanted, signal);
  const read = listed({ objects: answer.objects ?? [] });
  // A file that holds some objects of a kind says nothing about the others.
  const unknown: Found = { ok: false, reason: answer.reason, why: answer.why };
  const find = (resource: Resource) => {
    const found = read.find(resource);
    return isMissing(found) ? unknown : found;
  };
  return { ...read, find };
}

function isMissing(found: Found | undefined): boolean {
  return found?.ok === true && found.object === undefined;
}

/** What the first has not, the second may have. */
function firstOf(first: Read, second: Read): Read {
  return {
    find: resource => {
      const found = first.find(resource);
      return isMissing(found) ? (second.find(resource) ?? found) : found;
    },
    *objects(known) {
      yield* first.objects(known);
      yield* second.objects(known);
    },
  };
}

/** Some may get single objects, by name, and not list them. */
async function readEach(
  cluster: Cluster,
  type: ApiResource,
  wanted: readonly Resource[],
  signal?: AbortSignal,
): Promise<Read> {
  const found = new Map<string, Found>();
  const reading = wanted.map(async resource => {
    found.set(resourceKey(resource), await cluster.get(type, resource, signal));
  });
  await Promise.all(reading);
  return {
    find: resource => found.get(resourceKey(resource)),
    *objects(known) {
      for (const [key, answer] of found)
        if (answer.ok && answer.object && !known.has(key)) yield answer.object;
    },
  };
}

type Listed = Pick<Extract<ListAnswer, { ok: true }>, 'objects' | 'stale' | 'source'>;

function listed(list: Listed): Read {
  const { stale, source = sourceOf(list.objects) } = list;
  return {
    find: resource => new FoundIn(source, resourceKey(resource), stale),
    *objects(known) {
      for (const key of source.keys()) {
        const object = known.has(key) ? undefined : source.find(key);
        if (object) yield object;
      }
    },
  };
}

/** Looked up once, when somebody wants to see it. */
class FoundIn {
  readonly ok = true;
  readonly stale?: Stale;
  readonly #source: ObjectSource;
  readonly #key: string;
  #object: { value: JsonObject | undefined } | undefined;

  constructor(source: ObjectSource, key: string, stale: Stale | undefined) {
    this.#source = source;
    this.#key = key;
    if (stale) this.stale = stale;
  }

  get object(): JsonObject | undefined {
    this.#object ??= { value: this.#source.find(this.#key) };
    return this.#object.value;
  }

  get version(): string | undefined {
    return this.#source.version(this.#key);
  }
}

function sourceOf(objects: readonly JsonObject[]): ObjectSource {
  const byKey = new Map<string, JsonObject>();
  for (const object of objects) {
    const resource = resourceOf(object);
    if (resource) byKey.set(resourceKey(resource), object);
  }
  return {
    find: key => byKey.get(key),
    version: key => {
      const object = byKey.get(key);
      return object && versionOf(object);
    },
    keys: () => byKey.keys(),
  };
}
