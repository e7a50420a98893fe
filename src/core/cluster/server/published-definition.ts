import { apiVersionOf, isObject, type JsonObject } from '../../model/resource.ts';
import type { ApiResource } from '../cluster.ts';

/**
 * The definition of a custom resource, made from the OpenAPI v3 document that the server publishes for
 * its group-version: every user may read that one. Undefined when the document does not know the kind,
 * or when the kind is no custom resource. The server publishes their schemas as they were defined,
 * except for the three fields that all objects have.
 */
export function publishedDefinition(
  document: JsonObject,
  type: ApiResource,
): JsonObject | undefined {
  const schema = schemaOf(document, type);
  if (schema === undefined) return undefined;
  const { 'x-kubernetes-group-version-kind': _, ...rest } = schema;
  const common = {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
  };
  const properties = isObject(rest.properties) ? { ...rest.properties, ...common } : common;
  const status = isObject(document.paths) && hasStatus(document.paths, type);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${type.resource}.${type.group}` },
    spec: {
      group: type.group,
      scope: type.namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind: type.kind,
        listKind: `${type.kind}List`,
        plural: type.resource,
        singular: type.kind.toLowerCase(),
      },
      versions: [
        {
          name: type.version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { ...rest, type: 'object', properties } },
          ...(status ? { subresources: { status: {} } } : {}),
        },
      ],
    },
  };
}

function schemaOf(document: JsonObject, type: ApiResource): JsonObject | undefined {
  const components = isObject(document.components) ? document.components : {};
  const schemas = isObject(components.schemas) ? Object.entries(components.schemas) : [];
  for (const [name, schema] of schemas) {
    if (!isObject(schema) || !isOf(schema, type)) continue;
    // Go types, built in or of an aggregated API, are named by their package and refer to each other.
    const builtIn = /^io\.k8s\.(api|apimachinery|apiextensions-apiserver|kube-aggregator)\./;
    const { metadata: _, ...own } = isObject(schema.properties) ? schema.properties : {};
    return builtIn.test(name) || hasReference(own) ? undefined : schema;
  }
  return undefined;
}

function isOf(schema: JsonObject, { group, version, kind }: ApiResource): boolean {
  const kinds = schema['x-kubernetes-group-version-kind'];
  if (!Array.isArray(kinds)) return false;
  return kinds
    .filter(isObject)
    .some(item => item.group === group && item.version === version && item.kind === kind);
}

function hasReference(properties: JsonObject): boolean {
  return JSON.stringify(properties).includes('"$ref":');
}

function hasStatus(paths: JsonObject, type: ApiResource): boolean {
  const scope = type.namespaced ? 'namespaces/{namespace}/' : '';
  return `/apis/${apiVersionOf(type)}/${scope}${type.resource}/{name}/status` in paths;
}
