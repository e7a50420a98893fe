import { readLive } from '../../cluster/live.ts';
import { engineOf } from '../../engines/index.ts';
import type { Application, Environment } from '../../model/environment.ts';
import { objectsAt, textAt, textsAt } from '../../model/fields.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { Workspace } from '../../workspace.ts';

export interface DeployedCommits {
  now?: string;
  /** Each once. */
  before: string[];
}

/**
 * The commits that the application's engine says it applied, now and before; none where no cluster can be asked
 * or no engine tells.
 */
export async function deployedCommits(
  workspace: Workspace,
  environment: Environment,
  application: Application,
  signal?: AbortSignal,
): Promise<DeployedCommits> {
  const { controller } = application;
  if (controller === undefined) return { before: [] };
  const opened = await workspace.connect(environment);
  if (!opened.ok) return { before: [] };
  const live = await readLive(opened.cluster, [controller], environment.namespace, signal);
  const found = live.find(controller);
  if (!found.ok || !found.object) return { before: [] };
  const { revision } = engineOf(application).status(application, found.object);
  const now = revision && commitIn(revision);
  return {
    ...(now && { now }),
    before: [...new Set(historyOf(found.object))].filter(commit => commit !== now),
  };
}

/**
 * Flux keeps the last five builds of a Kustomization with the revision each was made from; Argo CD the last ten
 * deployments of an Application.
 */
function historyOf(controller: JsonObject): string[] {
  return objectsAt(controller, 'status', 'history')
    .filter(each => (textAt(each, 'lastReconciledStatus') ?? succeeded) === succeeded)
    .flatMap(each => [
      textAt(each, 'metadata', 'revision'),
      textAt(each, 'revision'),
      ...textsAt(each, 'revisions'),
    ])
    .flatMap(said => (said === undefined ? [] : (commitIn(said) ?? [])));
}

const succeeded = 'ReconciliationSucceeded';

/** `main@sha1:9f8e7d6…`, by older versions of Flux `main/9f8e7d6…`; Argo CD writes the commit alone. */
function commitIn(revision: string): string | undefined {
  return /(?:^|[:/])([0-9a-f]{40})$/.exec(revision)?.[1];
}
