import type { Cluster } from '../cluster/cluster.ts';
import type { RenderedApplication } from '../drift/declared.ts';
import type { Application, Environment } from '../model/environment.ts';
import type { NotChecked } from '../model/finding.ts';
import type { Workspace } from '../workspace.ts';
import { completeFromCluster, needsCluster } from './cluster-data.ts';

export interface RenderOptions {
  /** Each field's place is asked for. */
  trace: boolean;
  /** Where the ConfigMaps and Secrets are that only a cluster has; waited for where they are needed. */
  cluster?: Promise<Cluster | undefined>;
  signal?: AbortSignal;
}

/** Renders all applications of an environment, as far as what they need is known. */
export function renderApplications(
  workspace: Workspace,
  environment: Environment,
  { trace, cluster, signal }: RenderOptions,
): Promise<RenderedApplication[]> {
  const complete = async (application: Application) => {
    const asked = needsCluster(application) ? await cluster : undefined;
    return asked ? completeFromCluster(application, asked, signal) : application;
  };
  return Promise.all(
    environment.applications.map(async declared => {
      const application = await complete(declared);
      const rendered = trace ? workspace.trace(application) : workspace.render(application);
      return { application, rendered: await rendered };
    }),
  );
}

/**
 * What of an environment never became objects, and why. With `objects` those too that are known by name
 * and were not surely rendered as their engine would apply them.
 */
export function notRendered(
  environment: Environment,
  applications: readonly RenderedApplication[],
  options: { objects: boolean },
): NotChecked[] {
  const at = { environment: environment.name };
  const unresolved = environment.unresolved.map(each => ({ ...each, ...at }));
  const failed = applications.flatMap(({ application, rendered: { failure } }): NotChecked[] => {
    if (!failure) return [];
    const { controller, name } = application;
    const reason = controller ? failure.message : `${name}: ${failure.message}`;
    return [{ reason, place: failure.place, object: controller, ...at }];
  });
  const parts = applications
    .flatMap(({ rendered }) => rendered.notChecked)
    .filter(({ resource }) => options.objects || !resource)
    .map(({ resource, reason, place }) => ({ reason, place, object: resource, ...at }));
  return [...unresolved, ...failed, ...parts];
}
