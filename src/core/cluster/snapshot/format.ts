import { createHash } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { Access, ApiResource, DryRunQuestion } from '../cluster.ts';

/*
 * `driftline snapshot` writes a `v1 List` in JSON, as `kubectl get -o json` prints it, whose first item
 * is the header below: which server, when, and what was asked. JSON, because a file that is cut off
 * anywhere is then no JSON any more, and because it is read in a tenth of the time.
 */
export const headerApiVersion = 'driftline.dev/v1';
export const headerKind = 'Snapshot';

/**
 * What `driftline snapshot` adds to the objects. Put before what kubectl printed, by hand, it makes that
 * complete: `listed` says for which kinds and namespaces the file holds everything.
 */
export interface SnapshotHeader {
  /** RFC 3339. */
  takenAt: string;
  context?: string;
  /** Such as `v1.33.2`. */
  version?: string;
  /** UID of the `kube-system` namespace. */
  uid?: string;
  /** All types that the server serves, where they are known. */
  types?: ApiResource[];
  /** Set when a type that `types` lacks may be served all the same: one sentence. */
  incomplete?: string;
  /** Asked and answered: every object there was is in the file. */
  listed: ListedKind[];
  /** Asked and not answered, with the reason. */
  notListed: NotListedKind[];
  /** Single objects that were asked for and are not in the file. */
  notFound: NotFoundObject[];
  /** What the server said of applies that it was asked to try. */
  tried: TriedApply[];
  /** What Helm keeps of releases that were asked for, by the objects that it applied. */
  releases: KeptRelease[];
  /** Events that were asked for: hints at who changed what. */
  events: KeptEvents[];
  /** What the user might do; what the server did not say is not among it. */
  permissions: (Access & { allowed: boolean })[];
}

export interface NotFoundObject {
  group: string;
  kind: string;
  namespace: string;
  name: string;
  /** Why it is not known; absent where there was none. */
  reason?: string;
}

export interface KeptEvents {
  namespace: string;
  /** Of the object that they are about; all of the namespace where it is absent. */
  uid?: string;
  items: JsonObject[];
}

export interface KeptRelease {
  namespace: string;
  name: string;
  /** The Secret that Helm keeps, with nothing but the manifests in it; absent where there was none. */
  object?: JsonObject;
  /** Why it is not known. */
  reason?: string;
}

export interface TriedApply {
  /** Hash of the question, see `dryRunName`. */
  question: string;
  status: number;
  reason?: string;
  causes?: { field: string; message: string }[];
  object?: JsonObject;
}

export interface ListedKind {
  group: string;
  kind: string;
  /** `''` is all namespaces, or the cluster for cluster-scoped kinds. */
  namespaces: string[];
}

export interface NotListedKind {
  group: string;
  kind: string;
  namespace: string;
  why: 'forbidden' | 'unreachable' | 'timeout' | 'unauthorized' | 'not-served' | 'error';
  reason: string;
}

/** The header as the object that stands first in the list. */
export function headerObject(header: SnapshotHeader): JsonObject {
  const plain = JSON.parse(JSON.stringify(header)) as JsonObject;
  return {
    apiVersion: headerApiVersion,
    kind: headerKind,
    metadata: { name: header.context ?? 'snapshot' },
    ...plain,
  };
}

/** Reads a header; undefined when the object is none. Fields of the wrong type count as absent. */
export function readHeader(object: JsonObject): SnapshotHeader | undefined {
  if (object.apiVersion !== headerApiVersion || object.kind !== headerKind) return undefined;
  return {
    takenAt: text(object.takenAt) ?? '',
    context: text(object.context),
    version: text(object.version),
    uid: text(object.uid),
    types: Array.isArray(object.types) ? items(object.types).map(readType) : undefined,
    incomplete: text(object.incomplete),
    listed: items(object.listed).map(item => ({
      ...readKind(item),
      namespaces: texts(item.namespaces),
    })),
    notListed: items(object.notListed).map(item => ({
      ...readKind(item),
      namespace: text(item.namespace) ?? '',
      why: readWhy(item.why),
      reason: text(item.reason) ?? 'it could not be read when the snapshot was taken',
    })),
    notFound: items(object.notFound).map(item => ({
      ...readKind(item),
      namespace: text(item.namespace) ?? '',
      name: text(item.name) ?? '',
      reason: text(item.reason),
    })),
    tried: items(object.tried).map(item => ({
      question: text(item.question) ?? '',
      status: typeof item.status === 'number' ? item.status : 0,
      reason: text(item.reason),
      causes: items(item.causes).map(cause => ({
        field: text(cause.field) ?? '',
        message: text(cause.message) ?? '',
      })),
      object: isObject(item.object) ? item.object : undefined,
    })),
    releases: items(object.releases).map(item => ({
      namespace: text(item.namespace) ?? '',
      name: text(item.name) ?? '',
      object: isObject(item.object) ? item.object : undefined,
      reason: text(item.reason),
    })),
    events: items(object.events).map(item => ({
      namespace: text(item.namespace) ?? '',
      uid: text(item.uid),
      items: items(item.items),
    })),
    permissions: items(object.permissions).map(item => ({
      verb: text(item.verb) ?? '',
      group: text(item.group) ?? '',
      resource: text(item.resource) ?? '',
      namespace: text(item.namespace) ?? '',
      allowed: item.allowed === true,
    })),
  };
}

/**
 * Names a write that the server was asked to try. A hash, so that the file does not hold the manifest again; of
 * Secrets none are kept, as a bare hash of a value can be guessed.
 */
export function dryRunName({ type, resource, manager, send }: DryRunQuestion): string {
  const { namespace, name } = resource;
  const where = [type.group, type.version, type.resource, namespace, name];
  const question = JSON.stringify([...where, manager, send]);
  return createHash('sha256').update(question).digest('base64url');
}

function readType(item: JsonObject): ApiResource {
  return {
    ...readKind(item),
    version: text(item.version) ?? '',
    resource: text(item.resource) ?? '',
    namespaced: item.namespaced === true,
    verbs: texts(item.verbs),
  };
}

function readKind(item: JsonObject): { group: string; kind: string } {
  return { group: text(item.group) ?? '', kind: text(item.kind) ?? '' };
}

function readWhy(value: Json | undefined): NotListedKind['why'] {
  const known = ['forbidden', 'unreachable', 'timeout', 'unauthorized', 'not-served'] as const;
  return known.find(why => why === value) ?? 'error';
}

function items(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
