import type { Stale } from '../model/drift.ts';
import {
  apiVersionOf,
  type JsonObject,
  type Resource,
  resourceKey,
  resourceOf,
} from '../model/resource.ts';
import {
  type ApiResource,
  type Cluster,
  type DiscoveryAnswer,
  isType,
  type ListAnswer,
  type Refusal,
} from './cluster.ts';

/** What runs of a set of objects. */
export interface Live {
  find(resource: Resource): Found;
  /** True, or false for cluster-scoped kinds; undefined when the cluster does not know the kind. */
  namespaced(resource: Resource): boolean | undefined;
  /** Every object that was read, wanted or not: all of the wanted kinds in their namespaces. */
  readonly objects: readonly JsonObject[];
}

export type Found =
  /** `object` is undefined when it is known that there is none. `stale`: it was known last, and is not now. */
  | { ok: true; object: JsonObject | undefined; stale?: Stale }
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
  const typeOf = (resource: Resource) => served.find(type => isType(type, resource));
  const place = (resource: Resource): Resource => {
    if (typeOf(resource)?.namespaced === false) return { ...resource, namespace: '' };
    return { ...resource, namespace: resource.namespace || namespace };
  };
  const found = new Map<string, Found>();
  const objects: JsonObject[] = [];
  const groups = Object.groupBy(resources.map(place), item => `${apiVersionOf(item)} ${item.kind}`);
  const reading = Object.values(groups).map(async (wanted = []) => {
    const [first] = wanted;
    if (first === undefined) return;
    const known = typeOf(first);
    const absent = known ? undefined : whyAbsent(first, discovery, served);
    const read: Read = absent
      ? { found: new Map(wanted.map(resource => [resourceKey(resource), absent])), objects: [] }
      : known
        ? await readKind(cluster, known, wanted, signal)
        : await readUnlisted(cluster, discovery, wanted, signal);
    for (const [key, value] of read.found) found.set(key, value);
    for (const object of read.objects) objects.push(object);
  });
  await Promise.all(reading);
  const unasked: Found = { ok: false, reason: 'it was not asked for' };
  return {
    find: resource => found.get(resourceKey(place(resource))) ?? unasked,
    namespaced: resource => typeOf(resource)?.namespaced,
    objects,
  };
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
  const found = [...read.found].map(
    ([key, value]) => [key, isUnserved(value) ? { ok: false as const, reason } : value] as const,
  );
  return { ...read, found: new Map(found) };
}

const isUnserved = (found: Found) => !found.ok && found.why === 'not-served';

function plural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

interface Read {
  found: Map<string, Found>;
  objects: JsonObject[];
}

async function readKind(
  cluster: Cluster,
  type: ApiResource,
  wanted: readonly Resource[],
  signal?: AbortSignal,
): Promise<Read> {
  const namespaces = [...new Set(wanted.map(({ namespace }) => namespace))];
  if (namespaces.length > manyNamespaces && type.kind !== 'Secret') {
    const answer = await cluster.list(type, '', signal);
    if (answer.ok) return { found: pick(wanted, answer), objects: answer.objects };
    // Asking for every namespace would only make it worse.
    if (isFault(answer))
      return { found: new Map(wanted.map(each => [resourceKey(each), answer])), objects: [] };
  }
  const parts = await Promise.all(
    namespaces.map(namespace => {
      const inside = wanted.filter(resource => resource.namespace === namespace);
      return readNamespace(cluster, type, namespace, inside, signal);
    }),
  );
  return {
    found: new Map(parts.flatMap(part => [...part.found])),
    objects: parts.flatMap(part => part.objects),
  };
}

/** The server does not answer, or is another one: nothing else that is asked of it can be had. */
function isFault({ why }: Refusal): boolean {
  return ['unreachable', 'timeout', 'unauthorized', 'replaced'].includes(why);
}

async function readNamespace(
  cluster: Cluster,
  type: ApiResource,
  namespace: string,
  wanted: readonly Resource[],
  signal?: AbortSignal,
): Promise<Read> {
  const answer = await cluster.list(type, namespace, signal);
  if (answer.ok) {
    const found = pick(wanted, answer);
    // Helm's releases are not listed; before a Secret counts as missing it is asked for by its name.
    const unseen =
      type.kind === 'Secret' ? wanted.filter(resource => isMissing(found, resource)) : [];
    const read = await readEach(cluster, type, unseen, signal);
    return {
      found: new Map([...found, ...read.found]),
      objects: [...answer.objects, ...read.objects],
    };
  }
  if (answer.why === 'forbidden') return readEach(cluster, type, wanted, signal);
  const objects = answer.objects ?? [];
  const found = pick(wanted, { objects });
  // A file that holds some objects of a kind says nothing about the others.
  for (const [key, value] of found)
    if (value.ok && value.object === undefined)
      found.set(key, { ok: false, reason: answer.reason, why: answer.why });
  return { found, objects };
}

function isMissing(found: ReadonlyMap<string, Found>, resource: Resource): boolean {
  const answer = found.get(resourceKey(resource));
  return answer?.ok === true && answer.object === undefined;
}

/** Some may get single objects, by name, and not list them. */
async function readEach(
  cluster: Cluster,
  type: ApiResource,
  wanted: readonly Resource[],
  signal?: AbortSignal,
): Promise<Read> {
  const found = new Map<string, Found>();
  const objects: JsonObject[] = [];
  const reading = wanted.map(async resource => {
    const answer = await cluster.get(type, resource, signal);
    found.set(resourceKey(resource), answer);
    if (answer.ok && answer.object) objects.push(answer.object);
  });
  await Promise.all(reading);
  return { found, objects };
}

function pick(
  wanted: readonly Resource[],
  { objects, stale }: Pick<Extract<ListAnswer, { ok: true }>, 'objects' | 'stale'>,
): Map<string, Found> {
  const byKey = new Map<string, JsonObject>();
  for (const object of objects) {
    const resource = resourceOf(object);
    if (resource) byKey.set(resourceKey(resource), object);
  }
  return new Map(
    wanted.map(resource => {
      const key = resourceKey(resource);
      return [key, { ok: true, object: byKey.get(key), ...(stale && { stale }) }];
    }),
  );
}
