import type { DriftInput } from '../../../src/core/drift/input.ts';
import { jsonOf } from '../../../src/core/manifests/locate.ts';
import { parseManifests } from '../../../src/core/manifests/parse.ts';
import { isObject, type JsonObject, resourceOf } from '../../../src/core/model/resource.ts';

/** The objects of a manifest text. */
export function objects(text: string): JsonObject[] {
  return parseManifests(text).documents.flatMap(({ root }) => {
    const value = root ? jsonOf(root) : null;
    return isObject(value) ? [value] : [];
  });
}

export function object(text: string): JsonObject {
  const [first] = objects(text);
  if (!first) throw new Error('no object in the text');
  return first;
}

/** An input of the comparison; server-side apply by `mgr` when nothing else is said. */
export function input(
  desired: JsonObject,
  live: JsonObject | undefined,
  more: Partial<DriftInput> = {},
): DriftInput {
  const resource = resourceOf(desired);
  if (!resource) throw new Error('the manifest has no identity');
  const owners = { said: { mode: 'ssa' as const, manager: 'mgr' } };
  return { resource, desired, live, owners, ignore: [], ...more };
}

/** The object with an entry of managedFields. */
export function managed(
  live: JsonObject,
  ...entries: { manager: string; operation?: string; subresource?: string; fields: JsonObject }[]
): JsonObject {
  const managedFields = entries.map(({ fields, ...entry }) => ({
    operation: 'Update',
    apiVersion: live.apiVersion ?? '',
    fieldsType: 'FieldsV1',
    time: '2026-01-01T00:00:00Z',
    ...entry,
    fieldsV1: fields,
  }));
  return { ...live, metadata: { ...(live.metadata as JsonObject), managedFields } };
}
