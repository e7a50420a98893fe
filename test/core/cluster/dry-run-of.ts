import type { ApiResource, DryRunQuestion } from '../../../src/core/cluster/cluster.ts';
import { isObject, type JsonObject } from '../../../src/core/model/resource.ts';

/** The question what a server-side apply of an object would do. */
export function dryRunOf(type: ApiResource, object: JsonObject, manager: string): DryRunQuestion {
  const { namespace, name } = isObject(object.metadata) ? object.metadata : {};
  const resource = { namespace: String(namespace ?? ''), name: String(name ?? '') };
  return { type, resource, manager, send: { apply: object }, fieldValidation: 'Strict' };
}
