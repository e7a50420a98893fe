import type { RenderedApplication } from '../drift/declared.ts';
import type { Environment } from '../model/environment.ts';
import type { NotChecked } from '../model/finding.ts';
import type { Workspace } from '../workspace.ts';

/** Renders all applications of an environment; with `trace`, each field's place is known. */
export function renderApplications(
  workspace: Workspace,
  environment: Environment,
  options: { trace: boolean },
): Promise<RenderedApplication[]> {
  return Promise.all(
    environment.applications.map(async application => ({
      application,
      rendered: options.trace
        ? await workspace.trace(application)
        : await workspace.render(application),
    })),
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
