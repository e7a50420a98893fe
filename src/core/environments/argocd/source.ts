import { jsonOf, nodeAt, positionAt } from '../../manifests/locate.ts';
import type { Pointer } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import type { DeployedObject, DiscoveryContext } from '../context.ts';

/** One source of an Application. */
export interface ArgoSource {
  value: JsonObject;
  /** Where a field of it is written. */
  locate(pointer: Pointer): Place;
}

/** The source that stands at a pointer in the Application. */
export function writtenSource(
  application: DeployedObject,
  value: JsonObject,
  at: Pointer,
): ArgoSource {
  return { value, locate: pointer => application.locate([...at, ...pointer]) };
}

/**
 * The source with what `.argocd-source.yaml` and `.argocd-source-NAME.yaml` in its folder say otherwise, by JSON
 * merge patch (argo-cd v3.5.7, mergeSourceParameters). Where it comes from stays.
 */
export function overridden(
  context: DiscoveryContext,
  source: ArgoSource,
  folder: string,
  name: string,
): ArgoSource {
  const base = folder === '' ? '' : `${folder}/`;
  return [`${base}.argocd-source.yaml`, `${base}.argocd-source-${name}.yaml`].reduce(
    (below, path) => {
      const file = context.index.file(path);
      const root = file?.parsed.documents[0]?.root;
      const patch = root && jsonOf(root);
      if (!file || !isObject(patch)) return below;
      const { chart, path: own, repoURL, targetRevision } = below.value;
      const kept = { chart, path: own, repoURL, targetRevision };
      const value = merged(below.value, patch) as JsonObject;
      for (const [field, was] of Object.entries(kept))
        if (was === undefined) delete value[field];
        else value[field] = was;
      return {
        value,
        locate: pointer => {
          const node = nodeAt(root, pointer);
          return node
            ? { file: path, ...positionAt(file.parsed, node.start) }
            : below.locate(pointer);
        },
      };
    },
    source,
  );
}

/** RFC 7386. */
function merged(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch))
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  return result;
}

/** True where the options of a type say anything: zeros, empty texts and lists do not. */
export function isSet(value: Json | undefined): boolean {
  if (isObject(value)) return Object.values(value).some(isSet);
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== '' && value !== false && value !== 0;
}
