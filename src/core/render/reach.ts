import type { Pointer } from '../model/path.ts';
import type { Rendered, RenderedObject } from '../model/rendered.ts';
import { isObject, type Json } from '../model/resource.ts';

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
      for (const touched of touchesOf(object).keys()) {
        const objects = files.get(touched);
        if (objects) objects.push(object);
        else files.set(touched, [object]);
      }
    byFile.set(rendered, files);
  }
  const [first, ...others] = files.get(file) ?? [];
  if (first === undefined) return undefined;
  const lines = touchesOf(first).get(file);
  if (others.length === 0) return lines;
  const merged = new Map<number, Touch[]>();
  for (const object of [first, ...others])
    for (const [line, touches] of touchesOf(object).get(file) ?? []) {
      const known = merged.get(line);
      if (known) known.push(...touches);
      else merged.set(line, [...touches]);
    }
  return merged;
}

const byFile = new WeakMap<Rendered, Map<string, RenderedObject[]>>();
const byObject = new WeakMap<RenderedObject, ObjectTouches>();

type ObjectTouches = Map<string, Map<number, Touch[]>>;

function touchesOf(object: RenderedObject): ObjectTouches {
  const known = byObject.get(object);
  if (known) return known;
  const made = readTouches(object);
  byObject.set(object, made);
  return made;
}

function readTouches(object: RenderedObject): ObjectTouches {
  const files: ObjectTouches = new Map();
  const add = (file: string, line: number, touch: Touch) => {
    const lines = files.get(file) ?? new Map<number, Touch[]>();
    files.set(file, lines);
    const touches = lines.get(line);
    if (!touches) lines.set(line, [touch]);
    else if (touches.at(-1)?.pointer !== touch.pointer) touches.push(touch);
  };
  // Nothing changes an object's kind: what brought that brought the object.
  const bringing = new Set(bringers(object));
  for (const step of bringing)
    add(step.file, step.line, { object, pointer: whole, how: 'takes part' });
  const brings = new Set([...bringing].map(({ file, line }) => `${file}:${line}`));
  for (const pointer of leavesOf(object.value, [])) {
    const { file, line, how, via } = object.locate(pointer);
    if (how !== 'unknown') add(file, line, { object, pointer, how: 'decides' });
    for (const text of via) {
      const step = how === 'unknown' ? undefined : stepOf(text);
      if (step && !brings.has(`${step.file}:${step.line}`))
        add(step.file, step.line, { object, pointer, how: 'takes part' });
    }
  }
  return files;
}

const whole: Pointer = [];

function bringers(object: RenderedObject): { file: string; line: number }[] {
  const { how, via } = object.locate(['kind']);
  return how === 'unknown' ? [] : via.flatMap(text => stepOf(text) ?? []);
}

/** The place in a link of a chain: `overlays/production/kustomization.yaml:9 images`. */
export function stepOf(text: string): { file: string; line: number } | undefined {
  const found = /^(.*?):([0-9]+)(?= |$)/.exec(text);
  return found?.[1] === undefined ? undefined : { file: found[1], line: Number(found[2]) };
}

/** Pointers to everything in a value that has no parts of its own. */
export function* leavesOf(value: Json, at: Pointer): Generator<Pointer> {
  if (Array.isArray(value) && value.length > 0)
    for (const [index, item] of value.entries()) yield* leavesOf(item, [...at, index]);
  else if (isObject(value) && Object.keys(value).length > 0)
    for (const [key, item] of Object.entries(value)) yield* leavesOf(item, [...at, key]);
  else yield at;
}
