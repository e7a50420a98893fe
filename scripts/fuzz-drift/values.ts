import {
  anyType,
  fieldType,
  itemStep,
  itemType,
  stepText,
} from '../../src/core/drift/typed-path.ts';
import type { Json, JsonObject } from '../../src/core/model/resource.ts';
import type { FieldType } from '../../src/core/schemas/type.ts';
import type { Random } from '../lib/random.ts';
import { chance } from './chance.ts';

const words = ['a', 'b', 'c-1', 'web', 'x9', 'info', 'tcp', 'zone-a'];
const quantities: Json[] = ['100m', '1', '1Gi', '1024Mi', '0.5', '1500m', 2, '1e3', '2k'];
const scalars: Json[] = ['a', 'b', 1, 2.5, true, false, '1', 'x: y'];
/** Where a pattern is not one of quantities, nothing is made up. */
const quantityPattern = /\[KMGTPE\]i/;

/** A random value of a type; undefined where none can be made up. Structures get smaller with depth. */
export function someValue(type: FieldType, random: Random, depth = 0): Json | undefined {
  if (type.nullable && chance(random, 0.1)) return null;
  if (type.enum && type.enum.length > 0) return random.pick(type.enum);
  switch (type.kind) {
    case 'map':
      return mapOf(type, random, depth);
    case 'list':
      return listOf(type, random, depth);
    case 'boolean':
      return chance(random, 0.5);
    case 'integer':
      return withinBounds(type, random.below(20));
    case 'number':
      return withinBounds(type, random.pick([0, 0.5, 1, 2.25, 7]));
    case 'quantity':
      return random.pick(quantities);
    case 'int-or-string':
      if (type.pattern !== undefined) return random.pick(quantities);
      return random.pick<Json>([80, 1, '80', '25%', 'http']);
    case 'string':
      return textOf(type, random);
    default:
      return anyOf(random, depth);
  }
}

function withinBounds({ minimum = 0, maximum = 1e6 }: FieldType, value: number): number {
  return Math.min(Math.max(value, minimum), maximum);
}

function textOf(type: FieldType, random: Random): string | undefined {
  if (type.pattern !== undefined)
    return quantityPattern.test(type.pattern) ? String(random.pick(quantities)) : undefined;
  if (type.format !== undefined && type.format in formats)
    return random.pick(formats[type.format] as string[]);
  const word = random.pick(words);
  return word.padEnd(type.minLength ?? 0, 'a').slice(0, type.maxLength ?? 60);
}

const formats: Record<string, string[]> = {
  'date-time': ['2026-01-01T00:00:00Z', '2026-05-05T10:20:30Z', '2026-01-01T01:00:00+01:00'],
  byte: ['YQ==', 'aGVsbG8=', ''],
  date: ['2026-01-01', '2026-12-31'],
  ipv4: ['10.0.0.1', '192.168.0.2'],
  uuid: ['123e4567-e89b-12d3-a456-426614174000'],
  email: ['a@example.com', 'b@example.com'],
  uri: ['https://example.com/a', 'https://example.com/b'],
  duration: ['60s', '1m0s', '1h'],
};

function mapOf(type: FieldType, random: Random, depth: number): JsonObject {
  const map: JsonObject = {};
  for (const [name, field] of type.fields ?? []) {
    const required = type.required?.includes(name) === true;
    if (!required && !chance(random, 0.7 / (depth + 1))) continue;
    const value = someValue(field, random, depth + 1);
    if (value !== undefined) map[name] = value;
  }
  if (type.element) {
    for (let count = random.below(3); count >= 0; count--) {
      const value = someValue(type.element, random, depth + 1);
      if (value !== undefined) map[random.pick(words)] = value;
    }
  }
  if (type.preserve && chance(random, 0.5)) map[random.pick(['x', 'y'])] = anyOf(random, depth);
  if (type.embedded) Object.assign(map, embedded(random));
  return map;
}

function embedded(random: Random): JsonObject {
  const labels = { a: random.pick(words) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'inner', labels } };
}

function listOf(type: FieldType, random: Random, depth: number): Json[] {
  const items: Json[] = [];
  const most = Math.min(type.maxItems ?? 3, 3);
  for (let count = Math.max(1 + random.below(most), type.minItems ?? 0); count > 0; count--) {
    const item = newItem(type, items, random, depth);
    if (item !== undefined) items.push(item);
  }
  return items;
}

/** An item that the list does not hold yet under its name. */
export function newItem(
  type: FieldType,
  items: readonly Json[],
  random: Random,
  depth = 0,
): Json | undefined {
  for (let attempt = 0; attempt < 5; attempt++) {
    const item = someValue(itemType(type), random, depth + 1);
    if (item === undefined) return undefined;
    const name = nameOf(type, item, items.length);
    if (name === undefined) continue;
    if (!items.some((other, index) => nameOf(type, other, index) === name)) return item;
  }
  return undefined;
}

function nameOf(type: FieldType, item: Json, index: number): string | undefined {
  const step = itemStep(type, item, index);
  return step === undefined ? undefined : stepText(step);
}

function anyOf(random: Random, depth: number): Json {
  if (depth > 3 || chance(random, 0.5)) return random.pick(scalars);
  const parts = [anyOf(random, depth + 1), anyOf(random, depth + 1)];
  return chance(random, 0.5) ? parts : { p: parts[0] as Json, q: parts[1] as Json };
}

/** Fields of a map's type that it does not have. */
export function absentFields(map: JsonObject, type: FieldType): [string, FieldType][] {
  return [...(type.fields ?? [])].filter(([name]) => !Object.hasOwn(map, name));
}

/** A map's fields and a list's items with their types. */
export function typedChildren(
  value: Json,
  type: FieldType,
): { key: string | number; value: Json; type: FieldType }[] {
  if (Array.isArray(value))
    return value.map((item, key) => ({ key, value: item, type: itemType(type) }));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([key, item]) => ({
    key,
    value: item,
    type: fieldType(type, key) ?? anyType,
  }));
}
