import type { RenderedApplication } from '../../drift/declared.ts';
import { effectiveResource } from '../../drift/declared.ts';
import type { IndexedFile } from '../../manifests/index-types.ts';
import {
  documentAround,
  isBlank,
  isComment,
  itemAround,
  spanBelow,
  startOfValue,
} from '../../manifests/line-span.ts';
import type { RepositoryIndex } from '../../manifests/repository-index.ts';
import type { DriftPath } from '../../model/drift.ts';
import type { Environment } from '../../model/environment.ts';
import { formatPath } from '../../model/path.ts';
import { type Resource, resourceKey } from '../../model/resource.ts';
import { type LineTouches, type Touch, touchesIn } from '../../render/reach.ts';
import type { Schemas } from '../../schemas/type.ts';
import { conditionTouches } from './conditions.ts';
import { deployingLines } from './deploying-lines.ts';
import { type LiveEdits, overlaps, placedEdits } from './live-edits.ts';
import { whyNothing } from './why.ts';

/** One thing that a line reaches in one environment. */
export interface Reach {
  environment: string;
  application: string;
  /** With the namespace that it gets there. */
  object: Resource;
  /** As in `model/path.ts`; empty for the object as a whole. */
  path: string;
  /** decides: the value stands there, or the line makes it. takes part: it is in the chain that brings it there. */
  how: 'decides' | 'takes part';
  /** What somebody changed in the cluster at this field, masked: applying the line takes that back. */
  liveEdit?: DriftPath;
}

export interface LineCount {
  line: number;
  objects: number;
  environments: string[];
  /** Fields of these that somebody changed in a cluster. */
  liveEdits: number;
}

/** What the lines of one file reach. */
export interface FileReach {
  readonly file: string;
  /** What a line (1-based) reaches, by itself or by the lines that belong to it; in the order of the environments. */
  at(line: number): Reach[];
  /** What a line reaches by itself. */
  on(line: number): Reach[];
  /** The objects that several lines reach (1-based, inclusive), once in each environment; one live edit of each. */
  objects(from: number, to: number): Reach[];
  /** Lines that reach something by themselves, ascending. */
  counts(): LineCount[];
  /** Why a line may reach nothing: one sentence; undefined where it does reach something. */
  why(line: number): string | undefined;
}

/** An environment with its applications as they were rendered, the fields' places known. */
export interface TracedEnvironment {
  environment: Environment;
  applications: readonly RenderedApplication[];
  schemas: Schemas;
}

/**
 * The blast radius of a file's lines in its present text, which the index has; renders that do not know the places of
 * fields reach nothing.
 */
export function fileReach(
  file: string,
  index: RepositoryIndex,
  environments: readonly TracedEnvironment[],
  edits: LiveEdits,
): FileReach {
  const source = index.file(file);
  const parts = environments.flatMap(each => [
    ...touchedParts(each, file),
    ...deployingParts(each, source),
    ...askedParts(each, source, index),
  ]);
  const lines = source?.text.split(/\r\n|\r|\n/) ?? [];
  const at = (line: number) => {
    const answering = linesOf(parts, { line, lines, source });
    return parts.flatMap(part => reachesWithin(part, answering, edits));
  };
  return {
    file,
    at,
    on: line => parts.flatMap(part => reachesOf(part, [line], edits)),
    objects: (from, to) => parts.flatMap(part => objectsOf(part, numbers({ from, to }), edits)),
    counts: () => countsOf(parts, edits),
    why: line =>
      at(line).length > 0 ? undefined : whyNothing({ file, line, lines, source, environments }),
  };
}

/** An application that lines of the file reach. */
interface Part extends TracedEnvironment {
  application: RenderedApplication;
  touches: LineTouches;
}

function touchedParts(traced: TracedEnvironment, file: string): Part[] {
  return traced.applications.flatMap(application => {
    const touches = touchesIn(application.rendered, file);
    return touches ? [{ ...traced, application, touches }] : [];
  });
}

