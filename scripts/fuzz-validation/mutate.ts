import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';
import type { FieldType } from '../../src/core/schemas/type.ts';
import { chance, weighted } from '../fuzz-drift/chance.ts';
import { mutated } from '../fuzz-drift/mutate.ts';
import type { Random } from '../lib/random.ts';

/** A copy with one to three changes: sensible ones, odd values anywhere, odd metadata. */
export function broken(object: JsonObject, type: FieldType, random: Random): JsonObject {
  const copy = structuredClone(object);
  const count = 1 + random.below(3);
  let result = copy;
  for (let done = 0; done < count; done++)
    result = weighted(random, [
      [5, () => mutated(result, type, { random, count: 1, model: object })],
      [4, () => withOddValue(result, random)],
      [1, () => withOddMetadata(result, random)],
    ])();
  return result;
}

const odd: readonly Json[] = [
  ...[null, 0, -1, 1, 65536, 70000, 2.5, 2 ** 31, 2 ** 53, 1e300, true, false],
  ...[
    '',
    ' ',
    'Bad_Name',
    'a.b',
    'A',
    '-a',
    'a-',
    'a/b',
    '1Gi',
    '100x',
    '1.5',
    '-1',
    '1e3',
    'None',
    '*',
  ],
  ...[
    '10.0.0.1',
    '10.0.0.0/8',
    '2001:db8::1',
    '300.1.1.1',
    '010.1.1.1',
    '0',
    '1h',
    '2026-01-01T00:00:00Z',
  ],
  ...['$(A)', 'ü', 'a\nb', '../x', '/x', 'https://example.com', 'YQ==', 'a=b', 'a'.repeat(64)],
  ...['a'.repeat(254), 'self.x > 1', 'self.size() < 3', 'true', '^(a|', 'Always', 'http', 'TCP'],
  ...[[], {}, ['x'], ['x', 'x'], [null], { a: 'b' }, [{}], [{ name: 'a' }, { name: 'a' }]],
];

interface Spot {
  parent: JsonObject | Json[];
  key: string | number;
}

function withOddValue(object: JsonObject, random: Random): JsonObject {
  const copy = structuredClone(object);
  const spots = [...spotsIn(copy, [])];
  if (spots.length === 0) return copy;
  const { parent, key } = random.pick(spots);
  const value = structuredClone(
    chance(random, 0.3) ? random.pick(spots.map(valueAtSpot)) : random.pick(odd),
  );
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else parent[String(key)] = value;
  return copy;
}

function valueAtSpot({ parent, key }: Spot): Json {
  return (Array.isArray(parent) ? parent[Number(key)] : parent[String(key)]) ?? null;
}

/** All but what says which object it is. */
function* spotsIn(value: Json, path: readonly string[]): Generator<Spot> {
  if (!isObject(value) && !Array.isArray(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    const top = path.length === 0;
    if (top && (key === 'apiVersion' || key === 'kind')) continue;
    if (!(top && key === 'metadata') && path[0] !== 'metadata')
      yield { parent: value as JsonObject | Json[], key };
    if (!(path.length === 1 && path[0] === 'metadata' && ['name', 'namespace'].includes(key)))
      yield* spotsIn(inner, [...path, key]);
  }
}

const labels: readonly Json[] = ['b', '', 'b c', 1, true, null, 'x'.repeat(64), '-b'];
const keys = ['a', 'A/b', 'a/b/c', '', 'x'.repeat(64), 'Example.com/a', 'example.com/'];
const names: readonly Json[] = [
  'b',
  'B',
  'a_b',
  'a.b',
  '',
  'a/b',
  '1a',
  'a'.repeat(64),
  'a'.repeat(254),
  7,
];

function withOddMetadata(object: JsonObject, random: Random): JsonObject {
  const metadata = isObject(object.metadata) ? structuredClone(object.metadata) : {};
  const field = random.pick([
    'name',
    'labels',
    'annotations',
    'finalizers',
    'ownerReferences',
    'other',
  ]);
  if (field === 'name') metadata.name = random.pick(names);
  else if (field === 'labels' || field === 'annotations')
    metadata[field] = { [random.pick(keys)]: random.pick(labels) };
  else if (field === 'finalizers') metadata.finalizers = [random.pick(keys)];
  else if (field === 'ownerReferences') metadata.ownerReferences = [ownerOf(random)];
  else Object.assign(metadata, random.pick(others));
  return { ...object, metadata };
}

const others: readonly JsonObject[] = [
  { generateName: 'a-' },
  { generateName: 'A_' },
  { generation: 3 },
  { uid: 'x', creationTimestamp: '2026-01-01T00:00:00Z' },
  { creationTimestamp: 'yesterday' },
  { deletionGracePeriodSeconds: 3 },
  { selfLink: '/x' },
  { unknown: 1 },
  { managedFields: [] },
  { name: null, generateName: 'b-' },
];

function ownerOf(random: Random): Json {
  const owner: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'b' };
  const key = random.pick(['', 'apiVersion', 'kind', 'name', 'uid', 'controller']);
  if (key !== '') owner[key] = random.pick<Json>(['', 'x/y/z', true, 1]);
  return owner;
}
