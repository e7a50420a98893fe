import type { DriftPath } from '../model/drift.ts';
import { parsePath } from '../model/path.ts';
import { isObject, type Json, type Resource } from '../model/resource.ts';

/** What stands for a value that nobody may read. */
export const masked = '•••';

/**
 * A value on one line, as YAML's flow style has it. A string is bare unless it would read as another
 * type, or hides its ends: `"5"` and `5` are not the same.
 */
export function valueText(value: Json): string {
  return typeof value === 'string' ? stringText(value) : flow(value);
}

/**
 * Makes text from a repository or a cluster safe to print: control characters and those that turn the
 * writing direction become visible escapes, so that a value can neither move the cursor nor pretend.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Control}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu,
    character => escapes[character] ?? `\\u${hex(character)}`,
  );
}

/** What of a Secret everybody may read; a misspelt `stringdata` is not among it. */
const openFields = new Set(['apiVersion', 'kind', 'metadata', 'type', 'immutable']);

/**
 * True where a path of an object holds what must not be read: the data of a Secret, and the annotation
 * in which `kubectl apply` keeps a copy of it. The second line of defence behind the drift room's masks.
 */
export function isSecret(resource: Resource | undefined, path: string): boolean {
  if (resource === undefined || resource.kind !== 'Secret' || resource.group !== '') return false;
  if (path.includes('last-applied-configuration')) return true;
  const [first, second, third] = stepsOf(path);
  if (typeof first !== 'string' || !openFields.has(first)) return true;
  return first === 'metadata' && (second === undefined || second === 'annotations') && !third;
}

/** The path with its values masked where `isSecret` says so; that they differ stays visible. */
export function maskPath(resource: Resource, path: DriftPath): DriftPath {
  if (!isSecret(resource, path.path)) return path;
  const { sourceText: _, becomes, ...rest } = path;
  return {
    ...rest,
    ...(path.desired !== undefined && { desired: masked }),
    ...(path.live !== undefined && {
      live: path.kind === 'changed' || path.kind === 'order' ? `${masked} (changed)` : masked,
    }),
    ...(becomes !== undefined && { becomes: masked }),
  };
}

const escapes: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, '0');
}

function stepsOf(path: string): unknown[] {
  try {
    return parsePath(path);
  } catch {
    return [];
  }
}

/** What YAML 1.1 reads as something other than a string, or what has an end one cannot see. */
const misread =
  /^(?:|[-+]?(?:[0-9][0-9_]*\.?|[0-9_]*\.[0-9_]+)(?:e[-+]?[0-9]+)?|0[xob][0-9a-fA-F_]+|[yYnN]|yes|no|on|off|true|false|null|~|not set)$|^\s|\s$|^["'[{]/i;

function stringText(value: string): string {
  return misread.test(value) ? JSON.stringify(value) : value;
}

function flow(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (!isObject(value)) return typeof value === 'string' ? flowString(value) : String(value);
  const entries = Object.entries(value).map(([key, item]) => `${flowString(key)}: ${flow(item)}`);
  return `{${entries.join(', ')}}`;
}

function flowString(value: string): string {
  return misread.test(value) || /[,:[\]{}#]/.test(value) ? JSON.stringify(value) : value;
}
