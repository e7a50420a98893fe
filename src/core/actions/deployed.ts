import type { Cluster } from '../cluster/cluster.ts';
import { readLive } from '../cluster/live.ts';
import { engineOf } from '../engines/index.ts';
import { commitsBetween } from '../git/repository.ts';
import type { Environment } from '../model/environment.ts';
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
  const said = environment.applications.map(application => {
    const found = application.controller && live.find(application.controller);
    if (!found?.ok || !found.object) return undefined;
    const { revision } = engineOf(application).status(application, found.object);
    // A chart's version is no revision of this repository.
    return revision && isCommit(revision) ? revision : undefined;
  });
  const revisions = new Set(said.filter(revision => revision !== undefined));
  const deployed = [...revisions].map(async revision => ({
    revision,
    behind: await behind(workspace, revision),
  }));
  return (await Promise.all(deployed)).toSorted((a, b) => (b.behind ?? 0) - (a.behind ?? 0))[0];
}

function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

function behind({ repository }: Workspace, revision: string): Promise<number | undefined> {
  const { root } = repository;
  const to = repository.revision === 'working tree' ? 'HEAD' : repository.revision;
  return commitsBetween(root, revision, to);
}
