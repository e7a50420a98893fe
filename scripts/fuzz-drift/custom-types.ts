import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';
import { Random } from '../lib/random.ts';
import { chance, seedOf, shuffled, weighted } from './chance.ts';

const group = 'drift.example.com';
const letters = 'abcdefgh';

/**
 * A random CustomResourceDefinition with a structural schema: every kind of list and map, defaults at every
 * depth, preserved unknown fields, int-or-string, nullable, embedded objects, formats, and one to three versions
 * with the same or other schemas.
 */
export function customType(seed: number, number: number): JsonObject {
  const random = new Random(seedOf(seed, 1_000_003 + number));
  const plural = `customs${number}`;
  const first = rootSchema(random);
  const versions = versionsOf(first, random);
  const stored = random.below(versions.length);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: chance(random, 0.8) ? 'Namespaced' : 'Cluster',
      names: { plural, singular: `custom${number}`, kind: `Custom${number}` },
      versions: versions.map(([name, schema], index) => ({
        name,
        served: true,
        storage: index === stored,
        schema: { openAPIV3Schema: schema },
        ...subresources(schema, random),
      })),
    },
  };
}

function versionsOf(first: JsonObject, random: Random): [string, JsonObject][] {
  const loose = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return weighted<[string, JsonObject][]>(random, [
    [5, [['v1', first]]],
    [
      2,
      [
        ['v1', first],
        ['v1beta1', first],
      ],
    ],
    [
      2,
      [
        ['v1', first],
        ['v1beta1', variant(first, random)],
      ],
    ],
    [
      1,
      [
        ['v1', first],
        ['v1alpha1', loose],
      ],
    ],
    [
      1,
      [
        ['v1', first],
        ['v1beta1', variant(first, random)],
        ['v2', variant(first, random)],
      ],
    ],
  ]);
}

/** Another version's schema: a field less, one more, other defaults. */
function variant(root: JsonObject, random: Random): JsonObject {
  const copy = structuredClone(root);
  const { spec } = copy.properties as { spec: { properties: JsonObject; required?: string[] } };
  const names = Object.keys(spec.properties).filter(
    name => !spec.required?.includes(name) && name !== 'replicas',
  );
  if (names.length > 1 && chance(random, 0.5)) delete spec.properties[random.pick(names)];
  if (chance(random, 0.6)) spec.properties.extra = schemaOf(random, 2);
  if (chance(random, 0.4)) spec.properties.mode = { type: 'string', default: 'other' };
  for (const schema of Object.values(spec.properties)) {
    if (!isObject(schema) || schema.enum !== undefined || schema.format !== undefined) continue;
    if (chance(random, 0.5)) continue;
    if (schema.default !== undefined && chance(random, 0.4)) delete schema.default;
    else if (schema.type === 'string') schema.default = 'variant';
    else if (schema.type === 'integer' || schema.type === 'number') schema.default = 11;
    else if (schema.type === 'boolean') schema.default = schema.default !== true;
  }
  return copy;
}

function rootSchema(random: Random): JsonObject {
  const spec = objectSchema(random, 0) as { properties: JsonObject };
  spec.properties.replicas = { type: 'integer', format: 'int32', minimum: 0 };
  const status: JsonObject = chance(random, 0.5)
    ? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
    : {
        type: 'object',
        properties: {
          replicas: { type: 'integer' },
          phase: { type: 'string' },
          list: keyedList(random, 2),
        },
      };
  const properties: JsonObject = { spec: spec as unknown as JsonObject, status };
  if (chance(random, 0.4))
    properties.data = { type: 'object', additionalProperties: { type: 'string' } };
  if (chance(random, 0.2)) properties.top = schemaOf(random, 1);
  return { type: 'object', properties };
}

function subresources(schema: JsonObject, random: Random): JsonObject {
  const made: JsonObject = {};
  if (chance(random, 0.6)) made.status = {};
  if (schema.properties !== undefined && chance(random, 0.3))
    made.scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
  return Object.keys(made).length > 0 ? { subresources: made } : {};
}

function schemaOf(random: Random, depth: number): JsonObject {
  const deep = depth < 3 ? 1 : 0;
  const make = weighted<() => JsonObject>(random, [
    [4, () => scalarSchema(random)],
    [1.5, () => intOrString(random)],
    [3 * deep, () => objectSchema(random, depth + 1)],
    [1.5, () => mapSchema(random, depth + 1)],
    [2, () => plainList(random, depth + 1)],
    [1.5, () => setList(random)],
    [3 * deep, () => keyedList(random, depth + 1)],
    [1, () => looseSchema(random, depth + 1)],
  ]);
  return make();
}

