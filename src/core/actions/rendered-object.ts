import type { Cluster } from '../cluster/cluster.ts';
import { effectiveResource } from '../drift/declared.ts';
import type { RenderedObject } from '../model/rendered.ts';
import { type Resource, resourceKey } from '../model/resource.ts';
import type { Workspace } from '../workspace.ts';
import { renderApplications } from './rendering.ts';

/**
 * An object as an environment would get it, with the place of each field; of several applications that declare it
 * the last counts, as with an apply; `application` is the only one that is asked, `cluster` has what only a
 * cluster knows. Undefined where none does. Throws a
 * `UserError` for an environment that is not there.
 */
export async function renderedObject(
  workspace: Workspace,
  environmentName: string,
  resource: Resource,
  application?: string,
  cluster?: Promise<Cluster | undefined>,
): Promise<RenderedObject | undefined> {
  const [found] = await workspace.choose([environmentName]);
  if (!found) return undefined;
  const applications = found.applications.filter(({ name }) => name === (application ?? name));
  const environment = { ...found, applications };
  const schemas = workspace.schemas(environment.kubernetes, workspace.customTypes());
  const rendered = await renderApplications(workspace, environment, { trace: true, cluster });
  const key = resourceKey(resource);
  return rendered
    .flatMap(({ application: { namespace: own }, rendered: { objects } }) => {
      const namespace = own ?? environment.namespace;
      return objects.filter(
        object => resourceKey(effectiveResource(object.resource, namespace, schemas)) === key,
      );
    })
    .at(-1);
}
