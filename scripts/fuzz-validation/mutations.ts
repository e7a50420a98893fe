import { isObject, type JsonObject, resourceOf } from '../../src/core/model/resource.ts';
import type { FieldType } from '../../src/core/schemas/type.ts';
import { seedOf } from '../fuzz-drift/chance.ts';
import { someValue } from '../fuzz-drift/values.ts';
import { Random } from '../lib/random.ts';
import type { Manifest } from './manifests.ts';
import { broken } from './mutate.ts';
import type { Setting } from './try.ts';

export interface MutationOptions {
  mutations: number;
  seed: number;
  only?: number | undefined;
}

/** How many mutations of a kind are made in a row: samples of all kinds get their turn. */
export function mutations(
  { schemas }: Setting,
  samples: readonly Manifest[],
  { mutations: count, seed, only }: MutationOptions,
): Manifest[] {
  const typeOf = (object: JsonObject): FieldType | undefined => {
    const resource = resourceOf(object);
    const found = resource && schemas.lookup(resource);
    return found?.found ? found.kind.type : undefined;
  };
  const sources = [...samples.map(({ object }) => object), ...generated(schemas.customTypes)]
    .map(object => ({ object, type: typeOf(object) }))
    .filter((each): each is { object: JsonObject; type: FieldType } => each.type !== undefined);
  const numbers =
    only === undefined ? Array.from({ length: count }, (_, number) => number) : [only];
  return numbers.map(number => {
    const random = new Random(seedOf(seed, number));
    const { object, type } = sources[number % sources.length] as (typeof sources)[number];
    const whole = isObject(object.spec) || object.metadata ? object : filled(object, type, random);
    return { from: `mutation ${number}`, object: broken(whole, type, random) };
  });
}

/** An object of each served version of the kinds that no file has samples of. */
function generated(definitions: readonly JsonObject[]): JsonObject[] {
  return definitions.flatMap(({ spec }) => {
    if (!isObject(spec) || !isObject(spec.names) || spec.group !== 'drift.example.com') return [];
    const { kind } = spec.names;
    const versions = Array.isArray(spec.versions) ? spec.versions.filter(isObject) : [];
    return versions.map(({ name }) => ({ apiVersion: `${spec.group}/${name}`, kind: `${kind}` }));
  });
}

function filled(object: JsonObject, type: FieldType, random: Random): JsonObject {
  const made = someValue(type, random);
  const { status: _, ...fields } = isObject(made) ? made : {};
  return { ...fields, ...object, metadata: { name: 'a', labels: { a: 'b' } } };
}
