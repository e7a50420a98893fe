import type { Environment } from '../model/environment.ts';
import { formatPath, resolveSteps } from '../model/path.ts';
import type { RenderedObject } from '../model/rendered.ts';
import type { Resource } from '../model/resource.ts';
import { eachPlace } from '../render/field-places.ts';
import { isHiddenField } from '../words/masked-object.ts';
import { masked } from '../words/values.ts';
import type { Workspace } from '../workspace.ts';
import { traceLine } from './reach/trace-line.ts';
import { sourceAt } from './render.ts';
import { notRendered, renderApplications } from './rendering.ts';
import type { TracedField, TracedObject, TraceReport } from './reports.ts';

export type TraceTarget =
  | { kind: 'line'; file: string; line: number }
  | { kind: 'object'; objectKind: string; namespace?: string; name: string }
  | { kind: 'path'; path: string };

/** Where rendered fields come from; for a line the reverse: which objects and fields it decides. */
export async function trace(
  workspace: Workspace,
  environments: readonly Environment[],
  target: TraceTarget | undefined,
  signal?: AbortSignal,
): Promise<TraceReport> {
  if (target?.kind === 'line') return traceLine(workspace, environments, { ...target, signal });
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

function traced(object: RenderedObject, environment?: string): TracedObject {
  const { resource, value } = object;
  const fields: TracedField[] = [];
  const everywhere = () => true;
  eachPlace(object, everywhere, (pointer, { file, line, column, how, via = [] }) => {
    const path = formatPath(pointer);
    const hidden = isHiddenField(object, path);
    const shown = hidden ? masked : resolveSteps(value, pointer).value;
    fields.push({ path, value: shown, file, line, column, how, via: [...via] });
  });
  return { object: resource, environment, fields };
}
