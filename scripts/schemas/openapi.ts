import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';
import type { CompactAttributes, CompactType } from '../../src/core/schemas/compact.ts';
import type { Enums } from './enums.ts';

export interface ServedKind {
  apiVersion: string;
  kind: string;
  type: string;
  namespaced: boolean;
  status: boolean;
}

const rawExtension = 'io.k8s.apimachinery.pkg.runtime.RawExtension';
const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

/** Types by their full name, and the kinds served, of a folder of OpenAPI v3 documents. */
export function readOpenApi(
  dir: string,
  enums: Enums,
): { types: Map<string, CompactType>; kinds: ServedKind[] } {
  const types = new Map<string, CompactType>();
  const kinds = new Map<string, ServedKind>();
  for (const file of readdirSync(dir).sort()) {
    const document = JSON.parse(readFileSync(join(dir, file), 'utf8')) as JsonObject;
    const schemas = objectAt(objectAt(document, 'components'), 'schemas');
    for (const [name, schema] of Object.entries(schemas))
      types.set(name, namedType(name, schema as JsonObject, enums));
    for (const kind of servedKinds(objectAt(document, 'paths'), schemas))
      kinds.set(`${kind.apiVersion} ${kind.kind}`, kind);
  }
  return { types, kinds: [...kinds.values()] };
}

/** Kinds that can be created: their collection takes POST, and they are no subresource. */
function servedKinds(paths: JsonObject, schemas: JsonObject): ServedKind[] {
  return Object.entries(paths).flatMap(([path, item]) => {
    const gvk = objectAt(objectAt(item, 'post'), 'x-kubernetes-group-version-kind');
    const { group, version, kind } = gvk as { group?: string; version?: string; kind?: string };
    if (version === undefined || kind === undefined || path.includes('{name}')) return [];
    const type = Object.keys(schemas).find(name => hasKind(schemas[name], gvk));
    if (type === undefined) return [];
    const namespaced = path.includes('/namespaces/{namespace}/');
    const apiVersion = group === '' ? version : `${group}/${version}`;
    return [{ apiVersion, kind, type, namespaced, status: `${path}/{name}/status` in paths }];
  });
}

function hasKind(schema: Json | undefined, gvk: JsonObject): boolean {
  const kinds = isObject(schema) ? schema['x-kubernetes-group-version-kind'] : undefined;
  return (
    Array.isArray(kinds) &&
    kinds.length === 1 &&
    kinds.some(
      kind =>
        isObject(kind) &&
        kind.kind === gvk.kind &&
        kind.version === gvk.version &&
        kind.group === gvk.group,
    )
  );
}

function namedType(name: string, schema: JsonObject, enums: Enums): CompactType {
  if (name === rawExtension) return { kind: 'any', merge: 'atomic' };
  if (name === quantity) return 'quantity';
  return compactType(schema, field => enums.get(`${name}.${field}`));
}

/** One schema as a compact type; `enumOf` knows the values of a field's Go type. */
function compactType(
  schema: JsonObject,
  enumOf: (field: string) => string[] | undefined,
): CompactType {
  const ref = refOf(schema);
  if (ref !== undefined) return withMapType(ref, schema);
  const type = kindOf(schema);
  const out: CompactAttributes = { kind: type };
  const patch = patchOf(schema);
  if (patch !== undefined) out.patch = patch;
  if (type === 'map') compactMap(schema, out, enumOf);
  if (type === 'list') compactList(schema, out);
  if (typeof schema.format === 'string' && type !== 'int-or-string') out.format = schema.format;
  // `{}` stands for Go's zero value of a struct: it says nothing, and hides that types are shared.
  if (schema.default !== undefined && !isObject(schema.default)) out.default = schema.default;
  return Object.keys(out).length === 1 ? type : out;
}

