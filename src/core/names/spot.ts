import { jsonOf } from '../manifests/locate.ts';
import type { Pointer } from '../model/path.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import type { Cursor } from './cursor.ts';
import type { Inventory } from './inventory.ts';
import type { Suggestion } from './suggestion.ts';

/** A place at which names are looked for. */
export interface Spot {
  inventory: Inventory;
  /** Relative to the repository's root. */
  file: string;
  cursor: Cursor;
  /** The document as plain values; what is typed stands in it as a word that nobody writes. */
  object: JsonObject;
  /** Empty where the document says none. */
  apiVersion: string;
  kind: string;
  /** `spec.containers[].image`: the steps as one text. */
  path: string;
  /** Names of the environments that the file belongs to. */
  environments: readonly string[];
}

export type NameSource = (spot: Spot) => Suggestion[];

/** Undefined where the document is no map. */
export function spotAt(inventory: Inventory, file: string, cursor: Cursor): Spot | undefined {
  const object = jsonOf(cursor.root);
  if (!isObject(object)) return undefined;
  return {
    inventory,
    file,
    cursor,
    object,
    apiVersion: textOf(object.apiVersion),
    kind: textOf(object.kind),
    path: pathText(cursor.path),
    environments: inventory.environmentsOf(file),
  };
}

/** Indexes do not count: `spec.ports[].name`. */
export function pathText(path: Readonly<Pointer>): string {
  const text = path.map(step => (typeof step === 'number' ? '[]' : `.${step}`)).join('');
  return text.replace(/^\./, '');
}

/** The map some steps above the place, else an empty one: 0 is the one that a key is typed in, 1 a value's. */
export function mapAbove({ object, cursor: { path } }: Spot, steps: number): JsonObject {
  let value: Json | undefined = object;
  for (const step of path.slice(0, path.length - steps))
    value = Array.isArray(value) ? value[Number(step)] : isObject(value) ? value[step] : undefined;
  return isObject(value) ? value : {};
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
