import { type GroupVersionKind, isObject, type JsonObject } from '../model/resource.ts';
import type { ApiResource, Cluster } from './cluster.ts';
import { publishedDefinition } from './server/published-definition.ts';

const definitionType: ApiResource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  resource: 'customresourcedefinitions',
  namespaced: false,
  verbs: ['get', 'list'],
};

/**
 * The CustomResourceDefinitions of the wanted kinds, as far as a cluster or snapshot has them: the
 * schemas that their objects are compared by. Only these are read, because big clusters hold hundreds.
 * Who may not read definitions gets what the server publishes for everybody. A kind without one is left
 * out, which makes its objects *not checked*. `anyVersion`: also where the cluster serves another
 * version of it. `all` is for snapshots: of a cluster nothing is read then.
 */
export async function customResourceDefinitions(
  cluster: Cluster,
  wanted: readonly GroupVersionKind[] | 'all',
  signal?: AbortSignal,
  { anyVersion = false }: { anyVersion?: boolean } = {},
): Promise<JsonObject[]> {
  if (cluster.identity.snapshot) return heldDefinitions(cluster, wanted, signal);
  const discovery = await cluster.discovery(signal);
  if (!discovery.ok || wanted === 'all') return [];
  const matching = discovery.resources.filter(
    // The group of a custom resource is a domain.
    type => type.group.includes('.') && wanted.some(item => isSame(item, type, anyVersion)),
  );
  const types = anyVersion ? oneVersion(matching, wanted) : matching;
  const found = types.map(type => readDefinition(cluster, type, signal));
  const definitions = (await Promise.all(found)).filter(definition => definition !== undefined);
  return unique(definitions);
}

/** A type of a built-in kind or of an aggregated API has none: the server says 404. */
async function readDefinition(
  cluster: Cluster,
  type: ApiResource,
  signal?: AbortSignal,
): Promise<JsonObject | undefined> {
  const name = `${type.resource}.${type.group}`;
  const answer = await cluster.get(
    definitionType,
    { ...definitionType, namespace: '', name },
    signal,
  );
  if (answer.ok) return answer.object;
  const document = await cluster.openApi?.(type, signal);
  return document && publishedDefinition(document, type);
}

async function heldDefinitions(
  cluster: Cluster,
  wanted: readonly GroupVersionKind[] | 'all',
  signal?: AbortSignal,
): Promise<JsonObject[]> {
  const answer = await cluster.list(definitionType, '', signal);
  const objects = answer.ok ? answer.objects : (answer.objects ?? []);
  if (wanted === 'all') return objects;
  return objects.filter(({ spec }) => {
    const { group, names } = isObject(spec) ? spec : {};
    const kind = isObject(names) ? names.kind : undefined;
    return wanted.some(item => item.group === group && item.kind === kind);
  });
}

function isSame(one: GroupVersionKind, other: GroupVersionKind, anyVersion: boolean): boolean {
  const sameKind = one.group === other.group && one.kind === other.kind;
  return sameKind && (anyVersion || one.version === other.version);
}

/** One definition tells of all versions; what is published for everybody tells of one: the wanted one, if served. */
function oneVersion(types: ApiResource[], wanted: readonly GroupVersionKind[]): ApiResource[] {
  const byKind = Map.groupBy(types, ({ group, kind }) => `${group}/${kind}`);
  return [...byKind.values()].flatMap(
    versions =>
      versions.find(type => wanted.some(item => isSame(item, type, false))) ?? versions.slice(0, 1),
  );
}

/** One definition serves all versions of its kind. */
function unique(definitions: JsonObject[]): JsonObject[] {
  const name = ({ metadata }: JsonObject) => (isObject(metadata) ? metadata.name : undefined);
  return [...new Map(definitions.map(definition => [name(definition), definition])).values()];
}
