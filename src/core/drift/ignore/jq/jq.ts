import type { Pointer } from '../../../model/path.ts';
import type { Json } from '../../../model/resource.ts';
import { JqError, pointersOf, within } from './filter.ts';
import { parseFilter } from './parse.ts';

/**
 * The paths that a jq path expression names in a value, as `del(expression)` would take them out: the part of jq
 * that ignore rules use (fields, `[]`, indices, slices, `..`, `,`, `|`, `?`, `//`, `if`, `select` with comparisons, `test`
 * and the other tests of `functions.ts`). As in jq, an error on the way (an iteration over nothing, a text asked of
 * a number) means that nothing is taken out. Undefined when the expression is not understood.
 */
export function compileJq(expression: string): ((root: Json) => Pointer[]) | undefined {
  const filter = parseFilter(expression);
  if (!filter) return undefined;
  return root => {
    try {
      const found = within(filter, { pointer: [], value: root });
      if (found.some(({ pointer }) => pointer === undefined)) return [];
      return found.flatMap(({ pointer }) => (pointer === undefined ? [] : pointersOf(pointer)));
    } catch (error) {
      if (error instanceof JqError) return [];
      throw error;
    }
  };
}
