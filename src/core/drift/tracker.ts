import type { ApiResource, WatchEvent } from '../cluster/cluster.ts';
import type { DriftResult } from '../model/drift.ts';
import { type JsonObject, type Resource, resourceKey, resourceOf } from '../model/resource.ts';
import type { DriftInput } from './input.ts';
import { equal } from './values.ts';

export interface TrackerOptions {
  /** `compareObjects` with its options. */
  compare(inputs: readonly DriftInput[]): Promise<DriftResult[]>;
  /** Hears the results that differ from those before, all of one comparison at once. */
  changed(results: readonly DriftResult[]): void;
  /** Hears when a comparison failed; what it was about keeps its last result. */
  failed(error: unknown): void;
}

/**
 * Keeps the results of a set of objects current: what git says is declared anew as a whole, what runs
 * follows the events of watches. Changes are gathered while a comparison is under way, so that there
 * are never two at once and no answer is older than the one shown.
 */
export class Tracker {
  readonly #options: TrackerOptions;
  #inputs = new Map<string, DriftInput>();
  #results = new Map<string, DriftResult>();
  readonly #stale = new Set<string>();
  #work: Promise<void> | undefined;

  constructor(options: TrackerOptions) {
    this.#options = options;
  }

  /** The last results of what is declared; objects that were not compared yet are not among them. */
  get results(): DriftResult[] {
    return [...this.#results.values()];
  }

  /** Replaces what git says; `live` is as it was read last, and kept for objects whose manifest changed. */
  declare(inputs: readonly DriftInput[]): void {
    this.#inputs = new Map(inputs.map(input => [resourceKey(input.resource), input]));
    this.#results = new Map([...this.#results].filter(([key]) => this.#inputs.has(key)));
    for (const key of this.#inputs.keys()) this.#stale.add(key);
    this.#start();
  }

  /** Follows what a watch of a type in a namespace (`''`: all) says. */
  observe(type: ApiResource, namespace: string, event: WatchEvent): void {
    const watched = [...this.#inputs.values()].filter(({ resource }) =>
      isWatched(resource, type, namespace),
    );
    if (event.type === 'reset') {
      const live = new Map(event.objects.map(object => [keyOf(object), object]));
      for (const input of watched) this.#update(input, { live: live.get(keyOfInput(input)) });
    } else if (event.type === 'failed') {
      for (const input of watched) this.#update(input, { notChecked: event.reason });
    } else {
      const key = keyOf(event.object);
      const live = event.type === 'deleted' ? undefined : event.object;
      for (const input of watched) if (keyOfInput(input) === key) this.#update(input, { live });
    }
    this.#start();
  }

  /** Resolves when nothing is left to compare. */
  async settled(): Promise<void> {
    while (this.#work) await this.#work;
  }

  #update(
    input: DriftInput,
    { live, notChecked }: { live?: JsonObject; notChecked?: string },
  ): void {
    const key = keyOfInput(input);
    const current = notChecked === undefined ? live : input.live;
    this.#inputs.set(key, { ...input, live: current, notChecked });
    this.#stale.add(key);
  }

  #start(): void {
    if (this.#stale.size === 0 || this.#work) return;
    this.#work = this.#compare()
      .catch(error => this.#options.failed(error))
      .finally(() => {
        this.#work = undefined;
        this.#start();
      });
  }

  async #compare(): Promise<void> {
    // Events of one moment are compared together.
    await Promise.resolve();
    const keys = [...this.#stale];
    const inputs = keys.flatMap(key => this.#inputs.get(key) ?? []);
    this.#stale.clear();
    const results = await this.#options.compare(inputs);
    const changed = results.filter(result => this.#take(result));
    if (changed.length > 0) this.#options.changed(changed);
  }

  /** Keeps a result; false when it says what was known, or its object is not declared any more. */
  #take(result: DriftResult): boolean {
    const key = resourceKey(result.resource);
    if (!this.#inputs.has(key)) return false;
    const before = this.#results.get(key);
    this.#results.set(key, result);
    return before === undefined || !equal(asJson(before), asJson(result));
  }
}

function asJson(result: DriftResult): JsonObject {
  return JSON.parse(JSON.stringify(result)) as JsonObject;
}

function keyOfInput({ resource }: DriftInput): string {
  return resourceKey(resource);
}

function keyOf(object: JsonObject): string {
  const resource = resourceOf(object);
  return resource ? resourceKey(resource) : '';
}

function isWatched(resource: Resource, type: ApiResource, namespace: string): boolean {
  return (
    resource.group === type.group &&
    resource.kind === type.kind &&
    (namespace === '' || resource.namespace === namespace)
  );
}
