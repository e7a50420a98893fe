import type { Stale } from '../model/drift.ts';
import type { JsonObject, Resource } from '../model/resource.ts';
import {
  type Access,
  type ApiResource,
  type Cluster,
  type ClusterIdentity,
  type ClusterWriter,
  type DiscoveryAnswer,
  type DryRunQuestion,
  type DryRunReply,
  type GetAnswer,
  isType,
  type ListAnswer,
  type Refusal,
  type WatchEvent,
} from './cluster.ts';
import { HeldList } from './held-list.ts';
import { HeldTypes } from './held-types.ts';
import { KeptObjects } from './kept-objects.ts';
import { oldest, Polled } from './polled.ts';

export interface HeldOptions {
  /**
   * Hears of every object that is not as it was; undefined: any may be, or what lists can be had. Called for every
   * event, so gather them.
   */
  changed(resource: Resource | undefined): void;
  /** How long what cannot be watched (single objects, refused lists) counts, in milliseconds. */
  maxAge?: number;
}

/**
 * A cluster whose lists are watched from the first time they are asked for, so that every later answer comes
 * from memory and is current. What cannot be watched is asked again when it is older than `maxAge`. While the
 * server does not answer, what it said last stands, and says since when (`stale`). Closing it leaves the cluster behind it open.
 */
export class HeldCluster implements Cluster {
  readonly #cluster: Cluster;
  readonly #changed: HeldOptions['changed'];
  readonly #maxAge: number;
  readonly #lists = new Map<string, HeldList>();
  /** Lists that may not be had or watched, which is asked again after a while. */
  readonly #refused = new Map<string, Aged<{ of: 'list' | 'watch'; answer: Refusal }>>();
  readonly #polledLists = new Polled<ListAnswer>();
  readonly #gets = new Polled<GetAnswer>();
  readonly #events = new Map<string, Aged<Promise<JsonObject[]>>>();
  readonly #types: HeldTypes;
  #polled = false;
  #frozen: Stale | undefined;

