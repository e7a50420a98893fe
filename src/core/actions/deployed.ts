import type { Cluster } from '../cluster/cluster.ts';
import { readLive } from '../cluster/live.ts';
import { commitsBetween } from '../git/repository.ts';
import type { Environment } from '../model/environment.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import type { Workspace } from '../workspace.ts';
import type { Deployed } from './reports.ts';

/**
 * The revision of this repository that the environment's engine says it applied last; of several the one
 * that is furthest behind what is read here. Undefined where no engine says one.
 */
export async function deployedRevision(
  workspace: Workspace,
  environment: Environment,
  cluster: Cluster,
  signal: AbortSignal | undefined,
): Promise<Deployed | undefined> {
  const controllers = environment.applications.flatMap(({ controller }) => controller ?? []);
  const live = await readLive(cluster, controllers, environment.namespace, signal);
  const said = controllers.map(controller => {
    const found = live.find(controller);
    return found.ok && found.object ? revisionOf(found.object) : undefined;
  });
  const revisions = new Set(said.filter(revision => revision !== undefined));
  const deployed = [...revisions].map(async revision => ({
    revision,
    behind: await behind(workspace, revision),
  }));
  return (await Promise.all(deployed)).toSorted((a, b) => (b.behind ?? 0) - (a.behind ?? 0))[0];
}

/** Flux: `main@sha1:9f8e7d6…`, older versions `main/9f8e7d6…`. Argo CD: the commit by itself. */
function revisionOf({ status }: JsonObject): string | undefined {
  if (!isObject(status)) return undefined;
  const sync = isObject(status.sync) ? status.sync.revision : undefined;
  const said: Json | undefined = status.lastAppliedRevision ?? sync;
  return typeof said === 'string' ? /[0-9a-f]{40}$/.exec(said)?.[0] : undefined;
}

function behind({ repository }: Workspace, revision: string): Promise<number | undefined> {
  const { root } = repository;
  const to = repository.revision === 'working tree' ? 'HEAD' : repository.revision;
  return commitsBetween(root, revision, to);
}
