import { createHash } from 'node:crypto';
import { textAt } from '../model/fields.ts';
import { type JsonObject, type Resource, resourceKey, resourceOf } from '../model/resource.ts';
import type {
  ApiResource,
  Cluster,
  ClusterIdentity,
  ClusterWriter,
  DiscoveryAnswer,
  ListAnswer,
  WatchEvent,
} from './cluster.ts';

export interface HeldOptions {
  /** Hears that something changed; called for every event, so gather them. */
  changed(): void;
  /** How long what cannot be watched (single objects, refused lists) counts, in milliseconds. */
  maxAge?: number;
}

type DryRunAnswer = Awaited<ReturnType<Cluster['dryRunApply']>>;
type GetAnswer = Awaited<ReturnType<Cluster['get']>>;

/**
 * A cluster whose lists are watched from the first time they are asked for, so that every later answer comes
 * from memory and is current. What cannot be watched is asked again when it is older than `maxAge`; dry-runs are
 * kept while the object they are about stays as it is. Closing it leaves the cluster behind it open.
 */
export class HeldCluster implements Cluster {
  readonly #cluster: Cluster;
  readonly #changed: () => void;
  readonly #maxAge: number;
  readonly #lists = new Map<string, HeldList>();
  readonly #refused = new Map<string, Aged<Promise<ListAnswer>>>();
  readonly #gets = new Map<string, Aged<Promise<GetAnswer>>>();
  readonly #dryRuns = new Map<string, Aged<Promise<DryRunAnswer>>>();
  #polled = false;

  constructor(cluster: Cluster, { changed, maxAge = 15_000 }: HeldOptions) {
    this.#cluster = cluster;
    this.#changed = changed;
    this.#maxAge = maxAge;
  }

  get identity(): ClusterIdentity {
    return this.#cluster.identity;
  }

  get writer(): ClusterWriter | undefined {
    return this.#cluster.writer;
  }

  /** True when something of what was asked for is not followed by a watch. */
  get polls(): boolean {
    return this.#refused.size > 0 || this.#polled;
  }

  /** Forgets what was asked, so that the next answers are the server's; watched lists stay current anyway. */
  forget(): void {
    this.#polled = false;
    this.#refused.clear();
    this.#gets.clear();
    this.#dryRuns.clear();
  }

  discovery(signal?: AbortSignal): Promise<DiscoveryAnswer> {
    return this.#cluster.discovery(signal);
  }