  constructor(cluster: Cluster, { changed, maxAge = 15_000 }: HeldOptions) {
    this.#cluster = cluster;
    this.#changed = changed;
    this.#maxAge = maxAge;
    this.#types = new HeldTypes(
      how => cluster.discovery(undefined, how),
      () => this.#typesChanged(),
    );
  }

  get replaced(): string | undefined {
    return this.#cluster.replaced;
  }

  get closed(): boolean {
    return this.#cluster.closed === true;
  }

  get clockAhead(): number {
    return this.#cluster.clockAhead ?? 0;
  }

  get identity(): ClusterIdentity {
    return this.#cluster.identity;
  }

  get writer(): ClusterWriter | undefined {
    return this.#cluster.writer;
  }

  /** True when something of what was asked for is not followed by a watch. */
  get polls(): boolean {
    return this.#polledLists.size > 0 || this.#polled || this.#frozen !== undefined;
  }

  /** Since when some of what it answers may not be what runs: of the oldest answer. */
  get stale(): Stale | undefined {
    const lists = [...this.#lists.values()].map(list => list.stale);
    const { stale: types } = this.#types;
    const known = [...lists, types, this.#frozen, this.#polledLists.stale, this.#gets.stale];
    const stale = oldest(known);
    return stale && { ...stale, reason: this.#frozen?.reason ?? stale.reason };
  }

  /** Has the next answers asked of the server; watched lists stay current anyway. */
  forget(): void {
    this.#polled = false;
    this.#askRefusedAgain();
    this.#polledLists.forget();
    this.#gets.forget();
    this.#events.clear();
    this.#types.look();
  }

  /**
   * Asks nothing any more: there is no way to the cluster now. What it said last stands, and is stale from now on.
   */
  freeze(reason: string): void {
    for (const list of this.#lists.values()) list.end(reason);
    this.#types.close();
    this.#frozen = { since: this.#frozen?.since ?? new Date().toISOString(), reason };
  }

  async discovery(signal?: AbortSignal): Promise<DiscoveryAnswer> {
    const answer = await this.#types.answer();
    signal?.throwIfAborted();
    return answer;
  }

  async list(type: ApiResource, namespace: string, signal?: AbortSignal): Promise<ListAnswer> {
    const key = listKey(type, namespace);
    const refused =
      this.#young(this.#refused, key, refusedAge) ?? (await this.#watched(key, type, namespace));
    signal?.throwIfAborted();
    if ('ok' in refused) return refused;
    if (refused.of === 'list') return refused.answer;
    // Not to be watched; the list itself may still be had.
    return this.#polledLists.ask(key, this.#maxAge, () =>
      this.#cluster.list(type, namespace, signal),
    );
  }

  watch(type: ApiResource, namespace: string, listener: (event: WatchEvent) => void): () => void {
    return this.#cluster.watch(type, namespace, listener);
  }

  async get(
    type: ApiResource,
    resource: Resource,
    signal?: AbortSignal,
    how?: { fresh: boolean },
  ): Promise<GetAnswer> {
    if (how?.fresh) return this.#cluster.get(type, resource, signal, how);
    const list =
      this.#lists.get(listKey(type, resource.namespace)) ?? this.#lists.get(listKey(type, ''));
    const held = list?.began === true ? await list.answer() : undefined;
    if (list && held?.ok) {
      const object = list.find({ ...resource, group: type.group, kind: type.kind });
      // Not all Secrets are listed (`Cluster.list`).
      const { stale } = held;
      if (object || type.kind !== 'Secret') return { ok: true, object, ...(stale && { stale }) };
    }
    const key = `${listKey(type, resource.namespace)} ${resource.name}`;
    const maxAge = isDefinition(type) ? definitionAge : this.#maxAge;
    if (!isDefinition(type)) this.#polled = true;
    return this.#gets.ask(key, maxAge, () => this.#cluster.get(type, resource, signal));
  }

  dryRun(question: DryRunQuestion, signal?: AbortSignal): Promise<DryRunReply> {
    return this.#cluster.dryRun(question, signal);
  }

  async mayI(access: Access, signal?: AbortSignal): Promise<boolean | undefined> {
    return this.#cluster.mayI?.(access, signal);
  }

  openApi(
    type: { group: string; version: string },
    signal?: AbortSignal,
  ): Promise<JsonObject | undefined> {
    return this.#cluster.openApi?.(type, signal) ?? Promise.resolve(undefined);
  }

  /** Asked each time, and never kept: it holds a whole chart. */
  async helmRelease(
    release: { namespace: string; name: string },
    signal?: AbortSignal,
  ): Promise<GetAnswer> {
    const answer = this.#cluster.helmRelease?.(release, signal);
    return answer ?? { ok: true, object: undefined };
  }

  /** Asked once in a while, however much changes in the meantime: they are hints. */
  events(about: { namespace: string; uid?: string }): Promise<JsonObject[]> {
    const key = JSON.stringify(about);
    const known = this.#young(this.#events, key, eventsAge);
    if (known) return known;
    // Shared by all askers, so that no one's signal ends it for the others.
    const value = this.#cluster.events?.(about) ?? Promise.resolve([]);
    this.#events.set(key, { at: Date.now(), value });
    value.catch(() => this.#events.delete(key));
    return value;
  }

  /** Ends the watches. */
  close(): void {
    this.#types.close();
    for (const list of this.#lists.values()) list.end();
    this.#lists.clear();
    this.#polledLists.clear();
    this.#gets.clear();
    this.#events.clear();
    this.#refused.clear();
  }

  /** What the watch of a list holds, or why there can be none. */
  async #watched(
    key: string,
    type: ApiResource,
    namespace: string,
  ): Promise<ListAnswer | { of: 'list' | 'watch'; answer: Refusal }> {
    const known = this.#lists.get(key);
    if (this.#frozen && !known)
      return { ok: false, why: 'unreachable', reason: this.#frozen.reason };
    const list = known ?? this.#hold(key, type, namespace);
    const answer = await list.answer();
    const { refusal } = list;
    // While the server does not answer, what it refused before is still refused.
    if (refusal === undefined && !answer.ok) return this.#refused.get(key)?.value ?? answer;
    if (refusal === undefined) {
      this.#refused.delete(key);
      this.#polledLists.delete(key);
      return answer;
    }
    if (list.began && refusal.answer.why === 'not-served' && !(await this.#isGone(type)))
      return list.answer();
    list.end();
    if (this.#lists.get(key) === list) this.#lists.delete(key);
    this.#refused.set(key, { at: Date.now(), value: refusal });
    return refusal;
  }

  /** A proxy in trouble knows no address either: a kind is gone when the server says so of its kinds. */
  async #isGone(type: ApiResource): Promise<boolean> {
    this.#types.look();
    const types = await this.#types.answer();
    if (!types.ok || types.stale) return false;
    return !types.resources.some(each => isType(each, type));
  }

  /** What was refused counts until the server says otherwise. */
  #askRefusedAgain(): void {
    for (const refused of this.#refused.values()) refused.at = 0;
  }

  /** A kind that came may be read now, and its definition is another one. */
  #typesChanged(): void {
    this.#askRefusedAgain();
    this.#gets.forget();
    this.#changed(undefined);
  }

  #hold(key: string, type: ApiResource, namespace: string): HeldList {
    const list = new HeldList(
      listener => this.#cluster.watch(type, namespace, listener),
      new KeptObjects({ whole: isDefinition(type) }),
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

/** What a user may do changes seldom. */
const refusedAge = 60_000;
/** Definitions are large, change seldom, and are asked for one by one. */
const definitionAge = 5 * 60_000;
/** Events are hints. */
const eventsAge = 10_000;

function isDefinition({ group, kind }: ApiResource): boolean {
  return group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition';
}

function listKey({ group, version, resource }: ApiResource, namespace: string): string {
  return `${group}/${version}/${resource} ${namespace}`;
}