/** The lines that say what an application deploys: they bring all of its objects. */
function deployingParts(traced: TracedEnvironment, source: IndexedFile | undefined): Part[] {
  if (!source) return [];
  return traced.applications.flatMap(application => {
    const lines = deployingLines(application.application, source);
    if (lines.length === 0) return [];
    const whole = wholeOf(application).get(0) ?? [];
    return [{ ...traced, application, touches: new Map(lines.map(line => [line, whole])) }];
  });
}

/** Values that templates ask for in conditions. */
function askedParts(
  traced: TracedEnvironment,
  source: IndexedFile | undefined,
  index: RepositoryIndex,
): Part[] {
  if (!source) return [];
  return traced.applications.flatMap(application => {
    const touches = conditionTouches(application, source, index);
    return touches.size > 0 ? [{ ...traced, application, touches }] : [];
  });
}

interface At {
  line: number;
  lines: readonly string[];
  source: IndexedFile | undefined;
}

/**
 * The lines that answer for a line: its own and those below it that belong to it; else the one at which its value
 * begins; else, where what belongs together is spread over lines (an operation of a patch, an entry of `images`),
 * those of the list item, of the block, or of the patch that it lies in.
 */
function linesOf(parts: readonly Part[], { line, lines, source }: At): number[] {
  const touched = (numbers: number[]) =>
    numbers.filter(each => parts.some(({ touches }) => touches.has(each)));
  const below = spanBelow(lines, line);
  const own = touched(below ? numbers(below) : [line]);
  // What a patch is for (its kind and name) decides nothing by itself, and everything of the patch.
  const decides = (each: number) =>
    parts.some(({ touches }) => touches.get(each)?.some(({ how }) => how === 'decides'));
  const isTarget = source?.role === 'patch' && !own.some(decides);
  if (own.length > 0 && !isTarget) return own;
  if (isContent(parts, source) && (!source || line <= lines.length)) return [1];
  const start = startOfValue(lines, line);
  const begun = start === undefined ? [] : touched([start]);
  if (begun.length > 0) return begun;
  const text = lines[line - 1] ?? '';
  if (start === undefined && (isBlank(text) || isComment(text))) return [];
  const around = [
    ...(source?.role === 'kustomization' || source?.role === 'patch'
      ? [itemAround(lines, line)]
      : []),
    start === undefined ? undefined : spanBelow(lines, start),
    ...(source?.role === 'patch' ? [documentAround(lines, line)] : []),
  ];
  for (const span of around) {
    const found = span ? touched(numbers(span)) : [];
    if (found.length > 0) return found;
  }
  return [];
}

/** True for a file that is a value as a whole, such as one of a ConfigMap's: its place is the first line. */
function isContent(parts: readonly Part[], source: IndexedFile | undefined): boolean {
  const isInput = source === undefined || source.role === 'generator-input';
  return isInput && parts.every(({ touches }) => touches.size === 1 && touches.has(1));
}

function numbers({ from, to }: { from: number; to: number }): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function reachesOf(part: Part, lines: readonly number[], edits: LiveEdits): Reach[] {
  const touches = lines.flatMap(line => part.touches.get(line) ?? []);
  const objects = Map.groupBy(touches, ({ object }) => object);
  return [...objects].flatMap(([object, ofObject]) => {
    const resource = resourceIn(part, object.resource);
    const known = placedEdits(edits.of(part.environment.name, resource), object.value);
    return strongest(ofObject).map(({ pointer, how }): Reach => {
      const found = known.find(({ pointer: other }) => overlaps(pointer, other));
      return {
        environment: part.environment.name,
        application: part.application.application.name,
        object: resource,
        path: formatPath(pointer),
        how,
        ...(found && { liveEdit: found.edit }),
      };
    });
  });
}

