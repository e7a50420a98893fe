import type { Stale } from '../model/drift.ts';
import { textAt } from '../model/fields.ts';
import { type JsonObject, type Resource, resourceKey, resourceOf } from '../model/resource.ts';
import type { ListAnswer, Refusal, WatchEvent } from './cluster.ts';

type Failed = Extract<WatchEvent, { type: 'failed' }>;

/**
 * A server that starts may refuse for a moment what it allows again when it has read its rules: only a refusal
 * that stands for so long (in milliseconds) is the truth about a list that was allowed.
 */
const refusalCounts = 10_000;

/**
 * One list that a watch keeps current. While the server does not answer, it is as it was known last and says since
 * when (`stale`).
 */
export class HeldList {
  /** True once the server sent the list. */
  began = false;
  readonly #objects = new Map<string, JsonObject>();
  readonly #first: Promise<void>;
  readonly #end: () => void;
  #failed: Failed | undefined;
  /** Listed, and then refused to be watched: what is held grows old from then on. */
  #watched = false;
  #shown: JsonObject[] | undefined;

  constructor(watch: (listener: (event: WatchEvent) => void) => () => void, changed: () => void) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#first = promise;
    const end = watch(event => {
      const isNews = this.#isNews(event);
      this.#take(event);
      resolve();
      if (isNews) changed();
    });
    this.#end = () => {
      end();
      resolve();
    };
  }

  /** Ends the watch: what it holds is what was known last from then on. */
  end(reason = 'the connection was closed'): void {
    this.#failed ??= {
      type: 'failed',
      why: 'unreachable',
      reason,
      since: new Date().toISOString(),
    };
    this.#end();
  }

  /** Since when what it holds may not be what runs; undefined while it is current, or never was. */
  get stale(): Stale | undefined {
    if (!this.began || this.#failed === undefined) return undefined;
    const { since, reason } = this.#failed;
    return { since, reason };
  }

  /**
   * Why it will not come back by itself: the user may not (or no longer) list or watch it, or there is no such kind.
   */
  get refusal(): { of: 'list' | 'watch'; answer: Refusal } | undefined {
    const failed = this.#failed;
    if (failed?.refused === undefined) return undefined;
    const { why, reason, refused, since } = failed;
    const counts =
      why === 'not-served' || !this.#watched || Date.now() - Date.parse(since) > refusalCounts;
    const of = why === 'not-served' ? 'list' : refused;
    return counts ? { of, answer: { ok: false, why, reason } } : undefined;
  }

  async answer(): Promise<ListAnswer> {
    await this.#first;
    if (!this.began && this.#failed) {
      const { why, reason } = this.#failed;
      return { ok: false, why, reason };
    }
    this.#shown ??= [...this.#objects.values()];
    const { stale } = this;
    return { ok: true, objects: this.#shown, resourceVersion: '', ...(stale && { stale }) };
  }

  find(resource: Resource): JsonObject | undefined {
    return this.#objects.get(resourceKey(resource));
  }

  /** Who waits for the first answer compares then, and a failure that goes on changes nothing. */
  #isNews(event: WatchEvent): boolean {
    const failed = this.#failed;
    if (failed === undefined) return this.began;
    return event.type !== 'failed' || event.reason !== failed.reason || event.refused !== undefined;
  }

  #take(event: WatchEvent): void {
    if (event.type === 'failed') {
      this.#failed = event;
      return;
    }
    this.#failed = undefined;
    if (event.type !== 'reset') this.#watched = true;
    if (event.type === 'current') return;
    this.#shown = undefined;
    if (event.type === 'reset') this.#reset(event.objects);
    else if (event.type === 'deleted') this.#objects.delete(keyOf(event.object));
    else this.#objects.set(keyOf(event.object), event.object);
  }

  /** What did not change stays the same value, so that what was judged of it stands. */
  #reset(objects: readonly JsonObject[]): void {
    this.began = true;
    const before = new Map(this.#objects);
    this.#objects.clear();
    for (const object of objects) {
      const key = keyOf(object);
      const known = before.get(key);
      this.#objects.set(key, known && isSameVersion(known, object) ? known : object);
    }
  }
}

function isSameVersion(one: JsonObject, other: JsonObject): boolean {
  const [a, b] = [one, other].map(object => textAt(object, 'metadata', 'resourceVersion'));
  const [uid, otherUid] = [one, other].map(object => textAt(object, 'metadata', 'uid'));
  return a !== undefined && a === b && uid === otherUid;
}

function keyOf(object: JsonObject): string {
  const resource = resourceOf(object);
  return resource ? resourceKey(resource) : '';
}
