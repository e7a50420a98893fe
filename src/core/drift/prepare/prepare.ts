import type { OwnerProfile } from '../../model/drift.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { KindType } from '../../schemas/type.ts';
import { metadataMap, own, without } from '../values.ts';
import { lastAppliedAnnotation } from './last-applied.ts';
import { plainSecret } from './secrets.ts';

/** What only the server writes; people commit it with exported objects. */
const serverFields = [
  'managedFields',
  'creationTimestamp',
  'selfLink',
  'resourceVersion',
  'uid',
  'generation',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
];

/** Labels and annotations that the delivery tool adds and the manifest does not hold. */
export interface Tracking {
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface PrepareOptions {
  /** Undefined when nobody knows the kind. */
  kind: KindType | undefined;
  profile: OwnerProfile;
  tracking?: Tracking;
  /** Argo CD's `resource.compareoptions`. */
  ignoreStatus?: boolean;
  ignoreAggregatedRules?: boolean;
}

/** The manifest as its owner would send it (drift.md 2.5), and what was left out on the way. */
export function prepareDesired(
  manifest: JsonObject,
  live: JsonObject | undefined,
  options: PrepareOptions,
): { object: JsonObject; notes: string[] } {
  const notes: string[] = [];
  const metadata = isObject(manifest.metadata) ? manifest.metadata : {};
  const written = serverFields.filter(field => (metadata[field] ?? null) !== null);
  if (written.length > 0)
    notes.push(`The manifest holds fields of the server; remove metadata.${written.join(', ')}.`);
  let object: JsonObject = { ...manifest, metadata: cleanMetadata(metadata, options.kind) };
  if (withoutStatus(options)) object = without(object, 'status');
  const keepsNull = options.profile.mode === 'csa' || options.profile.mode === 'csa3';
  object = plainSecret(object, { keepsNull });
  object = withoutInvalidBundle(object, options.profile);
  object = withoutAggregatedRules(object, options);
  if (live && options.tracking) object = withTracking(object, options.tracking);
  return { object, notes };
}

/**
 * Live as it is compared: managedFields and the last-applied annotation stay, the judge reads them. So does a
 * status that the apply cannot touch: what may change depends on it (a bound claim can grow).
 */
export function prepareLive(live: JsonObject, options: PrepareOptions): JsonObject {
  const keeps = options.kind?.hasStatusSubresource === true;
  let object = withoutStatus(options) && !keeps ? without(live, 'status') : live;
  if (options.kind?.namespaced === false && isObject(object.metadata))
    object = { ...object, metadata: without(object.metadata, 'namespace') };
  return withoutAggregatedRules(plainSecret(object), options);
}

function cleanMetadata(metadata: JsonObject, kind: KindType | undefined): JsonObject {
  const clean = Object.fromEntries(
    Object.entries(metadata).filter(([field]) => !serverFields.includes(field)),
  );
  if (kind?.namespaced === false) delete clean.namespace;
  if (isObject(clean.annotations) && Object.hasOwn(clean.annotations, lastAppliedAnnotation)) {
    const annotations = without(clean.annotations, lastAppliedAnnotation);
    if (Object.keys(annotations).length === 0) delete clean.annotations;
    else clean.annotations = annotations;
  }
  return clean;
}

function withoutStatus({ kind, ignoreStatus }: PrepareOptions): boolean {
  return ignoreStatus === true || kind?.hasStatusSubresource === true;
}

/** Flux drops a conversion webhook's caBundle that is not PEM, so that an injected one stays. */
function withoutInvalidBundle(object: JsonObject, profile: OwnerProfile): JsonObject {
  if (profile.mode !== 'flux' || object.kind !== 'CustomResourceDefinition') return object;
  const path = ['spec', 'conversion', 'webhook', 'clientConfig'];
  const bundle = own(path.reduce<Json | undefined>(own, object), 'caBundle');
  if (bundle === undefined || (typeof bundle === 'string' && isPem(bundle))) return object;
  return changeAt(object, path, config => without(config, 'caBundle'));
}

function isPem(bundle: string): boolean {
  return Buffer.from(bundle, 'base64').toString('latin1').includes('-----BEGIN CERTIFICATE-----');
}

/** Argo CD's `ignoreAggregatedRoles`: the controller fills the rules of an aggregated role. */
function withoutAggregatedRules(object: JsonObject, options: PrepareOptions): JsonObject {
  const aggregated = object.kind === 'ClusterRole' && isObject(object.aggregationRule);
  return options.ignoreAggregatedRules === true && aggregated ? without(object, 'rules') : object;
}

function withTracking(object: JsonObject, tracking: Tracking): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const added: JsonObject = {};
  for (const field of ['labels', 'annotations'] as const) {
    if (Object.keys(tracking[field]).length > 0)
      added[field] = { ...metadataMap(object, field), ...tracking[field] };
  }
  return { ...object, metadata: { ...metadata, ...added } };
}

/** A copy with the map at a path of fields changed; the object itself when there is no map. */
function changeAt(
  object: JsonObject,
  path: readonly string[],
  change: (map: JsonObject) => JsonObject,
): JsonObject {
  const [field, ...rest] = path;
  if (field === undefined) return change(object);
  const inner = own(object, field);
  return isObject(inner) ? { ...object, [field]: changeAt(inner, rest, change) } : object;
}
