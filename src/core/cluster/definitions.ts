import { isObject, type JsonObject } from '../model/resource.ts';
import type { ApiResource, Cluster } from './cluster.ts';

/** A CustomResourceDefinition and the kind that it defines. */
export interface Definition {
  group: string;
  kind: string;
  object: JsonObject;
}

const definitionType: ApiResource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  resource: 'customresourcedefinitions',
  namespaced: false,
  verbs: ['list'],
};

/**
 * The definitions of custom resources that a cluster or snapshot holds: the schemas its objects are
 * compared by. Empty where they cannot be read, which makes custom resources *not checked*.
 */
export async function customResourceDefinitions(
  cluster: Cluster,
  signal?: AbortSignal,
): Promise<Definition[]> {
  const answer = await cluster.list(definitionType, '', signal);
  const objects = answer.ok ? answer.objects : (answer.objects ?? []);
  return objects.flatMap(object => {
    const spec = isObject(object.spec) ? object.spec : {};
    const names = isObject(spec.names) ? spec.names : {};
    if (typeof spec.group !== 'string' || typeof names.kind !== 'string') return [];
    return [{ group: spec.group, kind: names.kind, object }];
  });
}