  async list(type: ApiResource, namespace: string, signal?: AbortSignal): Promise<ListAnswer> {
    const key = listKey(type, namespace);
    const watched = await this.#watched(key, type, namespace);
    signal?.throwIfAborted();
    if (watched?.ok) {
      this.#refused.delete(key);
      return watched;
    }
    const refused = this.#young(this.#refused, key, this.#maxAge);
    if (refused) return refused;
    // Not watched now: the list itself may still be had, or says best why not.
    const asked = this.#cluster.list(type, namespace, signal);
    this.#refused.set(key, { at: Date.now(), value: asked });
    asked.catch(() => this.#refused.delete(key));
    return asked;
  }

  watch(type: ApiResource, namespace: string, listener: (event: WatchEvent) => void): () => void {
    return this.#cluster.watch(type, namespace, listener);
  }

  async get(type: ApiResource, resource: Resource, signal?: AbortSignal): Promise<GetAnswer> {
    const list =
      this.#lists.get(listKey(type, resource.namespace)) ?? this.#lists.get(listKey(type, ''));
    const held = list?.began === true ? await list.answer() : undefined;
    if (list && held?.ok) {
      const object = list.find({ ...resource, group: type.group, kind: type.kind });
      // Not all Secrets are listed (`Cluster.list`).
      if (object || type.kind !== 'Secret') return { ok: true, object };
    }
    const key = `${listKey(type, resource.namespace)} ${resource.name}`;
    const maxAge = isDefinition(type) ? definitionAge : this.#maxAge;
    const known = this.#young(this.#gets, key, maxAge);
    if (known) return known;
    const asked = this.#cluster.get(type, resource, signal);
    this.#gets.set(key, { at: Date.now(), value: asked });
    if (!isDefinition(type)) this.#polled = true;
    asked.catch(() => this.#gets.delete(key));
    return asked;
  }

  async dryRunApply(
    type: ApiResource,
    object: JsonObject,
    manager: string,
    signal?: AbortSignal,
  ): Promise<DryRunAnswer> {
    const resource = resourceOf(object);
    const live = resource && (await this.get(type, resource, signal));
    const version = live?.ok ? textAt(live.object, 'metadata', 'resourceVersion') : undefined;
    const question = JSON.stringify([listKey(type, ''), manager, version, object]);
    // Hashed, so that no value of a Secret is kept longer than it must be.
    const key = createHash('sha256').update(question).digest('base64url');
    const known = this.#young(this.#dryRuns, key, dryRunAge);
    if (known) return known;
    const asked = this.#cluster.dryRunApply(type, object, manager, signal);
    this.#dryRuns.set(key, { at: Date.now(), value: asked });
    const forget = () => this.#dryRuns.delete(key);
    // No answer at all may be one the next time.
    asked.then(answer => !answer.ok && answer.status === 0 && forget(), forget);
    return asked;
  }

  openApi(
    type: { group: string; version: string },
    signal?: AbortSignal,
  ): Promise<JsonObject | undefined> {
    return this.#cluster.openApi?.(type, signal) ?? Promise.resolve(undefined);
  }

  /** Ends the watches. */
  close(): void {
    for (const list of this.#lists.values()) list.end();
    this.#lists.clear();
    this.forget();
  }

  /** What the watch of a list holds; undefined where there is none and there was no list a moment ago either. */
  async #watched(
    key: string,
    type: ApiResource,
    namespace: string,
  ): Promise<ListAnswer | undefined> {
    if (!this.#lists.has(key) && this.#young(this.#refused, key, this.#maxAge)) return undefined;
    const list = this.#lists.get(key) ?? this.#hold(key, type, namespace);
    const answer = await list.answer();
    if (answer.ok || list.began) return answer;
    list.end();
    this.#lists.delete(key);
    return answer;
  }

  #hold(key: string, type: ApiResource, namespace: string): HeldList {
    const list = new HeldList(
      listener => this.#cluster.watch(type, namespace, listener),
      this.#changed,
    );
    this.#lists.set(key, list);
    return list;
  }

  #young<T>(from: Map<string, Aged<T>>, key: string, maxAge: number): T | undefined {
    const known = from.get(key);
    if (known === undefined || Date.now() - known.at > maxAge) return undefined;
    return known.value;
  }
}

interface Aged<T> {
  at: number;
  value: T;
}

/** Admission policies change without the object: a dry-run is asked again after five minutes. */
const dryRunAge = 5 * 60_000;
/** Definitions are large, change seldom, and are asked for one by one. */
const definitionAge = 5 * 60_000;

function isDefinition({ group, kind }: ApiResource): boolean {
  return group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition';
}

/** One list that a watch keeps current. */
class HeldList {
  /** True once the server sent the list. */
  began = false;
  readonly end: () => void;
  readonly #objects = new Map<string, JsonObject>();
  readonly #first: Promise<void>;
  #failed: string | undefined;
  #shown: JsonObject[] | undefined;

  constructor(watch: (listener: (event: WatchEvent) => void) => () => void, changed: () => void) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#first = promise;
    this.end = watch(event => {
      const initial = !this.began;
      this.#take(event);
      resolve();
      if (!initial) changed();
    });
  }

  async answer(): Promise<ListAnswer> {
    await this.#first;
    if (this.#failed !== undefined) return { ok: false, why: 'unreachable', reason: this.#failed };
    this.#shown ??= [...this.#objects.values()];
    return { ok: true, objects: this.#shown, resourceVersion: '' };
  }

  find(resource: Resource): JsonObject | undefined {
    return this.#objects.get(resourceKey(resource));
  }

  #take(event: WatchEvent): void {
    this.#shown = undefined;
    if (event.type === 'failed') {
      this.#failed = event.reason;
      return;
    }
    this.#failed = undefined;
    if (event.type === 'reset') {
      this.began = true;
      this.#objects.clear();
      for (const object of event.objects) this.#put(object);
    } else if (event.type === 'deleted') this.#objects.delete(keyOf(event.object));
    else this.#put(event.object);
  }

  #put(object: JsonObject): void {
    this.#objects.set(keyOf(object), object);
  }
}

function listKey({ group, version, resource }: ApiResource, namespace: string): string {
  return `${group}/${version}/${resource} ${namespace}`;
}

function keyOf(object: JsonObject): string {
  const resource = resourceOf(object);
  return resource ? resourceKey(resource) : '';
}
