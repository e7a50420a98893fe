import { RecordingCluster } from '../cluster/snapshot/record.ts';
import { takeSnapshot } from '../cluster/snapshot/write.ts';
import { releasedObjects } from '../drift/removed/helm-release.ts';
import { UserError } from '../lib/errors.ts';
import { type Environment, secretValues } from '../model/environment.ts';
import { type JsonObject, resourceKey, resourceOf } from '../model/resource.ts';
import type { Workspace } from '../workspace.ts';
import { withCauses } from './cause/causes.ts';
import { CommitStates } from './cause/commit-states.ts';
import { compareOpen } from './drift.ts';
import { renderApplications } from './rendering.ts';

export interface SnapshotText {
  text: string;
  /** What the person should know: how much was saved and what could not be. */
  notes: string[];
}

/**
 * Saves what one environment's cluster answers to its comparison, so that the same comparison with the file says
 * the same. Throws a UserError where there is no one cluster to ask.
 */
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
  const cluster = new RecordingCluster(opened.cluster);
  const applications = await renderApplications(workspace, environment, {
    trace: false,
    cluster: Promise.resolve(cluster),
    signal,
  });
  const open = { environment, applications, cluster };
  const compare = await compareOpen(workspace, open, { traced: false, signal });
  const { compared } = compare;
  // For what its explanation asks; the results themselves are not kept.
  const why = { ...open, ...compare, states: new CommitStates(), signal };
  await withCauses(workspace, compare.report.results, why);
  const values = applications.flatMap(({ application }) => secretValues(application.source));
  const made = new Map(
    compared.map(({ result, declared }) => [
      resourceKey(result.resource),
      declared?.object.sensitive ?? [],
    ]),
  );
  const hidden = (object: JsonObject) => {
    const resource = resourceOf(object);
    return { values, paths: (resource && made.get(resourceKey(resource))) ?? [] };
  };
  const taken = await takeSnapshot(cluster, {
    now: new Date(),
    hidden,
    applied: releasedObjects,
    signal,
  });
  return {
    text: taken.text,
    notes: [
      `${taken.objects} objects of ${environment.name} saved`,
      ...taken.notListed.map(({ kind, reason }) => `${kind}: not saved: ${reason}`),
    ],
  };
}
