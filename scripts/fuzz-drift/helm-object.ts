import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';

/** The one release that all objects are in. */
export const release = 'fuzz';
/** Where Helm keeps its releases; none of the objects is there. */
export const home = 'fuzz-helm';

/** A manifest with what Helm writes into each that it sends; it takes labels that are no texts for none. */
export function asHelmSends(manifest: JsonObject): JsonObject {
  const metadata = isObject(manifest.metadata) ? manifest.metadata : {};
  const labels = { ...textsOf(metadata.labels), 'app.kubernetes.io/managed-by': 'Helm' };
  const annotations = {
    ...textsOf(metadata.annotations),
    'meta.helm.sh/release-name': release,
    'meta.helm.sh/release-namespace': home,
  };
  return { ...manifest, metadata: { ...metadata, labels, annotations } };
}

function textsOf(value: Json | undefined): JsonObject {
  return isObject(value) && Object.values(value).every(text => typeof text === 'string')
    ? value
    : {};
}
