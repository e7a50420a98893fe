import type { ApiResource } from '../cluster/cluster.ts';
import { takeSnapshot, type Wanted } from '../cluster/snapshot/write.ts';
import { UserError } from '../lib/errors.ts';
import type { Environment } from '../model/environment.ts';
import type { Workspace } from '../workspace.ts';
import { renderApplications } from './rendering.ts';

export interface SnapshotText {
  text: string;
  /** What the person should know: how much was saved and what could not be. */
  notes: string[];
}

/** Saves what runs of one environment's kinds. Throws a UserError where there is no one cluster to ask. */
export async function snapshot(
  workspace: Workspace,
  { environments, signal }: { environments: readonly Environment[]; signal?: AbortSignal },
): Promise<SnapshotText> {
  const [environment, ...others] = environments;
  if (environment === undefined || others.length > 0)
    throw new UserError(
      `A snapshot is of one environment: name it with --environment (there are: ${environments.map(({ name }) => name).join(', ') || 'none'}).`,
    );
  const opened = await workspace.connect(environment);
  if (!opened.ok) throw new UserError(`No snapshot of ${environment.name}: ${opened.reason}.`);
  const discovery = await opened.cluster.discovery(signal);
  if (!discovery.ok)
    throw new UserError(`No snapshot of ${environment.name}: ${discovery.reason}.`);
  const wanted = await wantedLists(workspace, environment, discovery.resources);
  const taken = await takeSnapshot(opened.cluster, wanted, new Date(), signal);
  return {
    text: taken.text,
    notes: [
      `${taken.objects} objects of ${environment.name} saved`,
      ...taken.notListed.map(({ kind, reason }) => `${kind}: not saved: ${reason}`),
    ],
  };
}

/** The kinds that the environment renders, each in the namespaces it uses. */
async function wantedLists(
  workspace: Workspace,
  environment: Environment,
  types: readonly ApiResource[],
): Promise<Wanted[]> {
  const applications = await renderApplications(workspace, environment, { trace: false });
  const wanted = new Map<string, Wanted>();
  for (const { application, rendered } of applications)
    for (const { resource } of rendered.objects) {
      const type = types.find(
        ({ group, kind }) => group === resource.group && kind === resource.kind,
      );
      if (!type) continue;
      const said = resource.namespace || application.namespace || environment.namespace;
      const namespace = type.namespaced ? said : '';
      wanted.set(`${type.group}/${type.kind}/${namespace}`, { type, namespace });
    }
  return [...wanted.values()];
}
