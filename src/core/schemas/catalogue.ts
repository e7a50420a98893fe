import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { textAt } from '../model/fields.ts';
import { type GroupVersionKind, isObject, type Json, type JsonObject } from '../model/resource.ts';
import { definitionOfJsonSchema } from './from-json-schema.ts';

/** Definitions that a person has beside those of repositories, clusters and Driftline. */
export interface Catalogue {
  /** The same value each time; undefined where no folder has that version of the kind. */
  definition(gvk: GroupVersionKind): JsonObject | undefined;
  /** All CustomResourceDefinitions, and of JSON Schemas those that lie there, with the folder that has them. */
  all(): { folder: string; definition: JsonObject }[];
}

/** Files that are read of one folder at most, and the longest of them in bytes. */
const most = { files: 20_000, bytes: 8 << 20 };

/**
 * Opens folders, the first of which counts most. Each holds CustomResourceDefinitions in YAML or JSON at any depth, or
 * JSON Schemas as `<group>/<kind>_<version>.json`, or both. They are read when a kind is first asked for; folders that
 * are not there are empty.
 */
export function openCatalogue(folders: readonly string[]): Catalogue {
  const opened = folders.map(folder => ({ folder, ...openFolder(folder) }));
  const known = new Map<string, JsonObject | undefined>();
  return {
    definition(gvk) {
      const key = `${gvk.group}/${gvk.version}/${gvk.kind}`;
      if (!known.has(key))
        known.set(
          key,
          opened.map(each => each.definition(gvk)).find(each => each !== undefined),
        );
      return known.get(key);
    },
    all: () =>
      opened.flatMap(({ folder, all }) => all().map(definition => ({ folder, definition }))),
  };
}

function openFolder(folder: string): {
  definition: Catalogue['definition'];
  all(): JsonObject[];
} {
  let read: JsonObject[] | undefined;
  const definitions = () => {
    read ??= readDefinitions(folder);
    return read;
  };
  return {
    definition(gvk) {
      const file = join(folder, gvk.group, `${gvk.kind.toLowerCase()}_${gvk.version}.json`);
      const schema = isWithin(gvk) && existsSync(file) ? readJson(file) : undefined;
      if (isObject(schema)) return definitionOfJsonSchema(gvk, schema);
      return definitions().find(each => serves(each, gvk));
    },
    all: () => [...definitions(), ...readSchemas(folder)],
  };
}

/** Names of an object become a path. */
function isWithin({ group, version, kind }: GroupVersionKind): boolean {
  return (
    group !== '' && [group, version, kind].every(name => /^[\w.-]+$/.test(name) && name !== '..')
  );
}

function serves({ spec }: JsonObject, { group, version, kind }: GroupVersionKind): boolean {
  if (!isObject(spec) || spec.group !== group || textAt(spec, 'names', 'kind') !== kind)
    return false;
  const versions = Array.isArray(spec.versions) ? spec.versions.filter(isObject) : [];
  return versions.some(each => each.name === version && each.served !== false);
}

function readDefinitions(folder: string): JsonObject[] {
  return filesIn(folder).flatMap(file => {
    if (/_v\w+\.json$/.test(file)) return [];
    const text = readFileSync(file, 'utf8');
    if (!text.includes('CustomResourceDefinition')) return [];
    return documentsOf(text).flatMap(itemsOf).filter(isDefinition);
  });
}

/** What is no YAML says nothing. */
function documentsOf(text: string): Json[] {
  try {
    return loadAll(text) as Json[];
  } catch {
    return [];
  }
}

function itemsOf(value: Json | undefined): Json[] {
  if (!isObject(value)) return [];
  return Array.isArray(value.items) ? value.items : [value];
}

function isDefinition(value: Json): value is JsonObject {
  return (
    isObject(value) &&
    value.kind === 'CustomResourceDefinition' &&
    value.apiVersion === 'apiextensions.k8s.io/v1'
  );
}

/** Schemas as definitions: their kinds are written in small letters where the schema does not name it. */
function readSchemas(folder: string): JsonObject[] {
  return filesIn(folder).flatMap(file => {
    const [, group, name = '', version] = /([^/\\]+)[/\\]([^/\\]+)_(v\w+)\.json$/.exec(file) ?? [];
    const schema = group && version ? readJson(file) : undefined;
    if (!group || !version || !isObject(schema)) return [];
    return [definitionOfJsonSchema({ group, version, kind: kindOf(schema) ?? name }, schema)];
  });
}

function kindOf(schema: JsonObject): string | undefined {
  const kinds = schema['x-kubernetes-group-version-kind'];
  const [first] = Array.isArray(kinds) ? kinds : [];
  const properties = isObject(schema.properties) ? schema.properties : {};
  const { kind } = properties;
  const [only] = isObject(kind) && Array.isArray(kind.enum) ? kind.enum : [];
  return textAt(first, 'kind') ?? (typeof only === 'string' ? only : undefined);
}

function readJson(file: string): Json | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Json;
  } catch {
    return undefined;
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => /\.(ya?ml|json)$/.test(name))
      .slice(0, most.files)
      .map(name => join(folder, name))
      .filter(file => statSync(file).size <= most.bytes)
      .sort();
  } catch {
    return [];
  }
}
