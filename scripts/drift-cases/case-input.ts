import type { DriftInput } from '../../src/core/drift/input.ts';
import type { OwnerProfile } from '../../src/core/model/drift.ts';
import { isObject, type JsonObject, resourceOf } from '../../src/core/model/resource.ts';
import { type CaseOptions, type DriftCase, documentsOf } from './case-file.ts';
import { argoOf, deployerOf, rulesOf, substituted, unreadable } from './case-options.ts';

/** The objects that a case declares, lists taken apart. */
export function manifestsOf(test: DriftCase): JsonObject[] {
  const written = test.desiredText === undefined ? [] : documentsOf(test.desiredText);
  return [test.desired, ...(test.desiredList ?? []), ...written].filter(isObject).flatMap(itemsOf);
}

function itemsOf(object: JsonObject): JsonObject[] {
  const isList = /List$/.test(String(object.kind)) && Array.isArray(object.items);
  return isList ? (object.items as JsonObject[]).filter(isObject).flatMap(itemsOf) : [object];
}

/** The manifest of a case: the one of the live object, of several with one identity the last. */
export function manifestOf(test: DriftCase): JsonObject | undefined {
  const all = manifestsOf(test);
  return all.findLast(manifest => isSame(manifest, test.live)) ?? all.at(-1);
}

function isSame(manifest: JsonObject, live: JsonObject | null): boolean {
  const wanted = identity(manifest);
  const found = isObject(live) ? identity(live) : undefined;
  if (!wanted || !found || wanted.kind !== found.kind || wanted.name !== found.name) return false;
  return wanted.group === found.group && (wanted.namespace || found.namespace) === found.namespace;
}

/** Also of a manifest that leaves its name to the server. */
function identity(object: JsonObject) {
  return resourceOf({ ...object, metadata: { name: '', ...metadataOf(object) } });
}

/** The input of the comparison, as rendering and listing would give it; undefined for what is no object. */
export function inputOf(test: DriftCase, manifest: JsonObject): DriftInput | undefined {
  const { options = {} } = test;
  const resource = identity(manifest);
  if (!resource) return undefined;
  const namespace =
    options.flux?.targetNamespace ?? (resource.namespace || usualNamespace(options));
  const notChecked = unreadable(options);
  const twice = manifestsOf(test).filter(other => isSame(other, manifest)).length > 1;
  const gone = options.get === 404 || options.namespaceExists === false;
  return {
    ...substituted(manifest, options.flux),
    resource: { ...resource, namespace },
    live: gone ? undefined : liveOf(test),
    ...(notChecked === undefined ? {} : { notChecked }),
    ...pendingOf(test),
    owners: { application: profileOf(test) },
    deployer: isTracked(test) ? deployerOf(test) : undefined,
    previous: test.previous,
    ignore: rulesOf(test),
    volatile: options.volatilePaths,
    argo: argoOf(test, resource),
    notes: twice ? ['It is declared twice; the last one counts.'] : [],
  };
}

function usualNamespace({ argocd, defaultNamespace }: CaseOptions): string {
  return argocd?.destinationNamespace ?? defaultNamespace ?? '';
}

/** Also by what an Application is told for all its objects. */
function profileOf({ owner, options }: DriftCase): OwnerProfile {
  const { mode, manager } = owner;
  const serverSide = options?.argocd?.syncOptions?.includes('ServerSideApply=true');
  return { mode: serverSide ? 'ssa' : mode, manager };
}

/** Where a case says how Argo CD tracks its objects, the marks count; Helm's always do. */
function isTracked({ options, owner }: DriftCase): boolean {
  if (['helm', 'helm-controller'].includes(owner.manager)) return true;
  return options?.argocd?.appName !== undefined || options?.argocd?.trackingMethod !== undefined;
}

function pendingOf({ options }: DriftCase): { pending?: string } {
  if (options?.namespaceExists === false)
    return { pending: 'Its namespace does not exist in the cluster yet.' };
  return options?.repoCRDs === undefined
    ? {}
    : { pending: 'The definition of its kind is not installed yet.' };
}

function metadataOf(object: JsonObject): JsonObject {
  return isObject(object.metadata) ? object.metadata : {};
}

/** The cases leave out what every server writes: the type of managed fields, and a Job's uid. */
export function liveOf({ live }: DriftCase): JsonObject | undefined {
  if (!isObject(live)) return undefined;
  const metadata = metadataOf(live);
  const labels = isObject(metadata.labels) ? metadata.labels : {};
  const uid = live.kind === 'Job' ? labels['controller-uid'] : undefined;
  const entries = Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
  const managedFields = entries
    .filter(isObject)
    .map(entry => ({ fieldsType: 'FieldsV1', ...entry }));
  return {
    ...live,
    metadata: { ...metadata, managedFields, ...(uid === undefined ? {} : { uid }) },
  };
}
