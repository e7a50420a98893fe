import type { FluxBuild } from '../model/environment.ts';
import { isObject, type JsonObject } from '../model/resource.ts';

/**
 * What Flux's kustomize-controller adds to each built object before it applies it: the Kustomization's
 * common metadata, then the labels that name it (fluxcd/pkg/ssa, SetCommonMetadata and SetOwnerLabels).
 */
export function finishFlux(flux: FluxBuild): (object: JsonObject) => JsonObject {
  const { labels, annotations } = flux.commonMetadata ?? {};
  const owner = {
    'kustomize.toolkit.fluxcd.io/name': flux.name,
    'kustomize.toolkit.fluxcd.io/namespace': flux.namespace,
  };
  return object => {
    const metadata = isObject(object.metadata) ? { ...object.metadata } : {};
    metadata.labels = { ...mapOf(metadata.labels), ...labels, ...owner };
    if (annotations) metadata.annotations = { ...mapOf(metadata.annotations), ...annotations };
    return { ...object, metadata };
  };
}

function mapOf(value: JsonObject[string] | undefined): JsonObject {
  return isObject(value) ? value : {};
}
