import { isDeepStrictEqual } from 'node:util';
import { healthOf } from '../cluster/health.ts';
import { type Found, type Live, readLive } from '../cluster/live.ts';
import type { DriftResult } from '../model/drift.ts';
import type { Application } from '../model/environment.ts';
import type { NotChecked } from '../model/finding.ts';
import type { Health } from '../model/health.ts';
import { type JsonObject, type Resource, resourceKey } from '../model/resource.ts';
import { ComparedDeclared, ComparedRemoved, isSame, notYet } from './compared-object.ts';
import { type Declared, declaredObjects, unsureObjects } from './declared.ts';
import { inputOf, lazyInputOf } from './declared-input.ts';
import { type EngineWords, engineWords, readArgoSettings, withOwnCheck } from './engine-words.ts';
import type { Compared, EnvironmentInput } from './environment-input.ts';
import { InSync } from './in-sync.ts';
import type { DriftInput } from './input.ts';
import { mayBeUnsure } from './removed/generated.ts';
import type { Removed } from './removed/removed.ts';
import { RemovedObjects } from './removed/removed-objects.ts';
import { ServerWord } from './server/server-word.ts';
import { Verdicts } from './verdicts.ts';

/**
 * The comparison of one environment: what its applications declare, what runs, and the result of each object by its
 * key (`resourceKey`). All are compared when it is made; from then on those that changed in the cluster. Paths have
 * no places yet (`placeResult`).
 */
export class EnvironmentComparison {
  /** Declared objects in the order of applying, then what is not surely known, then what was removed from git. */
  readonly compared = new Map<string, Compared>();
  readonly #input: EnvironmentInput;
  readonly #declared: ReadonlyMap<string, Declared>;
  readonly #unsure: ReturnType<typeof unsureObjects>;
  readonly #live: Live;
  readonly #removed: RemovedObjects;
  readonly #engines: EngineWords;
  readonly #verdicts: Verdicts;
  /** Keys of declared objects by those of live ones, where they differ. */
  readonly #aliases = new Map<string, string>();
  readonly #inSync: InSync;

  /**
   * Compares everything. Results of an earlier comparison count again where the very same was compared. What could
   * not be read is `unknown` with the reason; what an application that did not render declares is told by its
   * render, and nothing counts as removed from it. Rejects only when aborted.
   */
  static async of(
    input: EnvironmentInput,
    before?: EnvironmentComparison,
  ): Promise<EnvironmentComparison> {
    const { environment, applications, cluster, schemas, signal } = input;
    const word = input.word ?? new ServerWord(cluster);
    word.prepare();
    const declared = declaredObjects(environment, applications, schemas);
    const unsure = unsureObjects(environment, applications, schemas, declared);
    const resources = declared.map(({ resource }) => resource);
    const live = await readLive(cluster, resources, environment.namespace, signal);
    const known = [...resources, ...unsure.map(({ result }) => result.resource)];
    const argo = await readArgoSettings(input, declared);
    const told = { ...input, argo };
    const removed = await RemovedObjects.read(told, known, live);
    const engines = engineWords(told, declared, each => removed.recordOf(each));
    const read = { declared, unsure, live, removed, engines, word };
    const comparison = new EnvironmentComparison(input, read);
    await comparison.#compareAll(before === undefined ? undefined : before.#verdicts);
    return comparison;
  }

