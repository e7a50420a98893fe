import { isDeepStrictEqual } from 'node:util';
import { itemNames } from '../../model/item-names.ts';
import type { Step } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';

/** A field that two states of an object have otherwise; a side that does not have it is absent. */
export interface FieldChange {
  steps: Step[];
  before?: Json;
  after?: Json;
}

/**
 * The fields by which two values differ, as near to the leaves as they can be told apart. Items of lists are told
 * apart by the name that all of them have, else by their own value, else by their number.
 */
export function fieldChanges(before: Json, after: Json, at: readonly Step[] = []): FieldChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isObject(before) && isObject(after)) return ofMaps(before, after, at);
  if (Array.isArray(before) && Array.isArray(after)) return ofLists(before, after, at);
  return [{ steps: [...at], before, after }];
}

function ofMaps(before: JsonObject, after: JsonObject, at: readonly Step[]): FieldChange[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap(key => oneOf(own(before, key), own(after, key), [...at, key]));
}

function own(value: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function oneOf(before: Json | undefined, after: Json | undefined, steps: Step[]): FieldChange[] {
  if (before !== undefined && after !== undefined) return fieldChanges(before, after, steps);
  if (before === undefined && after === undefined) return [];
  return [
    { steps, ...(before !== undefined && { before }), ...(after !== undefined && { after }) },
  ];
}

function ofLists(before: Json[], after: Json[], at: readonly Step[]): FieldChange[] {
  const name = nameOfItems([...before, ...after], [before, after]);
  if (name !== undefined) return ofNamed(before, after, { name, at });
  if (areSets(before, after)) return ofSets(before, after, at);
  if (before.length !== after.length) return [{ steps: [...at], before, after }];
  return before.flatMap((item, index) => oneOf(item, after[index], [...at, index]));
}

function nameOfItems(items: readonly Json[], lists: readonly Json[][]): string | undefined {
  if (items.length === 0 || !items.every(isObject)) return undefined;
  const isDistinct = (list: readonly Json[], name: string) =>
    new Set(list.map(item => (item as JsonObject)[name])).size === list.length;
  return itemNames.find(
    name =>
      items.every(
        item =>
          typeof (item as JsonObject)[name] !== 'object' &&
          own(item as JsonObject, name) !== undefined,
      ) && lists.every(list => isDistinct(list, name)),
  );
}

function ofNamed(
  before: Json[],
  after: Json[],
  { name, at }: { name: string; at: readonly Step[] },
): FieldChange[] {
  const keyOf = (item: Json) => (item as JsonObject)[name] as Json;
  const keys = [...new Set([...before, ...after].map(keyOf))];
  const find = (list: Json[], key: Json) => list.find(item => keyOf(item) === key);
  const changes = keys.flatMap(key =>
    oneOf(find(before, key), find(after, key), [...at, { keys: { [name]: key } }]),
  );
  // The same items in another order: that is what changed.
  return changes.length > 0 ? changes : [{ steps: [...at], before, after }];
}

/** Lists of texts and numbers in which nothing stands twice, and that say the same in another length only. */
function areSets(before: readonly Json[], after: readonly Json[]): boolean {
  const isSet = (list: readonly Json[]) =>
    list.every(item => typeof item !== 'object') && new Set(list).size === list.length;
  return before.length !== after.length && isSet(before) && isSet(after);
}

function ofSets(before: Json[], after: Json[], at: readonly Step[]): FieldChange[] {
  const gone = before.filter(item => !after.includes(item));
  const come = after.filter(item => !before.includes(item));
  return [
    ...gone.map(value => ({ steps: [...at, { value }], before: value })),
    ...come.map(value => ({ steps: [...at, { value }], after: value })),
  ];
}
