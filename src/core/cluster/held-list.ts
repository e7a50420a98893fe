import type { Stale } from '../model/drift.ts';
import { type JsonObject, type Resource, resourceKey } from '../model/resource.ts';
import type { ListAnswer, Refusal, WatchEvent } from './cluster.ts';
import type { KeptObjects } from './kept-objects.ts';

type Failed = Extract<WatchEvent, { type: 'failed' }>;

/**
 * One list that a watch keeps current. While the server does not answer, it is as it was known last and says since
 * when (`stale`).
 */
export class HeldList {
  /** True once the server sent the list. */
  began = false;
  readonly #objects: KeptObjects;
  readonly #first: Promise<void>;
  readonly #end: () => void;
  #failed: Failed | undefined;

  /** `changed` hears of every object that is not as it was; undefined: how the list answers is another. */
  constructor(
    watch: (listener: (event: WatchEvent) => void) => () => void,
    objects: KeptObjects,
    changed: (resource: Resource | undefined) => void,
  ) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#objects = objects;
    this.#first = promise;
    const end = watch(event => {
      const isNews = this.#isNews(event);
      const isFailure = event.type === 'failed' || this.#failed !== undefined;
      const others = this.#take(event);
      resolve();
      if (!isNews) return;
      if (isFailure) changed(undefined);
      else for (const resource of others) changed(resource);
    });
    this.#end = () => {
      end();
      resolve();
    };
  }

  /** Ends the watch: what it holds is what was known last from then on. */
  end(reason = 'the connection was closed'): void {
    const since = this.#failed?.since ?? new Date().toISOString();
    this.#failed = { type: 'failed', why: 'unreachable', reason, since };
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
    const { why, reason, refused } = failed;
    const of = why === 'not-served' ? 'list' : refused;
    return { of, answer: { ok: false, why, reason } };
  }

  async answer(): Promise<ListAnswer> {
    await this.#first;
    if (!this.began && this.#failed) {
      const { why, reason } = this.#failed;
      return { ok: false, why, reason };
    }
    const { stale } = this;
    const source = this.#objects;
    return {
      ok: true,
      resourceVersion: '',
      ...(stale && { stale }),
      source,
      get objects() {
        return source.all();
      },
    };
  }

  find(resource: Resource): JsonObject | undefined {
    return this.#objects.find(resourceKey(resource));
  }

  /** Who waits for the first answer compares then, and a failure that goes on changes nothing. */
  #isNews(event: WatchEvent): boolean {
    const failed = this.#failed;
    if (failed === undefined) return this.began;
    return event.type !== 'failed' || event.reason !== failed.reason || event.refused !== undefined;
  }

  /** Answers the objects that are not as they were. */
  #take(event: WatchEvent): Resource[] {
    if (event.type === 'failed') {
      this.#failed = event;
      return [];
    }
    this.#failed = undefined;
    if (event.type === 'current') return [];
    if (event.type === 'reset') this.began = true;
    return this.#objects.take(event);
  }
}
