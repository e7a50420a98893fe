import {
  apiVersionOf,
  type GroupVersionKind,
  isObject,
  type Json,
  type JsonObject,
} from '../../model/resource.ts';
import type { ApiResource } from '../cluster.ts';

/** Path of all objects of a type, in one namespace or (`''`) in all. */
export function collectionPath(type: ApiResource, namespace: string): string {
  const root = type.group === '' ? '/api' : `/apis/${type.group}`;
  const scope =
    type.namespaced && namespace !== '' ? `namespaces/${encodeURIComponent(namespace)}/` : '';
  return `${root}/${type.version}/${scope}${type.resource}`;
}

export function objectPath(
  type: ApiResource,
  resource: { namespace: string; name: string },
): string {
  return `${collectionPath(type, resource.namespace)}/${encodeURIComponent(resource.name)}`;
}

/** The object with its type, which items of a list of a built-in type come without. */
export function typed(value: Json, type: GroupVersionKind): JsonObject {
  return { apiVersion: apiVersionOf(type), kind: type.kind, ...(isObject(value) ? value : {}) };
}

export interface ApplyOptions {
  manager: string;
  force: boolean;
  dryRun: boolean;
  /** What becomes of unknown fields and keys that stand twice; `Strict` when absent. */
  fieldValidation?: 'Strict' | 'Warn';
}

/** The request of a server-side apply. */
export function applyRequest(
  type: ApiResource,
  object: JsonObject,
  { manager, force, dryRun, fieldValidation = 'Strict' }: ApplyOptions,
) {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const resource = {
    ...type,
    namespace: type.namespaced ? String(metadata.namespace ?? '') : '',
    name: String(metadata.name ?? ''),
  };
  const query = new URLSearchParams({
    fieldManager: manager,
    force: String(force),
    fieldValidation,
    ...(dryRun ? { dryRun: 'All' } : {}),
  });
  return {
    resource,
    path: `${objectPath(type, resource)}?${query}`,
    method: 'PATCH' as const,
    // JSON is YAML.
    contentType: 'application/apply-patch+yaml',
    body: JSON.stringify(object),
  };
}

/** What of a type is listed and watched, see `Cluster.list`. */
export function selection({ group, kind }: ApiResource): URLSearchParams {
  const isSecret = group === '' && kind === 'Secret';
  return new URLSearchParams(isSecret ? { fieldSelector: 'type!=helm.sh/release.v1' } : {});
}
