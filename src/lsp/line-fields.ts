import { renderApplications } from '../core/actions/rendering.ts';
import { declaredObjects } from '../core/drift/declared.ts';
import type { EnvironmentState, MarkedDifference, ObjectState } from '../core/live/state.ts';
import type { DriftPath, Stale } from '../core/model/drift.ts';
import { formatPath, parsePath, resolveSteps } from '../core/model/path.ts';
import type { Provenance, RenderedObject } from '../core/model/rendered.ts';
import { type Json, type Resource, resourceKey } from '../core/model/resource.ts';
import { confirmedText } from '../core/words/confirmed.ts';
import { isHiddenField } from '../core/words/masked-object.ts';
import type { RepositoryFile } from './session/repositories.ts';

/** A field of a rendered object that a line decides. */
export interface LineField {
  object: Resource;
  path: string;
  /** Names of the environments in which this line decides it. */
  reached: string[];
  /** Every environment that renders the object, in their order. */
  environments: FieldIn[];
}

/** How a field stands in one environment. */
export interface FieldIn {
  name: string;
  application: string;
  /** What the repository renders, and where that stands; absent where it renders no such field. */
  rendered?: { value: Json; place: Provenance; hidden: boolean };
  /** Where it differs from what runs. */
  difference?: DriftPath;
  /** Where it differs: by whom that was confirmed. */
  confirmed?: string;
  /** Set where what runs is what was known last. */
  stale?: Stale;
  /** False where nobody knows what runs. */
  compared: boolean;
}

/** The fields that a line (1-based) decides, those that differ (the line's marker has them) first. */
export async function lineFields(
  { live, file }: RepositoryFile,
  line: number,
  differences: readonly MarkedDifference[],
): Promise<LineField[]> {
  const reaches = live
    .reach(file)
    .on(line)
    .filter(({ path }) => path !== '');
  const marked = differences.flatMap(({ environment, object, path }) =>
    path ? [{ environment, object, path: path.path }] : [],
  );
  if (marked.length + reaches.length === 0) return [];
  const workspace = live.workspace();
  const environments = await workspace.choose([]);
  const rendered = await Promise.all(
    environments.map(async environment => ({
      environment,
      applications: await renderApplications(workspace, environment, { trace: true }),
    })),
  );
  const customTypes = workspace.customTypes();
  const objects: ObjectIn[] = rendered.flatMap(({ environment, applications }) =>
    declaredObjects(
      environment,
      applications,
      workspace.schemas(environment.kubernetes, customTypes),
    ).map(({ resource, object, application }) => ({
      ...{ environment: environment.name, application: application.name, resource, object },
    })),
  );
  const states = live.environments();
  const fields = new Map<string, LineField>();
  for (const { environment, object, path } of [...marked, ...reaches]) {
    const same = objects.filter(each => isSame(each.resource, object));
    const key = `${resourceKey(object)} ${concrete(path, same, environment)}`;
    const field = fields.get(key) ?? {
      ...{ object, path, reached: [] },
      environments: same.map(each => fieldIn(each, path, states)),
    };
    fields.set(key, field);
    if (!field.reached.includes(environment)) field.reached.push(environment);
  }
  return [...fields.values()];
}

interface ObjectIn {
  environment: string;
  application: string;
  /** With the namespace that it gets there. */
  resource: Resource;
  object: RenderedObject;
}

/** Drift names the members of keyed lists, a trace counts them: the path by number, as the environment has it. */
function concrete(path: string, objects: readonly ObjectIn[], environment: string): string {
  const found = objects.find(each => each.environment === environment) ?? objects[0];
  const at = found && placeIn(found.object, path);
  return at?.complete ? formatPath(at.pointer) : path;
}

function fieldIn(
  { environment, application, resource, object }: ObjectIn,
  path: string,
  states: readonly EnvironmentState[],
): FieldIn {
  const at = placeIn(object, path);
  const pointer = formatPath(at.pointer);
  const state = objectState(states, environment, resource);
  const difference = state?.paths.find(
    each => each.path === path || (at.complete && samePlace(object, each.path, pointer)),
  );
  return {
    name: environment,
    application,
    ...(at.complete && {
      rendered: {
        value: at.value,
        place: object.locate(at.pointer),
        hidden: isHiddenField(object, pointer),
      },
    }),
    ...(difference && {
      difference,
      confirmed: confirmedText(state, comparedAt(states, environment), new Date()),
    }),
    ...(state?.stale && { stale: state.stale }),
    compared: state !== undefined && !['unknown', 'suspect', 'skipped'].includes(state.state),
  };
}

function comparedAt(states: readonly EnvironmentState[], environment: string): string | undefined {
  return states.find(({ name }) => name === environment)?.comparedAt;
}

function samePlace(object: RenderedObject, path: string, pointer: string): boolean {
  const at = placeIn(object, path);
  return at.complete && formatPath(at.pointer) === pointer;
}

/** Where a path leads in an object; what runs as a Secret's `data` may be written as its `stringData`. */
function placeIn({ resource, value }: RenderedObject, path: string) {
  const steps = parsePath(path);
  const at = resolveSteps(value, steps);
  if (at.complete || resource.kind !== 'Secret' || steps[0] !== 'data') return at;
  const written = resolveSteps(value, ['stringData', ...steps.slice(1)]);
  return written.complete ? written : at;
}

function objectState(
  states: readonly EnvironmentState[],
  environment: string,
  object: Resource,
): ObjectState | undefined {
  return states
    .find(({ name }) => name === environment)
    ?.applications.flatMap(({ objects }) => objects)
    .find(({ resource }) => isSame(resource, object));
}

/** What is rendered may name no namespace where the environment gives it one. */
function isSame(a: Resource, b: Resource): boolean {
  const namespace = a.namespace || b.namespace;
  return (
    resourceKey({ ...a, namespace }) === resourceKey({ ...b, namespace: b.namespace || namespace })
  );
}
