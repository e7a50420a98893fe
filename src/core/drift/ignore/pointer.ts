import type { Pointer } from '../../model/path.ts';
import type { Json } from '../../model/resource.ts';
import { own } from '../values.ts';

/**
 * What a JSON pointer (RFC 6901) names in a value, as the libraries read it by which Argo CD and Flux take it out:
 * what stands before the first `/` does not count, and a negative index counts from a list's end. Fields need not be
 * there, items must; `items` is false where the pointer asks a list for something that is no index.
 */
export function resolvePointer(
  text: string,
  root: Json,
): { pointer: Pointer | undefined; items: boolean } {
  const parts = text
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (parts.length === 0) return { pointer: undefined, items: true };
  const pointer: Pointer = [];
  let value: Json | undefined = root;
  for (const [at, part] of parts.entries()) {
    if (Array.isArray(value)) {
      const index = indexIn(value, part);
      if (index === undefined) return { pointer: undefined, items: true };
      if (Number.isNaN(index)) return { pointer: undefined, items: at < parts.length - 1 };
      pointer.push(index);
      value = value[index];
    } else {
      pointer.push(part);
      value = own(value, part);
    }
  }
  return { pointer, items: true };
}

/** Go reads `01` and `+1`, too. NaN: no index; undefined: none of this list. */
function indexIn(list: Json[], part: string): number | undefined {
  if (!/^[+-]?\d+$/.test(part)) return Number.NaN;
  const number = Number(part);
  const index = number < 0 ? list.length + number : number;
  return index >= 0 && index < list.length ? index : undefined;
}
