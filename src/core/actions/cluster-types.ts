import type { Cluster } from '../cluster/cluster.ts';
import { customResourceDefinitions } from '../cluster/definitions.ts';
import type { ClusterTypes } from '../cluster/known-types.ts';
import type { Environment } from '../model/environment.ts';
import type { JsonObject, Resource } from '../model/resource.ts';
import type { RenderedSet } from '../validate/validate.ts';
import type { Workspace } from '../workspace.ts';

/** What an environment's cluster says of its types, now or when it was asked last. */
export interface ClusterWord {
  /** Undefined where nothing is known of it. */
  types?: ClusterTypes;
  /** Why it was not asked now. */
  reason?: string;
}

/** Milliseconds that a check waits for a cluster: what is known without it is said then. */
const patience = 10_000;

/**
 * Asks the clusters of the environments for the types of what is rendered for them; of a cluster that does not answer
 * counts what it said the last time. Without `ask` no cluster is asked.
 */
export async function clusterTypes(
  workspace: Workspace,
  environments: readonly Environment[],
  { ask, sets, signal }: { ask: boolean; sets: readonly RenderedSet[]; signal?: AbortSignal },
): Promise<Map<string, ClusterWord>> {
  const words = environments.map(async (environment): Promise<[string, ClusterWord]> => {
    const { cluster, name } = environment;
    if (cluster.kind === 'none') return [name, { reason: cluster.reason }];
    if (cluster.kind === 'snapshot') return [name, await ofSnapshot(workspace, environment)];
    if (!ask) return [name, { types: await workspace.knownTypes(environment) }];
    const wanted = sets
      .filter(set => set.environment === name)
      .flatMap(({ objects }) => objects.map(({ resource }) => resource));
    const reason = await askTypes(workspace, environment, wanted, signal);
    const types = await workspace.knownTypes(environment);
    return [name, { ...(types && { types }), ...(reason !== undefined && { reason }) }];
  });
  return new Map(await Promise.all(words));
}

/** Undefined when it answered; what it said is kept then. */
async function askTypes(
  workspace: Workspace,
  environment: Environment,
  wanted: readonly Resource[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  const late = new Promise<string>(resolve => {
    const reason = `its cluster did not answer within ${patience / 1000} seconds`;
    setTimeout(() => resolve(reason), patience).unref();
  });
  const asking = (async () => {
    const opened = await workspace.connect(environment);
    if (!opened.ok) return opened.reason;
    const discovery = await opened.cluster.discovery(signal);
    if (!discovery.ok) return discovery.reason;
    await rememberTypes(workspace, opened.cluster, wanted, signal);
    return undefined;
  })();
  // Where it is late, nobody hears how it ends.
  asking.catch(() => {});
  return Promise.race([asking, late]);
}

/** Keeps the definitions of the wanted kinds that are none of Kubernetes' own; gives them. */
export async function rememberTypes(
  workspace: Workspace,
  cluster: Cluster,
  wanted: readonly Resource[],
  signal?: AbortSignal,
): Promise<JsonObject[]> {
  const builtin = workspace.schemas(cluster.identity.version, []);
  const kinds = new Map(wanted.map(each => [`${each.group}/${each.version}/${each.kind}`, each]));
  const custom = [...kinds.values()].filter(kind => !builtin.lookup(kind).found);
  const found = await customResourceDefinitions(cluster, custom, signal, { anyVersion: true });
  await workspace.rememberTypes(cluster.identity, found);
  return found;
}

/** All that a snapshot holds, by the snapshot as it was opened: for all who ask, so that none of them can cut it short. */
const ofSnapshots = new WeakMap<Cluster, Promise<ClusterTypes>>();

async function ofSnapshot(workspace: Workspace, environment: Environment): Promise<ClusterWord> {
  const opened = await workspace.connect(environment);
  if (!opened.ok) return { reason: opened.reason };
  const { cluster } = opened;
  const reading = ofSnapshots.get(cluster) ?? readSnapshot(cluster);
  ofSnapshots.set(cluster, reading);
  return { types: await reading };
}

async function readSnapshot(cluster: Cluster): Promise<ClusterTypes> {
  const { version, snapshot } = cluster.identity;
  const definitions = await customResourceDefinitions(cluster, 'all');
  return {
    ...(version !== undefined && { version }),
    definitions,
    asked: snapshot?.takenAt ?? '',
  };
}
