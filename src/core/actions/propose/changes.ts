import { isDeepStrictEqual } from 'node:util';
import { type Declared, declaredObjects, unsureObjects } from '../../drift/declared.ts';
import type { Application } from '../../model/environment.ts';
import type { NotChecked } from '../../model/finding.ts';
import { parsePath, resolveSteps } from '../../model/path.ts';
import type { Rendered, RenderedObject } from '../../model/rendered.ts';
import { isObject, type JsonObject, type Resource, resourceKey } from '../../model/resource.ts';
import type { Workspace } from '../../workspace.ts';
import { isReached, type RenderedEnvironment, renderEnvironments } from './changed-files.ts';

/** What a change of files changes in the rendered objects of one environment. */
export interface EnvironmentChange {
  environment: string;
  protected: boolean;
  objects: ObjectChange[];
  /** What the change may reach and nobody could compare. */
  notChecked: NotChecked[];
}

export interface ObjectChange {
  resource: Resource;
  change: 'create' | 'change' | 'remove';
  /** As they are rendered, Secret values among them: mask before showing. */
  before?: JsonObject;
  after?: JsonObject;
  /** Paths that must not be shown either, of both states. */
  sensitive?: string[];
  /** Name of the one that declares it: afterwards, or until then. */
  application?: string;
  /** As that renders it, afterwards or until then. */
  rendered?: RenderedObject;
}

/**
 * Compares what every environment should run in two states of a repository that differ in `files`. In the answer
 * are the environments in which an object differs, or in which something that the files may reach could not be
 * compared. An application that could not be rendered in one of the states neither loses nor gains objects.
 */
export async function changesOf(
  before: Workspace,
  after: Workspace,
  files: readonly string[],
): Promise<EnvironmentChange[]> {
  const [old, now] = await Promise.all([sidesOf(before), sidesOf(after)]);
  const names = new Set([...now.keys(), ...old.keys()]);
  return [...names].flatMap(name => {
    const change = compare(name, old.get(name), now.get(name), files);
    return change.objects.length + change.notChecked.length > 0 ? [change] : [];
  });
}

/** One environment in one state of the repository. */
interface Side extends RenderedEnvironment {
  workspace: Workspace;
}

async function sidesOf(workspace: Workspace): Promise<Map<string, Side>> {
  const rendered = await renderEnvironments(workspace);
  return new Map(rendered.map(each => [each.environment.name, { ...each, workspace }]));
}

function compare(
  name: string,
  before: Side | undefined,
  after: Side | undefined,
  files: readonly string[],
): EnvironmentChange {
  const sides = [before, after].filter(side => side !== undefined);
  const failed = new Set(
    sides.flatMap(({ applications }) =>
      applications.flatMap(({ application, rendered }) =>
        rendered.failure ? [application.name] : [],
      ),
    ),
  );
  const unsure = new Set(sides.flatMap(side => unsureKeys(side)));
  const objects = differing(declaredIn(before, failed), declaredIn(after, failed), unsure);
  const changed = new Set(objects.map(({ resource }) => resourceKey(resource)));
  return {
    environment: name,
    protected: sides.some(({ environment }) => environment.protected),
    objects,
    notChecked: uniqueReasons(sides.toReversed().flatMap(side => openIn(side, files, changed))),
  };
}

function declaredIn(side: Side | undefined, failed: ReadonlySet<string>): Map<string, Declared> {
  if (side === undefined) return new Map();
  const { environment, applications } = side;
  const rendered = applications.filter(({ application }) => !failed.has(application.name));
  const declared = declaredObjects(environment, rendered, schemasOf(side));
  return new Map(declared.map(each => [resourceKey(each.resource), each]));
}

function schemasOf({ workspace, environment }: Side) {
  return workspace.schemas(environment.kubernetes, workspace.customTypes());
}

/** Objects that are declared but were not rendered: their absence on one side says nothing. */
function unsureKeys(side: Side): string[] {
  const unsure = unsureObjects(side.environment, side.applications, schemasOf(side), []);
  return unsure.map(({ result }) => resourceKey(result.resource));
}

function differing(
  before: ReadonlyMap<string, Declared>,
  after: ReadonlyMap<string, Declared>,
  unsure: ReadonlySet<string>,
): ObjectChange[] {
  const kept = [...after].flatMap(([key, now]): ObjectChange[] => {
    const was = before.get(key);
    const { object } = now;
    if (was === undefined)
      return unsure.has(key) ? [] : [{ ...about(now), change: 'create', after: settled(object) }];
    if (was.object === object) return [];
    const [old, value] = [settled(was.object), settled(object)];
    // The order of fields means nothing to Kubernetes.
    if (isDeepStrictEqual(old, value)) return [];
    return [{ ...about(now, was), change: 'change', before: old, after: value }];
  });
  const removed = [...before].flatMap(([key, was]): ObjectChange[] =>
    after.has(key) || unsure.has(key)
      ? []
      : [{ ...about(was), change: 'remove', before: settled(was.object) }],
  );
  return [...kept, ...removed];
}

function about(declared: Declared, other?: Declared): Omit<ObjectChange, 'change'> {
  const { resource, object: rendered, application } = declared;
  const sensitive = [...(rendered.sensitive ?? []), ...(other?.object.sensitive ?? [])];
  return {
    ...{ resource, application: application.name, rendered },
    ...(sensitive.length > 0 && { sensitive }),
  };
}

/** The value without what every render makes anew, such as a generated password: that is no change. */
function settled({ value, volatile = [] }: RenderedObject): JsonObject {
  if (volatile.length === 0) return value;
  const copy = structuredClone(value);
  for (const path of volatile) {
    const steps = parsePath(path);
    const last = steps.pop();
    const { value: parent, complete } = resolveSteps(copy, steps);
    if (complete && isObject(parent) && typeof last === 'string') parent[last] = anew;
    if (complete && Array.isArray(parent) && typeof last === 'number') parent[last] = anew;
  }
  return copy;
}

const anew = '(differs with every render)';

/** What could not be rendered, of what the files may reach: in themselves or by an object that changes. */
function openIn(
  { environment, applications }: Side,
  files: readonly string[],
  changed: ReadonlySet<string>,
): NotChecked[] {
  const isOne = (file: string) => files.includes(file);
  const unresolved = environment.unresolved.filter(({ place }) => isOne(place.file));
  const open = applications
    .filter(
      each =>
        isReached(each, files) ||
        (each.application.controller && changed.has(resourceKey(each.application.controller))),
    )
    .flatMap(({ application, rendered }) => openOf(application, rendered));
  return [...unresolved, ...open].map(each => ({ ...each, environment: environment.name }));
}

function openOf({ name, controller }: Application, rendered: Rendered): NotChecked[] {
  const { failure, notChecked } = rendered;
  const parts = notChecked.map(({ resource, ...rest }) => ({ ...rest, object: resource }));
  if (!failure) return parts;
  const reason = controller ? failure.message : `${name}: ${failure.message}`;
  return [{ reason, place: failure.place, object: controller }, ...parts];
}

/** Once each, also where its line has moved: the first, which is of the later state. */
function uniqueReasons(entries: readonly NotChecked[]): NotChecked[] {
  const unique = new Map<string, NotChecked>();
  for (const entry of entries) {
    const key = JSON.stringify({ ...entry, place: entry.place?.file });
    if (!unique.has(key)) unique.set(key, entry);
  }
  return [...unique.values()];
}
