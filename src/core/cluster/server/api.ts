import type { DiskCache } from '../../lib/disk-cache.ts';
import { textAt } from '../../model/fields.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  type Resource,
  resourceText,
} from '../../model/resource.ts';
import type {
  Access,
  ApiResource,
  Cluster,
  ClusterIdentity,
  DiscoveryAnswer,
  DryRunQuestion,
  DryRunReply,
  GetAnswer,
  ListAnswer,
  WatchEvent,
} from '../cluster.ts';
import { collectionPath, objectPath, selection, typed } from './address.ts';
import { strange } from './answer.ts';
import type { Answered, Connection, Question } from './connection.ts';
import { Discovery } from './discovery.ts';
import { dryRunFailure, dryRunRequest } from './dry-run.ts';
import type { Failure } from './failure.ts';
import { OpenApi } from './open-api.ts';
import type { Anchor } from './pinned.ts';
import { SameCluster } from './same-cluster.ts';
import { keepCurrent, type WatchSource } from './watch.ts';
import { ApiWriter } from './writer.ts';

const pageSize = 500;
/** Milliseconds for which the list of served types counts: others install definitions, too. */
const keptKinds = 15_000;
/** The same, and for how long, after a definition was written here: the server takes a moment to serve its kind. */
const freshKinds = 500;
const settling = 30_000;
/** The server ends a watch after this many seconds; bookmarks come every minute on the way. */
const watchSeconds = 240;
/** Watches that began together do not end together. */
const watchSpread = 60;
/** A stream without a byte for this long has died without a word (users-ask.md 25). */
const watchSilence = 150_000;

/** An API server. Bodies are read as the server sends them, not through generated models. */
export class ApiCluster implements Cluster {
  readonly identity: ClusterIdentity;
  readonly writer: ApiWriter;
  readonly #connection: Connection;
  readonly #watches = new Set<{ end: () => void; listener: (event: WatchEvent) => void }>();
  closed = false;
  readonly #same: SameCluster;
  readonly #openApi: OpenApi;
  readonly #types: Discovery;
  #discovery: { asked: number; answer: Promise<DiscoveryAnswer> } | undefined;
  #askedTypes = false;
  /** When a definition of kinds was written here last. */
  #kindsChanged = Number.NEGATIVE_INFINITY;

  /** `anchor`: by what is seen that another cluster answers at the same address. */
  constructor(
    connection: Connection,
    identity: ClusterIdentity,
    { anchor, cache }: { anchor: Anchor | undefined; cache: DiskCache },
  ) {
    this.#connection = connection;
    this.identity = identity;
    this.#same = new SameCluster(connection, anchor);
    this.#openApi = new OpenApi(connection, cache);
    this.#types = new Discovery(connection, cache);
    this.writer = new ApiWriter(connection, ({ kind }) => {
      if (kind === 'CustomResourceDefinition') this.#kindsChanged = Date.now();
    });
  }

  get replaced(): string | undefined {
    return this.#same.replaced;
  }

  get clockAhead(): number {
    return this.#connection.clock.ahead;
  }

