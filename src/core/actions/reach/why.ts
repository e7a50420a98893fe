import type { RenderedApplication } from '../../drift/declared.ts';
import type { IndexedFile } from '../../manifests/index-types.ts';
import { isBlank, isComment } from '../../manifests/line-span.ts';
import { offsetAt } from '../../manifests/locate.ts';
import type { Node } from '../../manifests/syntax.ts';
import type { Environment } from '../../model/environment.ts';
import { type Pointer, resolveSteps } from '../../model/path.ts';
import { placeText } from '../../model/source.ts';

interface Silent {
  file: string;
  line: number;
  lines: readonly string[];
  source: IndexedFile | undefined;
  environments: readonly {
    environment: Environment;
    applications: readonly RenderedApplication[];
  }[];
}

/** Why a line reaches nothing, as far as that is known: one sentence. */
export function whyNothing(silent: Silent): string {
  const { file, line, lines, environments } = silent;
  if (environments.length === 0)
    return 'No environment was found in this repository, so nothing is known to be deployed.';
  const text = lines[line - 1];
  if (lines.length > 0 && text === undefined)
    return `The file has ${lines.length === 1 ? 'one line' : `${lines.length} lines`} only.`;
  if (text !== undefined && isBlank(text)) return 'The line is empty.';
  if (text !== undefined && isComment(text)) return 'The line is a comment.';
  const applications = environments.flatMap(each => each.applications);
  const reading = applications.filter(({ rendered }) => rendered.reads.includes(file));
  if (reading.length === 0) return unread(silent, applications);
  const failed = reading.find(({ rendered }) => rendered.failure !== undefined);
  if (failed)
    return `${failed.application.name}, which reads the file, could not be rendered: ${failed.rendered.failure?.message}`;
  const unused = reading
    .flatMap(({ rendered }) => rendered.unused ?? [])
    .find(({ place }) => place.file === file && place.line === line);
  if (unused?.kind === 'value') return `No template reads ${unused.name}.`;
  if (unused?.kind === 'object')
    return `A later source of the Application makes ${unused.name} too, and that one is applied.`;
  if (unused) return `The patch matches no object (${unused.name}).`;
  const elsewhere = overriding(silent, reading);
  if (elsewhere.length > 0) return `Another line decides instead: ${elsewhere.join(', ')}.`;
  return 'Nothing that an environment runs comes from this line.';
}

function unread(
  { file, environments }: Silent,
  applications: readonly RenderedApplication[],
): string {
  const declared = environments.some(({ environment }) => environment.origin.file === file);
  const deploys = applications.some(({ application }) => application.origin.file === file);
  if (declared || deploys)
    return 'The file says what is deployed; no field of an object comes from this line.';
  const open = environments.some(
    ({ environment, applications: all }) =>
      environment.unresolved.length > 0 || all.some(({ rendered }) => rendered.failure),
  );
  const known = open ? ' as far as they could be rendered' : '';
  return `No environment reads the file${known}.`;
}

/** `production: overlays/production/replicas.yaml:7`, where the same field of the object has its value from. */
function overriding(
  { file, line, source, environments }: Silent,
  reading: readonly RenderedApplication[],
): string[] {
  const pointer = source && fieldAt(source, line);
  if (!pointer) return [];
  const found = environments.flatMap(({ environment, applications }) =>
    applications
      .filter(each => reading.includes(each))
      .flatMap(({ rendered }) => rendered.objects)
      .filter(object => object.source.file === file && object.source.line === pointer.document)
      .flatMap(object => {
        if (!resolveSteps(object.value, pointer.steps).complete) return [];
        const place = object.locate(pointer.steps);
        return place.how === 'unknown' ? [] : [`${environment.name}: ${placeText(place)}`];
      }),
  );
  return [...new Set(found)];
}

/** The field that stands on a line of a manifest; only below maps, since lists may have other members once rendered. */
function fieldAt(
  { parsed, objects }: IndexedFile,
  line: number,
): { document: number; steps: Pointer } | undefined {
  const start = offsetAt(parsed, line, 1);
  const end = offsetAt(parsed, line + 1, 1);
  const object = objects.findLast(each => each.line <= line);
  const root = object?.document.root;
  if (!object || !root || root.end < start) return undefined;
  const steps = stepsTo(root, start, end);
  return steps && { document: object.line, steps };
}

function stepsTo(node: Node, start: number, end: number): Pointer | undefined {
  if (node.kind !== 'map') return undefined;
  for (const { key, keyStart, node: value } of node.entries) {
    if (keyStart >= start && keyStart < end) return [key];
    if (value.start <= start && value.end > start) {
      const below = stepsTo(value, start, end);
      return below && [key, ...below];
    }
  }
  return undefined;
}
