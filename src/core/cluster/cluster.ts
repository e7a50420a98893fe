import type { Stale } from '../model/drift.ts';
import type { GroupVersionKind, Json, JsonObject, Resource } from '../model/resource.ts';

export interface ClusterIdentity {
  context?: string;
  server?: string;
  /** UID of the `kube-system` namespace. */
  uid?: string;
  /** Such as `v1.33.2`. */
  version?: string;
  /** The snapshot's file and time, when it is one. */
  snapshot?: { file: string; takenAt?: string };
  /** A namespace by which it is known where `kube-system` may not be read. */
  namespace?: { name: string; uid: string };
}

/** One served resource type. */
export interface ApiResource {
  group: string;
  version: string;
  kind: string;
  /** Plural name, such as `deployments`. */
  resource: string;
  namespaced: boolean;
  verbs: readonly string[];
}

/** True when a served type is the one that an object is written in, version and all. */
export function isType(type: ApiResource, { group, version, kind }: GroupVersionKind): boolean {
  return type.group === group && type.version === version && type.kind === kind;
}

/** Objects by their keys (`resourceKey`), made when they are asked for, so that not all need to be in memory. */
export interface ObjectSource {
  find(key: string): JsonObject | undefined;
  /** Another one for every state of the object; undefined where there is no such object. */
  version(key: string): string | undefined;
  keys(): Iterable<string>;
}

export type ListAnswer =
  /** `stale`: a watched list that was current until then; the server does not answer now. */
  | {
      ok: true;
      /** Of a watched list all are made anew: `source` finds single ones. */
      readonly objects: JsonObject[];
      resourceVersion: string;
      stale?: Stale;
      /** A watched list: the objects as they are when they are asked for, now and later. */
      source?: ObjectSource;
    }
  /** not-served: no such kind. partial: the snapshot does not hold this kind. replaced: another cluster answers now. */
  | {
      ok: false;
      why:
        | 'forbidden'
        | 'unreachable'
        | 'timeout'
        | 'unauthorized'
        | 'not-served'
        | 'partial'
        | 'replaced'
        | 'error';
      reason: string;
      /** partial: the objects that it holds all the same; those can be compared, others are not known. */
      objects?: JsonObject[];
    };

/** Why there is no list. */
export type Refusal = Extract<ListAnswer, { ok: false }>;

export type GetAnswer =
  /** Without `object` there is none. `stale`: as it was known last; the server does not answer now. */
  | { ok: true; object: JsonObject | undefined; stale?: Stale }
  | { ok: false; reason: string; why?: Refusal['why'] };

export type WatchEvent =
  | { type: 'added' | 'modified' | 'deleted'; object: JsonObject }
  | { type: 'reset'; objects: JsonObject[] }
  /**
   * Changes are not seen since then (RFC 3339). `refused` when the server will say the same the next time, to the
   * list or only to its being watched.
   */
  | {
      type: 'failed';
      why: Refusal['why'];
      reason: string;
      since: string;
      refused?: 'list' | 'watch';
    }
  /** After `failed`: what was told is current again. */
  | { type: 'current' };

export type DiscoveryAnswer =
  | {
      ok: true;
      resources: readonly ApiResource[];
      /** Set when a type that is absent may be served all the same: one sentence that says why. */
      incomplete?: string;
      /** The list that was had last; the server does not answer now. */
      stale?: Stale;
    }
  | { ok: false; reason: string };

