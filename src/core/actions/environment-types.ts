import { createHash } from 'node:crypto';
import { textAt } from '../model/fields.ts';
import type { JsonObject } from '../model/resource.ts';
import type { Schemas } from '../schemas/type.ts';
import type { RenderedSet } from '../validate/validate.ts';
import type { Workspace } from '../workspace.ts';
import type { ClusterWord } from './cluster-types.ts';

/** The types of a version, for an environment or for what none deploys. */
export type SchemasOf = (version: string, environment?: string) => Schemas;

/**
 * The types of each environment. Of a kind counts the definition that the environment itself deploys, as that is what
 * its objects will meet; else the cluster's; else those that the repository has anywhere, all of them; else the one
 * that comes with Driftline.
 */
export function environmentTypes(
  workspace: Workspace,
  rendered: readonly RenderedSet[],
  words: ReadonlyMap<string, ClusterWord>,
): SchemasOf {
  const deployed = Map.groupBy(rendered, ({ environment }) => environment);
  const anywhere = distinct([...workspace.customTypes(), ...rendered.flatMap(definitionsIn)]);
  const made = new Map<string | undefined, Schemas>();
  const definitionsOf = (environment: string | undefined): JsonObject[] => {
    if (environment === undefined) return anywhere;
    const own = distinct((deployed.get(environment) ?? []).flatMap(definitionsIn));
    const live = words.get(environment)?.types?.definitions ?? [];
    return layered([own, live, anywhere]);
  };
  return (version, environment) => {
    const known = made.get(environment);
    if (known?.version === version) return known;
    const schemas = workspace.schemas(version, definitionsOf(environment), { bundled: true });
    made.set(environment, schemas);
    workspace.checkedBy.set(environment, schemas);
    return schemas;
  };
}

/** Of each name those of the first layer that has it. */
function layered(layers: readonly (readonly JsonObject[])[]): JsonObject[] {
  const taken = new Set<string>();
  return layers.flatMap(layer => {
    const added = layer.filter(definition => !taken.has(nameOf(definition)));
    for (const definition of added) taken.add(nameOf(definition));
    return added;
  });
}

function definitionsIn({ objects }: RenderedSet): JsonObject[] {
  return objects
    .filter(({ resource }) => resource.kind === 'CustomResourceDefinition')
    .map(({ value }) => value);
}

/** Equal ones once: a repository holds the same release in many places. */
function distinct(definitions: readonly JsonObject[]): JsonObject[] {
  return [...new Map(definitions.map(each => [specHash(each), each])).values()];
}

/** Definitions are long, and rendered values stay the same: each is read once. */
const hashes = new WeakMap<JsonObject, string>();

function specHash(definition: JsonObject): string {
  const known = hashes.get(definition);
  if (known !== undefined) return known;
  const text = JSON.stringify([nameOf(definition), definition.spec]);
  const hash = createHash('sha256').update(text).digest('base64');
  hashes.set(definition, hash);
  return hash;
}

function nameOf(definition: JsonObject): string {
  return textAt(definition, 'metadata', 'name') ?? '';
}
