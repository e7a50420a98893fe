import { itemNames } from '../../model/item-names.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';

/** For each wanted item the position of the present one that is the same; undefined where items cannot be told apart. */
export function matching(
  present: readonly Json[],
  value: readonly Json[],
): (number | undefined)[] | undefined {
  const identity = identityOf([present, value]);
  if (!identity) return undefined;
  const keys = present.map(identity);
  return value.map(item => {
    const found = keys.indexOf(identity(item));
    return found < 0 ? undefined : found;
  });
}

function identityOf(lists: readonly (readonly Json[])[]): ((item: Json) => string) | undefined {
  const all = lists.flat();
  const distinct = (identity: (item: Json) => string) =>
    lists.every(list => new Set(list.map(identity)).size === list.length);
  if (all.every(item => typeof item !== 'object' || item === null)) {
    const byValue = (item: Json) => JSON.stringify(item);
    return distinct(byValue) ? byValue : undefined;
  }
  if (!all.every(isObject)) return undefined;
  return itemNames
    .map(name => (item: Json) => JSON.stringify((item as JsonObject)[name] ?? null))
    .find(
      (identity, at) =>
        all.every(
          item =>
            typeof (item as JsonObject)[itemNames[at] ?? ''] !== 'object' &&
            itemNames[at] !== undefined &&
            Object.hasOwn(item as JsonObject, itemNames[at] ?? ''),
        ) && distinct(identity),
    );
}
