import type { Step } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import { stepText } from '../typed-path.ts';
import { own } from '../values.ts';

/**
 * What one manager owns, from `fieldsV1`: a node is a member when it has `.` or nothing below it
 * (drift.md 1.1).
 */
export interface FieldTree {
  member: boolean;
  children: ReadonlyMap<string, { step: Step; tree: FieldTree }>;
}

export interface ManagedEntry {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource?: string;
  time?: string;
  /** Read when it is asked for: who looks for an owner's name needs none of them. */
  readonly fields: FieldTree;
}

const empty: FieldTree = { member: false, children: new Map() };
/** Several look at the fields of one object. */
const parsed = new WeakMap<JsonObject, FieldTree>();

/** The entries of `metadata.managedFields`; entries that cannot be read own nothing. */
export function managedEntries(object: JsonObject | undefined): ManagedEntry[] {
  const list = own(own(object, 'metadata'), 'managedFields');
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).flatMap(entry => {
    const { manager, operation, apiVersion, subresource, time } = entry;
    if (typeof manager !== 'string' || (operation !== 'Apply' && operation !== 'Update')) return [];
    return {
      manager,
      operation,
      apiVersion: typeof apiVersion === 'string' ? apiVersion : '',
      subresource: typeof subresource === 'string' && subresource !== '' ? subresource : undefined,
      time: typeof time === 'string' ? time : undefined,
      get fields() {
        return isObject(entry.fieldsV1) ? parsedOnce(entry.fieldsV1) : empty;
      },
    };
  });
}

function parsedOnce(fields: JsonObject): FieldTree {
  const tree = parsed.get(fields) ?? parseFields(fields);
  parsed.set(fields, tree);
  return tree;
}

/** Reads a `fieldsV1` value; keys that are not understood are left out. */
export function parseFields(fields: JsonObject): FieldTree {
  const children = new Map<string, { step: Step; tree: FieldTree }>();
  for (const [key, value] of Object.entries(fields)) {
    if (key === '.') continue;
    const step = parseStep(key);
    if (step === undefined || !isObject(value)) continue;
    const tree = parseFields(value);
    // A node with nothing below it is a member itself.
    children.set(stepText(step), {
      step,
      tree: tree.children.size === 0 ? { ...tree, member: true } : tree,
    });
  }
  return { member: Object.hasOwn(fields, '.'), children };
}

function parseStep(key: string): Step | undefined {
  const rest = key.slice(2);
  if (key.startsWith('f:')) return rest;
  if (key.startsWith('i:')) return Number(rest);
  const value = parseJson(rest);
  if (key.startsWith('k:') && isObject(value)) return { keys: value };
  if (key.startsWith('v:') && value !== undefined) return { value };
  return undefined;
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/**
 * The node at a path, and whether a node above it owns the path as part of one value; `depth` is how many steps lead
 * to the last node that there is.
 */
export function treeAt(
  tree: FieldTree,
  steps: readonly Step[],
): { tree: FieldTree | undefined; coveredAbove: boolean; depth: number } {
  let at = tree;
  for (const [depth, step] of steps.entries()) {
    const child = at.children.get(stepText(step));
    if (!child)
      return { tree: undefined, coveredAbove: at.member && at.children.size === 0, depth };
    at = child.tree;
  }
  return { tree: at, coveredAbove: false, depth: steps.length };
}