/** What runs somewhere: an API server, or a snapshot of one. All methods reject only when aborted. */
export interface Cluster {
  readonly identity: ClusterIdentity;
  /** Why nothing is answered any more: another cluster answers at its address now. */
  readonly replaced?: string | undefined;
  /** True once its connections were ended, by whoever else used them. */
  readonly closed?: boolean;
  /** Milliseconds that its clock is ahead of this machine's; 0 where that does not matter. */
  readonly clockAhead?: number;
  /** The served types; `not-served` kinds are absent. `fresh`: as the server has them now. */
  discovery(signal?: AbortSignal, how?: { fresh: boolean }): Promise<DiscoveryAnswer>;
  /**
   * All objects of a type, full with managedFields, in one namespace or (`''`) in all. Pages of 500.
   * Secrets without those in which Helm keeps its releases: they hold whole charts, ten times over.
   */
  list(type: ApiResource, namespace: string, signal?: AbortSignal): Promise<ListAnswer>;
  /**
   * Keeps a list current: first `reset`, then changes; goes on by itself after every failure. The returned function
   * ends it.
   */
  watch(type: ApiResource, namespace: string, listener: (event: WatchEvent) => void): () => void;
  /** `fresh`: as the server has it now, not as it was watched. */
  get(
    type: ApiResource,
    resource: Resource,
    signal?: AbortSignal,
    how?: { fresh: boolean },
  ): Promise<GetAnswer>;
  /** Asks what a write would make of an object, with `dryRun=All`; a snapshot refuses it with a sentence. */
  dryRun(question: DryRunQuestion, signal?: AbortSignal): Promise<DryRunReply>;
  /**
   * Whether the user may do something with all objects of a type, in one namespace or (`''`) in all; `*` stands for
   * every group and resource. Undefined where the server does not say. Snapshots have no users.
   */
  mayI?(access: Access, signal?: AbortSignal): Promise<boolean | undefined>;
  /** The OpenAPI v3 document of a group-version, which every user may read; snapshots have none. */
  openApi?(
    type: { group: string; version: string },
    signal?: AbortSignal,
  ): Promise<JsonObject | undefined>;
  /**
   * The Events about the objects of a namespace (`''`: about cluster-scoped ones), or about the one with this UID:
   * 500 at most, as far as they may be read and are still there. Snapshots have none.
   */
  events?(about: { namespace: string; uid?: string }, signal?: AbortSignal): Promise<JsonObject[]>;
  /**
   * The Secret in which Helm keeps what a release deployed last, which is left out of every list: it is read only
   * where it is asked for. Without `object` there is none. A snapshot has its manifests only.
   */
  helmRelease?(
    release: { namespace: string; name: string },
    signal?: AbortSignal,
  ): Promise<GetAnswer>;
  /** Changes what runs; absent where nothing can be changed (snapshots). */
  readonly writer?: ClusterWriter;
  /** Ends its connections and watches. */
  close(): void;
}

/** A write that is only tried. */
export interface DryRunQuestion {
  type: ApiResource;
  resource: Pick<Resource, 'namespace' | 'name'>;
  /** Field manager. */
  manager: string;
  /** A whole object for a forced server-side apply, or a patch of the given content type. */
  send: { apply: JsonObject } | { patch: Json; contentType: string };
  /** What becomes of unknown fields and keys that stand twice: a refusal, or a warning. */
  fieldValidation: 'Strict' | 'Warn';
}

export type DryRunReply =
  /** `created`: there was no such object. */
  | { ok: true; object: JsonObject; created: boolean; warnings: string[] }
  | {
      ok: false;
      /** HTTP status; 0 when there was no answer. */
      status: number;
      /** The server's own message where there is one. */
      reason: string;
      /** Fields that the server names, as it names them. */
      causes: { field: string; message: string }[];
      /** Milliseconds that the server asks to wait. */
      retryAfter?: number;
    };

export interface Access {
  verb: string;
  group: string;
  /** Plural name. */
  resource: string;
  namespace: string;
}

export type WriteAnswer =
  | { ok: true; object: JsonObject }
  | { ok: false; status: number; reason: string };

/**
 * The only way to change a cluster. Every call first reads the UID of `kube-system` again and refuses (status
 * 0) when it is not `expected`. All methods reject only when aborted.
 */
export interface ClusterWriter {
  /** JSON merge patch (an object), or JSON patch (a list of operations). */
  patch(
    type: ApiResource,
    resource: Resource,
    body: JsonObject | JsonObject[],
    options: WriteOptions,
  ): Promise<WriteAnswer>;
  /** Server-side apply. */
  apply(
    type: ApiResource,
    object: JsonObject,
    options: WriteOptions & { force: boolean },
  ): Promise<WriteAnswer>;
  delete(type: ApiResource, resource: Resource, options: WriteOptions): Promise<WriteAnswer>;
}

export interface WriteOptions {
  /** The pinned UID of the cluster's `kube-system` namespace. */
  expected: string;
  /** Field manager. */
  manager: string;
  /** Ask what would happen, change nothing. */
  dryRun?: boolean;
  signal?: AbortSignal;
}
