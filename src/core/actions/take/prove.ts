import type { Cluster } from '../../cluster/cluster.ts';
import { effectiveResource } from '../../drift/declared.ts';
import { isDeployer } from '../../environments/deployed.ts';
import { editedRepository } from '../../git/edited.ts';
import { formatPath, parsePath, resolveSteps, type Step } from '../../model/path.ts';
import type { RenderedObject } from '../../model/rendered.ts';
import { type Resource, resourceKey } from '../../model/resource.ts';
import type { Workspace } from '../../workspace.ts';
import { fieldChanges } from '../effect/fields.ts';
import { changesOf, type EnvironmentChange, type ObjectChange } from '../propose/changes.ts';
import { overlaps } from '../reach/live-edits.ts';
import { renderedObject } from '../rendered-object.ts';
import { renderApplications } from '../rendering.ts';
import type { Candidate } from './attempt.ts';
import type { Goal } from './wanted.ts';

/** An object that an edit changes besides what it is for. */
export interface AlsoChanged {
  environment: string;
  object: Resource;
  change: ObjectChange['change'];
  /** Of the object that the edit is for: its other fields that change (`model/path.ts`). */
  fields?: string[];
}

interface Aim {
  environment: string;
  object: Resource;
  path: string;
  application?: string | undefined;
  goal: Goal;
  cluster?: Promise<Cluster | undefined>;
}

/**
 * Renders the repository with an edited file and looks: undefined where the field is not as it shall be, or where
 * something that could be rendered cannot be any more; else what the edit changes besides.
 */
export async function proofOf(
  workspace: Workspace,
  { file, after }: Pick<Candidate, 'file' | 'after'>,
  aim: Aim,
): Promise<AlsoChanged[] | undefined> {
  const then = await workspaceWith(workspace, file, after);
  const object = await objectThen(then, aim);
  if (!object || !aim.goal.isReached(object.value)) return undefined;
  const before = await failures(workspace);
  for (const name of await failures(then)) if (!before.has(name)) return undefined;
  const changes = await changesOf(workspace, then, [file]);
  const namespace = object.resource.namespace || aim.object.namespace;
  const meant = new Set([aim.object, { ...object.resource, namespace }].map(resourceKey));
  return changes.flatMap(change => [
    ...(change.environment === aim.environment ? otherFields(change, aim) : []),
    ...alsoIn(change, aim.environment, meant),
  ]);
}

/** What an edit changes of the object that it is for, besides the field. */
function otherFields({ environment, objects }: EnvironmentChange, aim: Aim): AlsoChanged[] {
  const own = objects.find(({ resource }) => resourceKey(resource) === resourceKey(aim.object));
  const { before, after } = own ?? {};
  if (!own || !before || !after) return [];
  const pointerOf = (steps: readonly Step[]) =>
    [after, before].map(side => resolveSteps(side, steps)).find(({ complete }) => complete)
      ?.pointer ?? [];
  const field = pointerOf(parsePath(aim.path));
  const fields = fieldChanges(before, after)
    .filter(({ steps }) => !overlaps(pointerOf(steps), field))
    .map(({ steps }) => formatPath(steps));
  return fields.length === 0 ? [] : [{ environment, object: aim.object, change: 'change', fields }];
}

/** The repository as an edit makes it. */
export function workspaceWith(
  workspace: Workspace,
  file: string,
  text: string,
): Promise<Workspace> {
  const edited = editedRepository(workspace.repository, new Map([[file, text]]));
  return workspace.beside(edited, workspace.branch, [file]);
}

/** What the values of an engine's own object make says more than that the object has them. */
function alsoIn(
  { environment, objects }: EnvironmentChange,
  meantIn: string,
  meant: ReadonlySet<string>,
): AlsoChanged[] {
  return objects
    .filter(
      ({ resource }) =>
        environment !== meantIn ||
        !(meant.has(resourceKey(resource)) || isDeployer(resource.group)),
    )
    .map(({ resource: object, change }) => ({ environment, object, change }));
}

/** The object; one whose name ends with a hash of its content has another name then. */
async function objectThen(
  then: Workspace,
  { environment, object, application, cluster }: Aim,
): Promise<RenderedObject | undefined> {
  const found = await renderedObject(then, environment, object, application, cluster).catch(
    () => undefined,
  );
  const base = /^(.+)-[a-z0-9]{10}$/.exec(object.name)?.[1];
  if (found || base === undefined) return found;
  const [chosen] = await then.choose([environment]);
  if (!chosen) return undefined;
  const schemas = then.schemas(chosen.kubernetes, then.customTypes());
  const applications = await renderApplications(then, chosen, { trace: false, cluster });
  const renamed = applications.flatMap(({ application: each, rendered }) =>
    rendered.objects.filter(({ resource }) => {
      const own = effectiveResource(resource, each.namespace ?? chosen.namespace, schemas);
      const { name } = own;
      const isLike = name.startsWith(`${base}-`) && name.length === object.name.length;
      return isLike && resourceKey({ ...own, name: object.name }) === resourceKey(object);
    }),
  );
  return renamed.length === 1 ? renamed[0] : undefined;
}

/** Names of what cannot be rendered. */
async function failures(workspace: Workspace): Promise<Set<string>> {
  const environments = await workspace.choose([]);
  const all = environments.map(async environment => {
    const applications = await renderApplications(workspace, environment, { trace: false });
    return applications
      .filter(({ rendered }) => rendered.failure !== undefined)
      .map(({ application }) => `${environment.name}/${application.name}`);
  });
  return new Set((await Promise.all(all)).flat());
}
