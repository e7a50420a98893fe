import type { Environment } from '../model/environment.ts';
import { formatPath, type Pointer } from '../model/path.ts';
import type { RenderedObject } from '../model/rendered.ts';
import { isObject, type Json, type Resource } from '../model/resource.ts';
import type { Workspace } from '../workspace.ts';
import { sourceAt } from './render.ts';
import { notRendered, renderApplications } from './rendering.ts';
import type { Reached, TracedField, TracedObject, TraceReport } from './reports.ts';

export type TraceTarget =
  | { kind: 'line'; file: string; line: number }
  | { kind: 'object'; objectKind: string; namespace?: string; name: string }
  | { kind: 'path'; path: string };

/** Where rendered fields come from; for a line the reverse: which objects and fields it decides. */
export async function trace(
  workspace: Workspace,
  environments: readonly Environment[],
  target: TraceTarget | undefined,
): Promise<TraceReport> {
  if (target?.kind === 'path') {
    const source = sourceAt(workspace, target.path, { values: [], includeCrds: false });
    const { objects, failure } = await workspace.trace({ source });
    const notChecked = failure ? [{ reason: failure.message, place: failure.place }] : [];
    return { kind: 'objects', objects: objects.map(object => traced(object)), notChecked };
  }
  const rendered = await Promise.all(
    environments.map(async environment => ({
      environment,
      applications: await renderApplications(workspace, environment, { trace: true }),
    })),
  );
  const wanted = ({ resource }: RenderedObject) =>
    target?.kind !== 'object' || isNamed(resource, target);
  const objects = rendered.flatMap(({ environment, applications }) =>
    applications.flatMap(application =>
      application.rendered.objects.filter(wanted).map(object => traced(object, environment.name)),
    ),
  );
  if (target?.kind === 'line') {
    const { file, line } = target;
    return { kind: 'reaches', place: { file, line }, reaches: objects.flatMap(reachedBy(target)) };
  }
  return {
    kind: 'objects',
    objects,
    notChecked: rendered.flatMap(each =>
      notRendered(each.environment, each.applications, { objects: true }),
    ),
  };
}

function isNamed(
  resource: Resource,
  { objectKind, namespace, name }: Extract<TraceTarget, { kind: 'object' }>,
): boolean {
  return (
    resource.kind === objectKind &&
    resource.name === name &&
    (namespace === undefined || resource.namespace === namespace)
  );
}

function traced({ resource, value, locate }: RenderedObject, environment?: string): TracedObject {
  const fields: TracedField[] = [...leavesOf(value, [])].map(([pointer, leaf]) => ({
    path: formatPath(pointer),
    value: leaf,
    ...locate(pointer),
  }));
  return { object: resource, environment, fields };
}

function* leavesOf(value: Json, at: Pointer): Generator<[Pointer, Json]> {
  const children = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : isObject(value)
      ? Object.entries(value)
      : [];
  if (children.length === 0) yield [at, value];
  for (const [step, child] of children) yield* leavesOf(child, [...at, step]);
}

/** The fields whose place, or one of the places that brought them there, is the line. */
function reachedBy({ file, line }: { file: string; line: number }) {
  const prefix = `${file}:${line}`;
  const isVia = (via: string) => via === prefix || via.startsWith(`${prefix} `);
  return ({ object, environment = '', fields }: TracedObject): Reached[] =>
    fields
      .filter(field => (field.file === file && field.line === line) || field.via.some(isVia))
      .map(({ path }) => ({ environment, object, path }));
}
