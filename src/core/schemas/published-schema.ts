import {
  apiVersionOf,
  type GroupVersionKind,
  isObject,
  type Json,
  type JsonObject,
} from '../model/resource.ts';

/**
 * The JSON Schema (draft 7) of a version of a custom resource, as catalogues publish it: fields that it does not have
 * are refused, and integers or strings are alternatives.
 */
export function publishedSchema(gvk: GroupVersionKind, schema: JsonObject): JsonObject {
  const { group, version, kind } = gvk;
  const root = strict(schema);
  const properties = isObject(root.properties) ? root.properties : {};
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...root,
    properties: {
      ...properties,
      apiVersion: { type: 'string', enum: [apiVersionOf(gvk)] },
      kind: { type: 'string', enum: [kind] },
      metadata: { type: 'object' },
    },
    required: [...new Set(['apiVersion', 'kind', ...textsOf(root.required)])],
    'x-kubernetes-group-version-kind': [{ group, version, kind }],
  };
}

function strict(schema: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const [word, value] of Object.entries(schema)) {
    if (word === 'properties' && isObject(value))
      out.properties = Object.fromEntries(
        Object.entries(value).map(([name, inner]): [string, Json] => [name, inside(inner)]),
      );
    else if ((word === 'items' || word === 'additionalProperties') && isObject(value))
      out[word] = strict(value);
    else if (word !== 'nullable') out[word] = value;
  }
  if (schema['x-kubernetes-int-or-string'] === true) return intOrString(out);
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (isObject(schema.properties) && !isOpen && schema.additionalProperties === undefined)
    out.additionalProperties = false;
  if (schema['x-kubernetes-embedded-resource'] === true) delete out.additionalProperties;
  // The server takes null for "not set" wherever a value may be absent.
  if (schema.nullable === true && typeof schema.type === 'string') out.type = [schema.type, 'null'];
  return out;
}

function inside(value: Json): Json {
  return isObject(value) ? strict(value) : value;
}

function intOrString({ type: _, format: __, anyOf: ___, ...rest }: JsonObject): JsonObject {
  return { ...rest, oneOf: [{ type: 'string' }, { type: 'integer' }] };
}

function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : [];
}
