import { effectiveResource } from '../drift/declared.ts';
import type { RenderedObject } from '../model/rendered.ts';
import { type Resource, resourceKey } from '../model/resource.ts';
import type { Workspace } from '../workspace.ts';
import { renderApplications } from './rendering.ts';

/**
 * An object as an environment would get it, with the place of each field; of several applications that declare it
 * the last counts, as with an apply. Undefined where none does. Throws a `UserError` for an environment that is not
 * there.
 */
export async function renderedObject(
  workspace: Workspace,
  environmentName: string,
  resource: Resource,
): Promise<RenderedObject | undefined> {
  const [environment] = await workspace.choose([environmentName]);
  if (!environment) return undefined;
  const schemas = workspace.schemas(environment.kubernetes, workspace.customTypes());
  const applications = await renderApplications(workspace, environment, { trace: true });
  const key = resourceKey(resource);
  return applications
    .flatMap(({ application, rendered: { objects } }) => {
      const namespace = application.namespace ?? environment.namespace;
      return objects.filter(
        object => resourceKey(effectiveResource(object.resource, namespace, schemas)) === key,
      );
    })
    .at(-1);
}
