import { NotEditable } from '../../manifests/edit/source.ts';
import type { Node } from '../../manifests/syntax.ts';
import { type Pointer, resolveSteps, type Step } from '../../model/path.ts';
import type { RenderedObject } from '../../model/rendered.ts';
import { isObject, type Json } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import type { Spot } from './spot.ts';
import type { Goal } from './wanted.ts';

/** A file's text before and after an edit that may do. */
export interface Candidate {
  file: string;
  before: string;
  after: string;
}

export interface CandidateInput {
  object: RenderedObject;
  goal: Goal;
  /** What runs, as far as it is known: it says the order of keys, and which parents stay when they are empty. */
  live?: Json | undefined;
  textOf(file: string): Promise<string | undefined>;
  /** True for a file that kustomize reads as its own. */
  isKustomization(file: string): boolean;
}

/** Why no line holds the value, and where to look. */
export interface Elsewhere {
  reason: string;
  place?: Place;
}

/** Edits of one text; a sentence of the editor's own where it cannot be done. */
export function tried(
  place: Place,
  before: string,
  texts: () => string[] | Elsewhere,
): Candidate[] | Elsewhere {
  try {
    const found = texts();
    if (!Array.isArray(found)) return found;
    const { file } = place;
    return found.filter(after => after !== before).map(after => ({ file, before, after }));
  } catch (error) {
    if (!(error instanceof NotEditable)) throw error;
    return { reason: error.message, place };
  }
}

export function unknownPlace(place: Place): Elsewhere {
  return { reason: 'It is not known which line makes this value; this one is the nearest.', place };
}

/** True for a node without parts. */
export function isLeaf(node: Node): boolean {
  if (node.kind === 'scalar') return true;
  return (node.kind === 'list' ? node.items : node.entries).length === 0;
}

/** The pointer with list items by their names, as they may stand elsewhere in what runs. */
export function namedSteps(root: Json, pointer: Readonly<Pointer>): Step[] {
  let value: Json | undefined = root;
  return pointer.map(step => {
    const list = Array.isArray(value);
    value = list
      ? (value as Json[])[Number(step)]
      : isObject(value)
        ? value[String(step)]
        : undefined;
    const name = isObject(value) ? value.name : undefined;
    return list && typeof name === 'string' ? { keys: { name } } : step;
  });
}

/** A parent that would be empty stays where what runs has it: an `emptyDir` without settings is still one. */
export function keepsIn({ live, object, goal }: CandidateInput, spot: Spot) {
  return (parent: Readonly<Pointer>) => {
    const above = spot.pointer.length - parent.length;
    const rendered = goal.pointer.slice(0, Math.max(goal.pointer.length - above, 0));
    if (live === undefined || rendered.length === 0) return false;
    return resolveSteps(live, namedSteps(object.value, rendered)).complete;
  };
}
