import { type GroupVersionKind, isObject, type Json, type JsonObject } from '../model/resource.ts';

/**
 * A definition that says of one version what a JSON Schema says, as catalogues hold them. Such schemas are made of
 * definitions by a converter, whose additions are taken back: `additionalProperties: false` where there are fields,
 * alternatives for int-or-string, and null beside the type.
 */
export function definitionOfJsonSchema(gvk: GroupVersionKind, schema: JsonObject): JsonObject {
  const { group, version, kind } = gvk;
  const plural = `${kind.toLowerCase()}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      // Nothing says it: what has a namespace and what has none are both right.
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: rootOf(structural(schema)) },
        },
      ],
    },
  };
}

/** What an API server itself fills in. */
function rootOf(schema: JsonObject): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const own: JsonObject = {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
  };
  return { ...schema, type: 'object', properties: { ...properties, ...own } };
}

/** Words of JSON Schema that structural schemas do not have. */
const foreign = new Set(['$schema', '$id', '$comment', 'markdownDescription', 'examples']);

function structural(schema: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const [word, value] of Object.entries(schema)) {
    if (foreign.has(word) || word.startsWith('x-kubernetes-group-version-kind')) continue;
    if (word === 'properties' && isObject(value)) out.properties = eachOf(value);
    else if (word === 'items' && isObject(value)) out.items = structural(value);
    else if (word === 'additionalProperties') {
      if (isObject(value)) out.additionalProperties = structural(value);
      else if (value === true) out[preserve] = true;
    } else if (word === 'type') Object.assign(out, typeOf(value));
    else out[word] = value;
  }
  return isIntOrString(schema) ? intOrString(out) : out;
}

const preserve = 'x-kubernetes-preserve-unknown-fields';

function eachOf(properties: JsonObject): JsonObject {
  const read = Object.entries(properties).map(([name, value]): [string, Json] => [
    name,
    isObject(value) ? structural(value) : value,
  ]);
  return Object.fromEntries(read);
}

function typeOf(type: Json): JsonObject {
  if (!Array.isArray(type)) return { type };
  const [only, ...others] = type.filter(each => each !== 'null');
  const nullable: JsonObject = type.includes('null') ? { nullable: true } : {};
  return only === undefined || others.length > 0 ? nullable : { type: only, ...nullable };
}

function isIntOrString(schema: JsonObject): boolean {
  const { format, type } = schema;
  if (schema['x-kubernetes-int-or-string'] === true || format === 'int-or-string') return true;
  const both = (types: Json[]) => types.includes('string') && types.includes('integer');
  if (Array.isArray(type)) return both(type);
  const [some] = [schema.oneOf, schema.anyOf].filter(Array.isArray);
  return (
    some !== undefined && both(some.map(each => (isObject(each) ? (each.type ?? null) : null)))
  );
}

function intOrString(schema: JsonObject): JsonObject {
  const { type: _, format: __, oneOf: ___, anyOf: ____, ...rest } = schema;
  return { ...rest, 'x-kubernetes-int-or-string': true };
}