  private constructor(input: EnvironmentInput, read: Read) {
    this.#input = input;
    this.#declared = new Map(read.declared.map(each => [resourceKey(each.resource), each]));
    this.#unsure = read.unsure;
    this.#live = read.live;
    this.#removed = read.removed;
    this.#engines = read.engines;
    this.#verdicts = new Verdicts({
      ...this.#compares,
      word: read.word,
      declared: this.#declared,
      keyOf: resource => this.#keyOf(resource),
      comparedOf: key => this.compared.get(key),
      put: (key, result, health) => {
        const declared = this.#declared.get(key);
        if (declared) this.#put(key, declared, result, health);
      },
      healthOf: (live, application) => this.#healthOf(live, application),
    });
    this.#inSync = new InSync({
      input,
      word: read.word,
      objects: () => this.#known(),
      fileOf: resource => this.#declared.get(this.#keyOf(resource))?.object.source.file,
      take: (key, before, result) => this.#takeTried(key, before, result),
    });
  }

  get #compares() {
    return { ...this.#input, live: this.#live, engines: this.#engines };
  }

  /** What could not be looked for. */
  get notChecked(): NotChecked[] {
    const environment = this.#input.environment.name;
    const notReached = this.#inSync.notReached.map(reason => ({ reason, environment }));
    return [...this.#removed.notChecked, ...notReached];
  }

  /**
   * Compares what changed in the cluster; answers the keys of objects whose result or health is another one now.
   * Rejects only when aborted. Never two at a time.
   */
  async follow(changed: Iterable<Resource>): Promise<Set<string>> {
    const resources = new Map([...changed].map(resource => [this.#keyOf(resource), resource]));
    const keys = new Set(resources.keys());
    const told = await this.#verdicts.compare([...keys].filter(key => this.#declared.has(key)));
    const isSaidAnew = await this.#removed.reread(keys);
    for (const key of this.#renewHealth(keys)) told.add(key);
    if (isSaidAnew) for (const key of this.#findRemoved()) told.add(key);
    else
      for (const [key, resource] of resources)
        if (!this.#declared.has(key) && this.#findOne(key, resource)) told.add(key);
    return told;
  }

  /** Has the server try what a person looks at, beside everything else; only for who follows. */
  tryInSync(): void {
    this.#inSync.later(() => this.#input.followed?.reached?.());
  }

  /** Resolves when the server's word on all that differs was told to who follows. */
  settled(): Promise<void> {
    return this.#verdicts.settled();
  }

  /** Ends what goes on beside. */
  end(): void {
    this.#inSync.end();
  }

  async #compareAll(before: Verdicts | undefined): Promise<void> {
    for (const [key, declared] of this.#declared) {
      const { resource } = declared;
      // Each has its place in the order before there is a result.
      this.#put(key, declared, { ...notYet, resource }, undefined);
      if (resource.namespace !== '' && this.#live.namespaced(resource) === false)
        this.#aliases.set(resourceKey({ ...resource, namespace: '' }), key);
    }
    await this.#verdicts.compare([...this.#declared.keys()], before);
    if (this.#input.followed) this.tryInSync();
    else await this.#inSync.now();
    for (const { result, application } of this.#unsure)
      this.compared.set(resourceKey(result.resource), { result, application });
    this.#findRemoved();
  }

  #keyOf(resource: Resource): string {
    const key = resourceKey(resource);
    return this.#aliases.get(key) ?? key;
  }

  #known(): { key: string; input: DriftInput; result: DriftResult }[] {
    const compares = this.#compares;
    return [...this.#declared].map(([key, declared]) => ({
      key,
      input: lazyInputOf(declared, compares),
      result: this.compared.get(key)?.result ?? { ...notYet, resource: declared.resource },
    }));
  }

  #takeTried(key: string, before: DriftResult, result: DriftResult): void {
    const [declared, known] = [this.#declared.get(key), this.compared.get(key)];
    if (!declared || known?.result !== before) return;
    this.#put(key, declared, result, known.health);
    this.#input.followed?.later(new Set([key]));
  }

  /** What is compared of a declared object. */
  inputOf(declared: Declared, found: Found = this.#live.find(declared.resource)): DriftInput {
    return inputOf(declared, found, this.#compares);
  }

  /** What runs of an object that was compared. */
  liveOf(resource: Resource): JsonObject | undefined {
    return this.#removed.find(resource);
  }

  #put(key: string, declared: Declared, result: DriftResult, health: Health | undefined): void {
    this.compared.set(key, new ComparedDeclared(this, declared, result, health));
  }

  /** By the clock of the server, which wrote the times of its objects. */
  #now(): Date {
    return new Date(Date.now() + (this.#input.cluster.clockAhead ?? 0));
  }

  /** Only who follows a comparison shows it. */
  #healthOf(live: JsonObject | undefined, application?: Application): Health | undefined {
    if (!live || !this.#input.followed) return undefined;
    const computed = healthOf(live, this.#now());
    const reported = application && this.#engines.health(application, live);
    if (reported && computed.status !== 'Terminating') return reported;
    return withOwnCheck(computed, live, this.#engines.argo);
  }

  /** Looks again how the objects of Applications that changed fare: they may say so. Answers what changed. */
  *#renewHealth(changed: ReadonlySet<string>): Iterable<string> {
    const applications = new Set(
      this.#input.applications.flatMap(({ application: { controller, name } }) =>
        controller?.kind === 'Application' && changed.has(resourceKey(controller)) ? [name] : [],
      ),
    );
    if (applications.size === 0) return;
    for (const [key, declared] of this.#declared) {
      const was = this.compared.get(key);
      if (!was || !applications.has(declared.application.name)) continue;
      const health = this.#healthOf(this.liveOf(declared.resource), declared.application);
      if (isDeepStrictEqual(health, was.health)) continue;
      this.#put(key, declared, was.result, health);
      yield key;
    }
  }

  #putRemoved(key: string, { result, application }: Removed): void {
    if (mayBeUnsure(result.resource, this.#unsure)) return;
    const health = this.#healthOf(this.liveOf(result.resource));
    this.compared.set(key, new ComparedRemoved(this, application, result, health));
  }

  /** Looks for all that was removed from git; answers the keys of what is not as it was. */
  #findRemoved(): Set<string> {
    const was = new Map(
      [...this.compared].filter(([key, { declared }]) => !declared && this.#removed.isUnknown(key)),
    );
    for (const key of was.keys()) this.compared.delete(key);
    for (const [key, removed] of this.#removed.all()) this.#putRemoved(key, removed);
    const keys = new Set([...was.keys(), ...this.compared.keys()]);
    return new Set(
      [...keys].filter(
        key => this.#removed.isUnknown(key) && !isSame(was.get(key), this.compared.get(key)),
      ),
    );
  }

  /** Looks what an object is that no manifest declares; true when that is not what it was. */
  #findOne(key: string, resource: Resource): boolean {
    if (!this.#removed.isUnknown(key)) return false;
    const was = this.compared.get(key);
    const found = this.#removed.one(resource);
    this.compared.delete(key);
    if (found) this.#putRemoved(key, found);
    return !isSame(was, this.compared.get(key));
  }
}

interface Read {
  declared: readonly Declared[];
  unsure: ReturnType<typeof unsureObjects>;
  live: Live;
  removed: RemovedObjects;
  engines: EngineWords;
  word: ServerWord;
}
