import { type Live, readLive } from '../../cluster/live.ts';
import type { Application } from '../../model/environment.ts';
import type { NotChecked } from '../../model/finding.ts';
import { type JsonObject, type Resource, resourceKey, resourceOf } from '../../model/resource.ts';
import { Generations } from './generated.ts';
import { type EngineRecord, type RecordsInput, readRecords } from './records.ts';
import { type Removed, removedObject } from './removed.ts';

/**
 * Live objects that an application of the environment owns and no manifest declares any more: by the inventory in
 * the engine's own object, and by marks on objects that were read anyway.
 */
export class RemovedObjects {
  readonly #input: RecordsInput;
  /** Keys of what is declared, surely or not. */
  readonly #known: ReadonlySet<string>;
  readonly #live: Live;
  readonly #generations: Generations;
  readonly #controllers: ReadonlySet<string>;
  #records: readonly EngineRecord[] = [];
  /** What runs of what only records name. */
  #named: Live | undefined;

  /** `known` is what is declared, surely or not; `live` what was read of it. Rejects only when aborted. */
  static async read(
    input: RecordsInput,
    known: readonly Resource[],
    live: Live,
  ): Promise<RemovedObjects> {
    const removed = new RemovedObjects(input, known, live);
    await removed.#read();
    return removed;
  }

  private constructor(input: RecordsInput, known: readonly Resource[], live: Live) {
    this.#input = input;
    this.#known = new Set(known.map(resourceKey));
    this.#generations = new Generations(known);
    this.#live = live;
    const controllers = input.applications.flatMap(
      ({ application }) => application.controller ?? [],
    );
    this.#controllers = new Set(controllers.map(resourceKey));
  }

  /** What could not be looked for. */
  get notChecked(): NotChecked[] {
    return this.#records.flatMap(({ notChecked }) => notChecked ?? []);
  }

  /** What an application's engine has recorded, where that was read. */
  recordOf(application: Application): EngineRecord | undefined {
    return this.#records.find(record => record.application === application);
  }

  /** True for what no manifest declares, surely or not. */
  isUnknown(key: string): boolean {
    return !this.#known.has(key);
  }

  /** Reads the records anew where an engine's own object is among the changed; true when they say something else. */
  async reread(changed: ReadonlySet<string>): Promise<boolean> {
    if (![...changed].some(key => this.#controllers.has(key))) return false;
    const before = this.#said();
    await this.#read();
    return this.#said() !== before;
  }

  /** All of them, with their keys; those that an application applied last come as its record names them. */
  *all(): Iterable<[string, Removed]> {
    const found = new Map<string, Removed>();
    for (const object of this.#candidates()) {
      const resource = resourceOf(object);
      const key = resource && resourceKey(resource);
      if (!key || this.#known.has(key) || found.has(key)) continue;
      const removed = this.#classify(object, resource);
      if (removed) found.set(key, removed);
    }
    const rank = new Map(this.#records.map(({ application }, index) => [application.name, index]));
    const byRecord = ([, { application }]: [string, Removed]) => rank.get(application) ?? 0;
    yield* [...found].sort((a, b) => byRecord(a) - byRecord(b));
  }

  /** What one object is now; undefined when it is declared, gone, or nothing of ours. */
  one(resource: Resource): Removed | undefined {
    if (this.#known.has(resourceKey(resource))) return undefined;
    const object = this.find(resource);
    return object && this.#classify(object, resource);
  }

  /** What runs of an object, as far as such objects were read. */
  find(resource: Resource): JsonObject | undefined {
    for (const live of [this.#named, this.#live]) {
      const found = live?.find(resource);
      if (found?.ok && found.object) return found.object;
    }
    return undefined;
  }

  async #read(): Promise<void> {
    const { cluster, environment, signal } = this.#input;
    this.#records = await readRecords(this.#input, this.#known);
    const named = this.#records.flatMap(record => [...record.named.values()]);
    this.#named = await readLive(cluster, named, environment.namespace, signal);
  }

  #classify(object: JsonObject, resource: Resource): Removed | undefined {
    const successor = this.#generations.successor(resource);
    return removedObject(object, resource, this.#records, successor);
  }

  *#candidates(): Iterable<JsonObject> {
    for (const { named } of this.#records)
      for (const resource of named.values()) {
        const found = this.#named?.find(resource);
        if (found?.ok && found.object) yield found.object;
      }
    yield* this.#live.objects(this.#known);
  }

  #said(): string {
    return JSON.stringify(
      this.#records.map(({ deployer, named, notChecked }) => [
        deployer,
        [...named.keys()],
        notChecked?.reason,
      ]),
    );
  }
}
