import { type Pointer, resolveSteps } from '../model/path.ts';
import type { Rendered, RenderedObject } from '../model/rendered.ts';
import { childrenOf } from '../model/resource.ts';
import { eachPlace } from './field-places.ts';

/** A field of a rendered object that a line has to do with. */
export interface Touch {
  object: RenderedObject;
  /** Empty for the object as a whole: the line brings it. */
  pointer: Pointer;
  /** decides: the value stands there, or the line makes it. takes part: the line is in its chain. */
  how: 'decides' | 'takes part';
}

/** By line, 1-based. */
export type LineTouches = ReadonlyMap<number, readonly Touch[]>;

/**
 * What the lines of a file reach in a traced render; undefined where none reaches anything. Worked out once per
 * render and per object of it, so that it can be asked for at every keystroke.
 */
export function touchesIn(rendered: Rendered, file: string): LineTouches | undefined {
  const files = byFile.get(rendered) ?? new Map<string, RenderedObject[]>();
  if (!byFile.has(rendered)) {
    for (const object of rendered.objects)
      for (const touched of touchesOf(object).files.keys()) {
        const objects = files.get(touched);
        if (objects) objects.push(object);
        else files.set(touched, [object]);
      }
    byFile.set(rendered, files);
  }
  const [first, ...others] = files.get(file) ?? [];
  if (first === undefined) return undefined;
  const lines = linesIn(first, file);
  if (others.length === 0) return lines;
  const merged = new Map<number, Touch[]>();
  for (const object of [first, ...others])
    for (const [line, touches] of linesIn(object, file) ?? []) {
      const known = merged.get(line);
      if (known) known.push(...touches);
      else merged.set(line, [...touches]);
    }
  return merged;
}

const byFile = new WeakMap<Rendered, Map<string, RenderedObject[]>>();
const byObject = new WeakMap<RenderedObject, ObjectTouches>();

type Lines = Map<number, Touch[]>;

interface ObjectTouches {
  files: Map<string, Lines>;
  /** Files of which only the beginnings of large parts are known yet. */
  partly: Set<string>;
}

/** The lines of a file that an object comes from. */
function linesIn(object: RenderedObject, file: string): Lines | undefined {
  const touches = touchesOf(object);
  if (touches.partly.delete(file)) {
    const read = readTouches(object, inner => inner === file).files.get(file);
    if (read) touches.files.set(file, read);
  }
  return touches.files.get(file);
}

function touchesOf(object: RenderedObject): ObjectTouches {
  const known = byObject.get(object);
  if (known) return known;
  const made = readTouches(object, () => false);
  byObject.set(object, made);
  return made;
}

function readTouches(object: RenderedObject, inside: (file: string) => boolean): ObjectTouches {
  const files = new Map<string, Lines>();
  const partly = new Set<string>();
  const steps = new Map<string, Step | undefined>();
  const add = ({ file, line }: Step, touch: Touch) => {
    const lines = files.get(file) ?? new Map<number, Touch[]>();
    if (lines.size === 0) files.set(file, lines);
    const touches = lines.get(line);
    if (!touches) lines.set(line, [touch]);
    else if (touches.at(-1)?.pointer !== touch.pointer) touches.push(touch);
  };
  const read = (text: string) => {
    if (!steps.has(text)) steps.set(text, stepOf(text));
    return steps.get(text);
  };
  // Nothing changes an object's kind: what brought that brought the object.
  const brings = new Set(bringers(object).map(text => read(text)));
  for (const step of brings) if (step) add(step, { object, pointer: whole, how: 'takes part' });
  eachPlace(object, inside, (pointer, place) => {
    if (place.how === 'unknown') return;
    add(place, { object, pointer, how: 'decides' });
    if (!inside(place.file) && isPart(object, pointer)) partly.add(place.file);
    for (const text of place.via ?? []) {
      const step = read(text);
      if (step && !brings.has(step)) add(step, { object, pointer, how: 'takes part' });
    }
  });
  return { files, partly };
}

function isPart({ value }: RenderedObject, pointer: Pointer): boolean {
  return childrenOf(resolveSteps(value, pointer).value) !== undefined;
}

interface Step {
  file: string;
  line: number;
}

const whole: Pointer = [];

/** What a link says of a value that something later replaced. */
const overwritten = ' overwritten';

function bringers(object: RenderedObject): readonly string[] {
  const { how, via } = object.locate(['kind']);
  return how === 'unknown' ? [] : via;
}

/** The place in a link of a chain: `overlays/production/kustomization.yaml:9 images`; none of what has no part any more. */
function stepOf(text: string): Step | undefined {
  if (text.endsWith(overwritten)) return undefined;
  const found = /^(.*?):([0-9]+)(?= |$)/.exec(text);
  return found?.[1] === undefined ? undefined : { file: found[1], line: Number(found[2]) };
}