/** What lines reach, and what is deployed by the objects that they bring as a whole. */
function reachesWithin(part: Part, lines: readonly number[], edits: LiveEdits): Reach[] {
  const seen = new Set([part.application]);
  const parts = [{ part, lines }];
  for (const each of parts)
    for (const application of deployedBy(each.part, each.lines)) {
      if (seen.has(application)) continue;
      seen.add(application);
      parts.push({ part: { ...part, application, touches: wholeOf(application) }, lines: [0] });
    }
  return parts.flatMap(each => reachesOf(each.part, each.lines, edits));
}

/** The applications whose Flux or Argo CD objects lines bring as a whole. */
function deployedBy(part: Part, lines: readonly number[]): RenderedApplication[] {
  const brought = lines
    .flatMap(line => part.touches.get(line) ?? [])
    .filter(({ pointer }) => pointer.length === 0)
    .map(({ object }) => resourceKey(resourceIn(part, object.resource)));
  if (brought.length === 0) return [];
  const keys = new Set(brought);
  return part.applications.filter(
    ({ application: { controller } }) => controller && keys.has(resourceKey(controller)),
  );
}

/** All objects of an application as one line, 0, that brings them. */
function wholeOf({ rendered }: RenderedApplication): LineTouches {
  const how = 'takes part' as const;
  return new Map([[0, rendered.objects.map(object => ({ object, pointer: [], how }))]]);
}

/** One for each object of a part that lines touch, as a whole. */
function objectsOf(part: Part, lines: readonly number[], edits: LiveEdits): Reach[] {
  const touches = lines.flatMap(line => part.touches.get(line) ?? []);
  return [...Map.groupBy(touches, ({ object }) => object)].map(([object, ofObject]): Reach => {
    const resource = resourceIn(part, object.resource);
    const known = placedEdits(edits.of(part.environment.name, resource), object.value);
    const found = known.find(({ pointer }) =>
      ofObject.some(touch => overlaps(touch.pointer, pointer)),
    );
    return {
      environment: part.environment.name,
      application: part.application.application.name,
      object: resource,
      path: '',
      how: ofObject.some(({ how }) => how === 'decides') ? 'decides' : 'takes part',
      ...(found && { liveEdit: found.edit }),
    };
  });
}

/** Each field once; a field of an object that is brought as a whole goes without saying, unless it is decided here. */
function strongest(touches: readonly Touch[]): Touch[] {
  const fields = new Map<string, Touch>();
  for (const touch of touches) {
    const key = formatPath(touch.pointer);
    if (fields.get(key)?.how !== 'decides') fields.set(key, touch);
  }
  if (!fields.has('')) return [...fields.values()];
  return [...fields.values()].filter(
    ({ pointer, how }) => pointer.length === 0 || how === 'decides',
  );
}

function resourceIn({ environment, application, schemas }: Part, resource: Resource): Resource {
  const namespace = application.application.namespace ?? environment.namespace;
  return effectiveResource(resource, namespace, schemas);
}

function countsOf(parts: readonly Part[], edits: LiveEdits): LineCount[] {
  const lines = new Set(parts.flatMap(({ touches }) => [...touches.keys()]));
  return [...lines]
    .sort((a, b) => a - b)
    .map(line =>
      countOf(
        line,
        parts.flatMap(part => reachesWithin(part, [line], edits)),
      ),
    );
}

/** Counts what is reached; an object in two environments is two. */
export function countOf(line: number, reaches: readonly Reach[]): LineCount {
  const key = ({ environment, object }: Reach) => `${environment} ${resourceKey(object)}`;
  const edited = reaches.filter(({ liveEdit }) => liveEdit !== undefined);
  return {
    line,
    objects: new Set(reaches.map(key)).size,
    environments: [...new Set(reaches.map(({ environment }) => environment))],
    liveEdits: new Set(edited.map(reach => `${key(reach)} ${reach.liveEdit?.path}`)).size,
  };
}
