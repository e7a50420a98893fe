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

/** What of an environment never became objects, or not surely the right ones, and why. */
export function notRendered(
  environment: Environment,
  applications: readonly RenderedApplication[],
): NotChecked[] {
  const at = { environment: environment.name };
  return [
    ...environment.unresolved.map(({ reason, place }) => ({ reason, place, ...at })),
    ...applications.flatMap(({ application, rendered }) => {
      const { failure, notChecked } = rendered;
      const failed = failure
        ? [{ reason: `${application.name}: ${failure.message}`, place: failure.place, ...at }]
        : [];
      const parts = notChecked.map(({ resource, reason, place }) => ({
        reason,
        place,
        object: resource,
        ...at,
      }));
      return [...failed, ...parts];
    }),
  ];
}