function compactMap(
  schema: JsonObject,
  out: CompactAttributes,
  enumOf: (field: string) => string[] | undefined,
): void {
  const none = () => undefined;
  const fields = Object.entries(objectAt(schema, 'properties')).map(
    ([field, value]): [string, CompactType] => [
      field,
      withEnum(compactType(value as JsonObject, none), enumOf(field)),
    ],
  );
  if (fields.length > 0) out.fields = Object.fromEntries(fields);
  if (Array.isArray(schema.required)) out.required = schema.required as string[];
  if (isObject(schema.additionalProperties))
    out.element = compactType(schema.additionalProperties, none);
  else if (fields.length === 0) out.preserve = true;
  if (schema['x-kubernetes-map-type'] === 'atomic') out.merge = 'atomic';
}

/** How lists merge, by the rules of kube-openapi's schemaconv: list-type, else the patch strategy. */
function compactList(schema: JsonObject, out: CompactAttributes): void {
  out.element = compactType(objectAt(schema, 'items'), () => undefined);
  const type = schema['x-kubernetes-list-type'];
  const strategy = schema['x-kubernetes-patch-strategy'];
  const mergeKey = schema['x-kubernetes-patch-merge-key'];
  if (type === 'set') out.merge = 'set';
  else if (type === 'map') {
    out.merge = 'map';
    out.keys = schema['x-kubernetes-list-map-keys'] as string[];
  } else if (type === undefined && `${strategy}`.split(',').includes('merge')) {
    out.merge = typeof mergeKey === 'string' ? 'map' : 'set';
    if (typeof mergeKey === 'string') out.keys = [mergeKey];
  }
}

/** What a strategic merge patch does otherwise than server-side apply. */
function patchOf(schema: JsonObject): CompactAttributes['patch'] {
  const strategies = `${schema['x-kubernetes-patch-strategy'] ?? ''}`.split(',');
  if (strategies.includes('retainKeys')) return 'retainKeys';
  if (strategies.includes('replace')) return 'replace';
  const [key] = (schema['x-kubernetes-list-map-keys'] ?? []) as string[];
  if (key === undefined) return undefined;
  if (!strategies.includes('merge')) return 'replace';
  const mergeKey = schema['x-kubernetes-patch-merge-key'];
  // The comparison takes the first key for the one that patches merge by.
  if (mergeKey !== key) throw new Error(`a list is patched by ${mergeKey} and applied by ${key}`);
  return undefined;
}

function withMapType(ref: string, schema: JsonObject): CompactType {
  const merge = schema['x-kubernetes-map-type'];
  const patch = patchOf(schema);
  const own = {
    ...(merge === 'atomic' || merge === 'granular' ? { merge } : {}),
    ...(patch === undefined ? {} : { patch }),
  } as CompactAttributes;
  return Object.keys(own).length > 0 ? { of: ref, ...own } : `#${ref}`;
}

function withEnum(type: CompactType, values: string[] | undefined): CompactType {
  if (values === undefined) return type;
  const attributes: CompactAttributes = typeof type === 'string' ? { kind: type } : { ...type };
  if (attributes.kind === 'string') return { ...attributes, enum: values };
  if (attributes.element === undefined) return type;
  return { ...attributes, element: withEnum(attributes.element, values) };
}

function kindOf(schema: JsonObject): string {
  if (schema.format === 'int-or-string') return 'int-or-string';
  if (schema.type === 'object') return 'map';
  if (schema.type === 'array') return 'list';
  return typeof schema.type === 'string' ? schema.type : 'any';
}

/** The name that a schema refers to, directly or as the only member of `allOf`. */
function refOf(schema: JsonObject): string | undefined {
  const [only] = Array.isArray(schema.allOf) ? schema.allOf : [];
  const ref = schema.$ref ?? (isObject(only) ? only.$ref : undefined);
  return typeof ref === 'string' ? ref.slice(ref.lastIndexOf('/') + 1) : undefined;
}

const empty: JsonObject = {};

function objectAt(value: Json | undefined, key: string): JsonObject {
  const inner = isObject(value) ? value[key] : undefined;
  return isObject(inner) ? inner : empty;
}