  async discovery(signal?: AbortSignal, how?: { fresh: boolean }): Promise<DiscoveryAnswer> {
    const now = Date.now();
    const age = now - this.#kindsChanged < settling ? freshKinds : keptKinds;
    if (this.#discovery && (how?.fresh || now - this.#discovery.asked > age))
      this.#discovery = undefined;
    // Shared by all askers, so that no one's signal ends it for the others.
    const asked = this.#discovery ?? { asked: now, answer: this.#askTypes() };
    this.#discovery = asked;
    const answer = await asked.answer;
    // Only what is complete is kept.
    if ((!answer.ok || answer.incomplete) && this.#discovery === asked) this.#discovery = undefined;
    signal?.throwIfAborted();
    return answer;
  }

  list(type: ApiResource, namespace: string, signal?: AbortSignal): Promise<ListAnswer> {
    return this.#listWhole(type, namespace, signal);
  }

  watch(type: ApiResource, namespace: string, listener: (event: WatchEvent) => void): () => void {
    const source: WatchSource = {
      list: signal => this.#listWhole(type, namespace, signal),
      changes: (version, heard, signal) => this.#changes(type, namespace, version, heard, signal),
    };
    const watch = { end: keepCurrent(source, listener), listener };
    this.#watches.add(watch);
    return () => {
      this.#watches.delete(watch);
      watch.end();
    };
  }

  async get(type: ApiResource, resource: Resource, signal?: AbortSignal): Promise<GetAnswer> {
    const what = `read ${resourceText({ ...resource, kind: type.kind })}`;
    const answer = await this.#ask({ what, path: objectPath(type, resource) }, signal);
    if (answer.ok && isNamed(answer.body, resource))
      return { ok: true, object: typed(answer.body, type) };
    if (answer.ok) return strange(what, this.#connection.context);
    if (isAbsent(answer, resource)) return { ok: true, object: undefined };
    return { ok: false, reason: answer.reason, why: answer.why };
  }

  async dryRun(question: DryRunQuestion, signal?: AbortSignal): Promise<DryRunReply> {
    const { type } = question;
    const answer = await this.#ask(dryRunRequest(question), signal);
    if (!answer.ok) return dryRunFailure(answer);
    const { body, status, warnings = [] } = answer;
    return { ok: true, object: typed(body, type), created: status === 201, warnings };
  }

  async mayI({ verb, group, resource, namespace }: Access, signal?: AbortSignal) {
    const resourceAttributes = { verb, group, resource, ...(namespace ? { namespace } : {}) };
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    };
    const question = {
      what: 'read what you may do',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      method: 'POST' as const,
      contentType: 'application/json',
      body: JSON.stringify(review),
    };
    const answer = await this.#ask(question, signal);
    const status = answer.ok && isObject(answer.body) ? answer.body.status : undefined;
    return isObject(status) ? status.allowed === true : undefined;
  }

  async openApi(
    type: { group: string; version: string },
    signal?: AbortSignal,
  ): Promise<JsonObject | undefined> {
    const same = await this.#same.confirm();
    return same.ok ? this.#openApi.document(type, signal) : undefined;
  }

  async helmRelease(
    { namespace, name }: { namespace: string; name: string },
    signal?: AbortSignal,
  ): Promise<GetAnswer> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
    const query = new URLSearchParams({
      labelSelector: `owner=helm,name=${name},status=deployed`,
      fieldSelector: 'type=helm.sh/release.v1',
    });
    const what = `read the Helm release ${namespace}/${name}`;
    const answer = await this.#ask({ what, path: `${path}?${query}` }, signal);
    if (!answer.ok) return { ok: false, reason: answer.reason, why: answer.why };
    const items =
      isObject(answer.body) && Array.isArray(answer.body.items) ? answer.body.items : [];
    return { ok: true, object: items.filter(isObject).sort(byRevision).at(-1) };
  }

  /** A hint at most: what may not be read, or is too much to read, is nothing. */
  async events(
    { uid, namespace }: { namespace: string; uid?: string },
    signal?: AbortSignal,
  ): Promise<JsonObject[]> {
    // Events about objects without a namespace are kept in `default`.
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace || 'default')}/events`;
    const query = new URLSearchParams({ limit: '500' });
    if (uid !== undefined) query.set('fieldSelector', `involvedObject.uid=${uid}`);
    const answer = await this.#ask({ what: 'list events', path: `${path}?${query}` }, signal);
    if (!answer.ok || !isObject(answer.body) || !Array.isArray(answer.body.items)) return [];
    return answer.body.items.filter(isObject);
  }

  close(): void {
    this.closed = true;
    this.#connection.close();
    const since = new Date().toISOString();
    const reason = 'the connection was closed';
    // Whoever still listens must not take silence for peace.
    for (const { end, listener } of this.#watches) {
      end();
      listener({ type: 'failed', why: 'unreachable', reason, since });
    }
    this.#watches.clear();
  }

  /** With a look at who answers: a proxy may lead elsewhere without any connection that breaks. */
  async #askTypes(): Promise<DiscoveryAnswer> {
    const same = await this.#same.confirm({ always: this.#askedTypes });
    this.#askedTypes = true;
    return same.ok ? this.#types.ask() : { ok: false, reason: same.reason };
  }

  async #listWhole(
    type: ApiResource,
    namespace: string,
    signal?: AbortSignal,
  ): Promise<Extract<ListAnswer, { ok: true }> | Failure> {
    const first = await this.#listPages(type, namespace, pageSize, signal);
    if (first.ok || first.status !== 410) return first;
    // The list grew older than the server's memory while it was read; the whole at once cannot.
    return this.#listPages(type, namespace, 0, signal);
  }

  /** What another cluster says at the same address is no answer. */
  async #ask(question: Question, signal?: AbortSignal): Promise<Answered | Failure> {
    const before = await this.#same.confirm();
    signal?.throwIfAborted();
    if (!before.ok) return before;
    const { troubles } = this.#connection;
    const answer = await this.#connection.ask(question, signal);
    if (!answer.ok || troubles === this.#connection.troubles) return answer;
    // It had to be connected to anew on the way.
    const after = await this.#same.confirm();
    return after.ok || after.why !== 'replaced' ? answer : after;
  }

  async #listPages(
    type: ApiResource,
    namespace: string,
    limit: number,
    signal?: AbortSignal,
  ): Promise<Extract<ListAnswer, { ok: true }> | Failure> {
    const place = type.namespaced && namespace !== '' ? ` in the namespace ${namespace}` : '';
    const what = `list ${type.resource}${place}`;
    const objects: JsonObject[] = [];
    let next = '';
    for (;;) {
      const query = selection(type);
      if (limit > 0) query.set('limit', String(limit));
      if (next !== '') query.set('continue', next);
      const path = `${collectionPath(type, namespace)}?${query}`;
      const answer = await this.#ask({ what, path }, signal);
      if (!answer.ok) return answer;
      const { items, metadata } = isObject(answer.body) ? answer.body : {};
      // An answer that is no list does not say that there is nothing.
      if (!isObject(metadata) || !(Array.isArray(items) || items === null))
        return strange(what, this.#connection.context);
      for (const item of items ?? []) objects.push(typed(item, type));
      next = String(metadata.continue ?? '');
      if (next === '')
        return { ok: true, objects, resourceVersion: String(metadata.resourceVersion ?? '') };
    }
  }

  async #changes(
    type: ApiResource,
    namespace: string,
    resourceVersion: string,
    heard: { opened(): void; line(text: string): void },
    signal: AbortSignal,
  ): Promise<{ ok: true; silent: boolean } | Failure> {
    const same = await this.#same.confirm();
    if (!same.ok) return same;
    const query = selection(type);
    query.set('watch', '1');
    query.set('allowWatchBookmarks', 'true');
    query.set('resourceVersion', resourceVersion);
    const seconds = watchSeconds + Math.floor(Math.random() * watchSpread);
    query.set('timeoutSeconds', String(seconds));
    const path = `${collectionPath(type, namespace)}?${query}`;
    const question = { what: `watch ${type.resource}`, path };
    return this.#connection.stream(question, watchSilence, heard, signal);
  }
}

function isNamed(body: Json, { name }: { name: string }): boolean {
  return isObject(body) && isObject(body.metadata) && body.metadata.name === name;
}

/** A 404 about the object itself, not about a type or an address that is not served. */
function isAbsent(failure: Failure, { name }: { name: string }): boolean {
  const details = failure.body?.details;
  return failure.status === 404 && isObject(details) && details.name === name;
}

/** Helm counts the revisions of a release in a label. */
function byRevision(a: JsonObject, b: JsonObject): number {
  const revision = (secret: JsonObject) => Number(textAt(secret, 'metadata', 'labels', 'version'));
  return revision(a) - revision(b);
}