function scalarSchema(random: Random): JsonObject {
  const schema = weighted<() => JsonObject>(random, [
    [3, () => withDefault(random, { type: 'string' }, ['auto', '', 'x'])],
    [1, () => withDefault(random, { type: 'string', enum: ['One', 'Two', ''] }, ['One', 'Two'])],
    [2, () => withDefault(random, { type: 'integer' }, [0, 3, 7])],
    [1, () => withDefault(random, { type: 'integer', format: 'int64', minimum: 0 }, [0, 5])],
    [1, () => withDefault(random, { type: 'number' }, [0, 0.5, 2])],
    [2, () => withDefault(random, { type: 'boolean' }, [true, false])],
    [
      1,
      () => withDefault(random, { type: 'string', format: 'date-time' }, ['2026-01-01T00:00:00Z']),
    ],
    [1, () => withDefault(random, { type: 'string', format: 'byte' }, ['YQ=='])],
    [0.5, () => withDefault(random, { type: 'string', format: 'duration' }, ['60s', '1m0s'])],
    [0.5, () => ({ type: 'string', format: random.pick(['ipv4', 'uri', 'email', 'date']) })],
  ])();
  return chance(random, 0.2) ? { ...schema, nullable: true } : schema;
}

function withDefault(random: Random, schema: JsonObject, values: Json[]): JsonObject {
  return chance(random, 0.4) ? { ...schema, default: random.pick(values) } : schema;
}

const quantityPattern =
  '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$';

function intOrString(random: Random): JsonObject {
  const anyOf = [{ type: 'integer' }, { type: 'string' }];
  const schema = weighted<JsonObject>(random, [
    [1, { 'x-kubernetes-int-or-string': true }],
    [1, { 'x-kubernetes-int-or-string': true, anyOf }],
    [1, { 'x-kubernetes-int-or-string': true, anyOf, pattern: quantityPattern }],
  ]);
  return withDefault(random, schema, [1, '1', '500m']);
}

function objectSchema(random: Random, depth: number): JsonObject {
  const properties: JsonObject = {};
  const count = depth === 0 ? 5 + random.below(3) : 1 + random.below(3);
  for (let index = 0; index < count; index++)
    properties[letters[index] as string] = schemaOf(random, depth);
  const schema: JsonObject = { type: 'object', properties };
  if (depth > 0 && chance(random, 0.2)) schema.required = ['a'];
  if (depth > 0 && schema.required === undefined && chance(random, 0.35)) schema.default = {};
  if (chance(random, 0.1)) schema['x-kubernetes-preserve-unknown-fields'] = true;
  if (chance(random, 0.1)) schema['x-kubernetes-map-type'] = 'atomic';
  if (depth > 0 && chance(random, 0.15)) schema.nullable = true;
  return schema;
}

function mapSchema(random: Random, depth: number): JsonObject {
  const schema: JsonObject = {
    type: 'object',
    additionalProperties: chance(random, 0.6) ? { type: 'string' } : schemaOf(random, depth),
  };
  if (chance(random, 0.4)) schema['x-kubernetes-map-type'] = random.pick(['atomic', 'granular']);
  if (chance(random, 0.2)) schema.default = {};
  return schema;
}

function plainList(random: Random, depth: number): JsonObject {
  const items = chance(random, 0.4) ? { type: 'string' } : schemaOf(random, depth);
  const schema: JsonObject = { type: 'array', items };
  if (chance(random, 0.5)) schema['x-kubernetes-list-type'] = 'atomic';
  if (chance(random, 0.2)) schema.default = [];
  if (chance(random, 0.1)) schema.nullable = true;
  return schema;
}

function setList(random: Random): JsonObject {
  const items = random.pick<JsonObject>([{ type: 'string' }, { type: 'integer' }]);
  const schema: JsonObject = { type: 'array', items, 'x-kubernetes-list-type': 'set' };
  return items.type === 'string' ? withDefault(random, schema, [['a'], []]) : schema;
}

function keyedList(random: Random, depth: number): JsonObject {
  const properties: JsonObject = { name: { type: 'string' }, v: schemaOf(random, depth) };
  const keys = ['name'];
  if (chance(random, 0.5)) {
    properties.proto = withDefaultAlways({ type: 'string' }, 'TCP');
    keys.push('proto');
  }
  if (chance(random, 0.3)) {
    properties.port = withDefaultAlways({ type: 'integer' }, 80);
    keys.push('port');
  }
  if (chance(random, 0.7)) properties.w = schemaOf(random, depth + 1);
  const items: JsonObject = { type: 'object', properties, required: ['name'] };
  if (chance(random, 0.15)) {
    items.required = [];
    properties.name = withDefaultAlways({ type: 'string' }, 'main');
  }
  return {
    type: 'array',
    items,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': shuffled(random, keys),
  };
}

function withDefaultAlways(schema: JsonObject, value: Json): JsonObject {
  return { ...schema, default: value };
}

function looseSchema(random: Random, depth: number): JsonObject {
  const preserve = { 'x-kubernetes-preserve-unknown-fields': true };
  return weighted<JsonObject>(random, [
    [2, { type: 'object', ...preserve }],
    [1, { ...preserve }],
    [1, { type: 'object', ...preserve, properties: { known: schemaOf(random, depth) } }],
    [1, { type: 'object', ...preserve, 'x-kubernetes-embedded-resource': true }],
  ]);
}
