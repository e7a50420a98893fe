import type { Pointer } from '../../model/path.ts';
import { nearestName } from '../../schemas/nearest.ts';
import type { FieldType } from '../../schemas/type.ts';
import type { Violation } from '../violation.ts';

const noBreakSpace = /[\u00a0\u2000-\u200b\u202f\u3000\ufeff]/;

/** A field that the innermost of the types (`parents`, outermost first) does not have. */
export function unknownField(
  name: string,
  pointer: Pointer,
  parents: readonly FieldType[],
): Violation {
  const type = parents.at(-1);
  const near = nearestName(name, type?.fields?.keys() ?? []);
  const violation: Violation = {
    rule: 'unknown-field',
    severity: 'error',
    pointer,
    on: 'key',
    message: `${name} is no field of ${ownerOf(type, pointer)}${hint(name, near, parents)}`,
  };
  if (near !== undefined) violation.fix = `Write ${near}.`;
  const home = near === undefined ? homeOf(name, parents) : undefined;
  if (home) violation.change = { kind: 'move', ...home };
  return violation;
}

function hint(name: string, near: string | undefined, parents: readonly FieldType[]): string {
  if (noBreakSpace.test(name))
    return '; it is indented with non-breaking spaces, which YAML takes for part of the name.';
  if (near !== undefined) return `; did you mean ${near}?`;
  const home = homeOf(name, parents);
  if (home === undefined) return '.';
  const { up, into } = home;
  return `; it belongs ${up > 0 ? `${up} level${up > 1 ? 's' : ''} up` : `in ${written(into)}`}.`;
}

/** `a Container`, `spec`, `the object`: as people would call the map that holds the field. */
function ownerOf(type: FieldType | undefined, pointer: Pointer): string {
  const ref = type?.ref?.split('.').at(-1);
  if (ref !== undefined && pointer.length > 1) return ref;
  const parent = pointer.slice(0, -1).findLast(step => typeof step === 'string');
  return parent === undefined ? `this ${ref ?? 'kind'}` : `${parent}`;
}

/** Where the field would be right: a parent that has it, else the nearest place below. */
function homeOf(name: string, parents: readonly FieldType[]): Home | undefined {
  const above = parents.slice(0, -1).findLastIndex(type => type.fields?.has(name));
  if (above > 0) return { up: parents.length - 1 - above, into: [] };
  const own = parents.at(-1);
  const into = own && pathBelow(own, name);
  return into && { up: 0, into };
}

/** So many maps up, and down from there. */
interface Home {
  up: number;
  into: readonly string[];
}

/** `containers[]`, `jobTemplate.spec`. */
function written(path: readonly string[]): string {
  return path.join('.').replaceAll('.[]', '[]');
}

/** Breadth first, three steps deep. */
function pathBelow(root: FieldType, name: string): string[] | undefined {
  let level: { path: string[]; type: FieldType }[] = [{ path: [], type: root }];
  for (let depth = 0; depth < 3; depth++) {
    level = level.flatMap(({ path, type }) =>
      [...(type.fields ?? [])].map(([field, inner]) => {
        const list = inner.kind === 'list' ? ['[]'] : [];
        const next = inner.kind === 'list' ? (inner.element ?? inner) : inner;
        return { path: [...path, field, ...list], type: next };
      }),
    );
    const found = level.find(({ type }) => type.fields?.has(name));
    if (found) return found.path;
  }
  return undefined;
}
