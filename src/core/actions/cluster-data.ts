import type { ApiResource, Cluster } from '../cluster/cluster.ts';
import { namedData } from '../environments/flux/named-data.ts';
import { valuesOf } from '../environments/flux/values-from.ts';
import type {
  Application,
  FluxBuild,
  HelmSource,
  NamedData,
  UnknownData,
  ValuesSource,
} from '../model/environment.ts';
import { textAt } from '../model/fields.ts';
import type { Resource } from '../model/resource.ts';

/** Whether an application names ConfigMaps or Secrets that the repository does not have, or not readably. */
export function needsCluster({ source }: Application): boolean {
  if (source.kind === 'kustomize') {
    const { known = [], unknown = [] } = source.flux?.postBuild ?? {};
    return unknown.length > 0 || known.some(({ hidden }) => hidden);
  }
  return source.kind === 'helm' && source.values.some(({ kind }) => kind === 'named');
}

/** The ConfigMaps and Secrets of a cluster that the application is rendered with. */
export function namedObjects({ source }: Application): Resource[] {
  if (source.kind === 'helm')
    return source.values.flatMap(part => (part.kind === 'named' ? resourceNamed(part.object) : []));
  if (source.kind !== 'kustomize' || !source.flux?.postBuild) return [];
  const { namespace, postBuild } = source.flux;
  return postBuild.substituteFrom.map(reference =>
    resourceNamed({
      kind: textAt(reference, 'kind') ?? '',
      name: textAt(reference, 'name') ?? '',
      namespace,
    }),
  );
}

function resourceNamed(named: Named): Resource {
  return { group: '', version: 'v1', ...named };
}

/**
 * The application with what the cluster knows of the ConfigMaps and Secrets that it names: only these are read.
 * What cannot be had stays unknown, with the reason. Rejects only when aborted.
 */
export async function completeFromCluster(
  application: Application,
  cluster: Cluster,
  signal?: AbortSignal,
): Promise<Application> {
  const { source } = application;
  const read = (object: Named) => readNamed(object, cluster, signal);
  if (source.kind === 'kustomize' && source.flux?.postBuild) {
    const { flux } = source;
    const postBuild = await completeBuild(flux, source.flux.postBuild, read);
    return { ...application, source: { ...source, flux: { ...flux, postBuild } } };
  }
  if (source.kind !== 'helm') return application;
  const values = await Promise.all(
    source.values.map(part => completeValues(part, application, read)),
  );
  return { ...application, source: { ...source, values: values.flat() } satisfies HelmSource };
}

interface Named {
  kind: string;
  name: string;
  namespace: string;
}

/** `absent` where the cluster says that there is none. */
type Read = (object: Named) => Promise<NamedData | UnknownData | 'absent'>;

type PostBuild = NonNullable<FluxBuild['postBuild']>;

async function completeBuild(
  { namespace }: FluxBuild,
  postBuild: PostBuild,
  read: Read,
): Promise<PostBuild> {
  const known: NamedData[] = [];
  const unknown: UnknownData[] = [];
  for (const reference of postBuild.substituteFrom) {
    const [kind, name] = [textAt(reference, 'kind') ?? '', textAt(reference, 'name') ?? ''];
    const own = postBuild.known?.find(each => each.kind === kind && each.name === name);
    const found = own && !own.hidden ? own : await read({ kind, name, namespace });
    if (found === 'absent' && reference.optional === true)
      known.push({ kind, name, data: {}, secret: false });
    else if (found === 'absent') unknown.push({ kind, name, reason: 'is not in the cluster' });
    else if ('data' in found) known.push(own ? opened(own, found) : found);
    else if (own) known.push(own);
    else unknown.push(found);
  }
  return { ...postBuild, known, unknown };
}

/** What the repository says in plain text counts; what it has encrypted is taken from the cluster. */
function opened(own: NamedData, live: NamedData): NamedData {
  const { hidden = [], reason: _, ...rest } = own;
  const read = hidden.filter(key => live.data[key] !== undefined);
  const left = hidden.filter(key => !read.includes(key));
  const values = read.map(key => [key, live.data[key] as string] as const);
  const data = { ...own.data, ...Object.fromEntries(values) };
  return left.length === 0
    ? { ...rest, data }
    : { ...rest, data, hidden: left, reason: own.reason };
}

async function completeValues(
  part: ValuesSource,
  { origin }: Application,
  read: Read,
): Promise<ValuesSource[]> {
  if (part.kind !== 'named') return [part];
  const found = await read(part.object);
  if (found === 'absent')
    return part.reference.optional === true ? [] : [{ ...part, reason: 'is not in the cluster' }];
  if (!('data' in found)) return [{ ...part, reason: found.reason }];
  return valuesOf(found, part.reference, part.object, origin);
}

async function readNamed(
  { kind, name, namespace }: Named,
  cluster: Cluster,
  signal: AbortSignal | undefined,
): Promise<NamedData | UnknownData | 'absent'> {
  const type = types[kind];
  if (!type) return { kind, name, reason: 'is of a kind that holds no values' };
  const resource = resourceNamed({ kind, namespace, name });
  const answer = await cluster.get(type, resource, signal);
  if (!answer.ok) return { kind, name, reason: `could not be read (${answer.reason})` };
  if (!answer.object) return 'absent';
  const found = namedData({ ...answer.object, apiVersion: 'v1', kind });
  if (kind !== 'Secret' || !cluster.identity.snapshot) return found;
  const hidden = Object.keys(found.data);
  return { ...found, data: {}, hidden, reason: 'the snapshot holds sealed' };
}

const types: Record<string, ApiResource> = Object.fromEntries(
  [
    ['ConfigMap', 'configmaps'],
    ['Secret', 'secrets'],
  ].map(([kind = '', resource = '']) => [
    kind,
    { group: '', version: 'v1', kind, resource, namespaced: true, verbs: ['get'] },
  ]),
);
