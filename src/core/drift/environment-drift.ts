import { isDeepStrictEqual } from 'node:util';
import { healthOf } from '../cluster/health.ts';
import { type Found, type Live, readLive } from '../cluster/live.ts';
import { sleep } from '../lib/backoff.ts';
import { Breath } from '../lib/breath.ts';
import type { DriftResult } from '../model/drift.ts';
import type { Application } from '../model/environment.ts';
import type { NotChecked } from '../model/finding.ts';
import type { Health } from '../model/health.ts';
import { type JsonObject, type Resource, resourceKey } from '../model/resource.ts';
import { compareObjects } from './compare.ts';
import { ComparedDeclared, ComparedRemoved, isSame, notYet, stamped } from './compared-object.ts';
import { type Declared, declaredObjects, unsureObjects } from './declared.ts';
import { type Basis, BasisOf, inputOf, isSameBasis, lazyInputOf } from './declared-input.ts';
import { type EngineWords, engineWords, readArgoSettings, withOwnCheck } from './engine-words.ts';
import type { Compared, EnvironmentInput } from './environment-input.ts';
import { InSync } from './in-sync.ts';
import type { DriftInput } from './input.ts';
import { Later } from './later.ts';
import { mayBeUnsure } from './removed/generated.ts';
import type { Removed } from './removed/removed.ts';
import { RemovedObjects } from './removed/removed-objects.ts';
import { ServerWord } from './server/server-word.ts';

/** Few, so that the server is asked about the first objects while the others are compared. */
const chunkSize = 125;
/** How many chunks the judge may have at a time: as much is in memory, to be compared. */
const chunksAtATime = 4;
/** Milliseconds: what the server says sooner is not told as it was predicted before. */
const moment = 150;

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
  readonly #basisOf: BasisOf;
  /** What was found without the server, and from what; without that where it is not to count again. */
  readonly #locals = new Map<string, { local: DriftResult; basis: Basis | undefined }>();
  /** Keys of declared objects by those of live ones, where they differ. */
  readonly #aliases = new Map<string, string>();
  /** What the server is asked now about each object: answers to earlier questions do not count. */
  readonly #asked = new Map<string, Asked>();
  /** Each until the server's word on what changed at one time was told. */
  readonly #words = new Set<Promise<void>>();
  readonly #word: ServerWord;
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
    await comparison.#compareAll(before);
    return comparison;
  }

  private constructor(input: EnvironmentInput, read: Read) {
    this.#input = input;
    this.#declared = new Map(read.declared.map(each => [resourceKey(each.resource), each]));
    this.#unsure = read.unsure;
    this.#live = read.live;
    this.#removed = read.removed;
    this.#engines = read.engines;
    this.#basisOf = new BasisOf(this.#compares);
    this.#word = read.word;
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
    const told = await this.#compare([...keys].filter(key => this.#declared.has(key)));
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
  async settled(): Promise<void> {
    while (this.#words.size > 0) await Promise.all(this.#words);
  }

  /** Ends what goes on beside. */
  end(): void {
    this.#inSync.end();
  }

  async #compareAll(before: EnvironmentComparison | undefined): Promise<void> {
    for (const [key, declared] of this.#declared) {
      const { resource } = declared;
      // Each has its place in the order before there is a result.
      this.#put(key, declared, { ...notYet, resource }, undefined);
      if (resource.namespace !== '' && this.#live.namespaced(resource) === false)
        this.#aliases.set(resourceKey({ ...resource, namespace: '' }), key);
    }
    await this.#compare([...this.#declared.keys()], before);
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

  /** Compares declared objects; answers the keys of those that are not as they were. */
  async #compare(keys: readonly string[], before?: EnvironmentComparison): Promise<Set<string>> {
    const { followed } = this.#input;
    const was = new Map(keys.map(key => [key, this.compared.get(key)]));
    const later = new Later(followed);
    const words: Promise<unknown>[] = [];
    const chunks = new Set<Promise<void>>();
    const breath = new Breath();
    const { seen, parts } = this.#visibleFirst(keys);
    for (const part of parts) {
      const chunk = this.#compareLocally(part, before).then(open => {
        if (open.length > 0) words.push(this.#confirm(open, later));
        chunks.delete(chunk);
      });
      chunks.add(chunk);
      if (part === seen) await chunk;
      else if (chunks.size === chunksAtATime) await Promise.race(chunks);
      else if (breath.isDue) await breath.take();
    }
    await Promise.all(chunks);
    const all = Promise.all(words);
    if (followed) await Promise.race([all, sleep(moment)]);
    else await all;
    later.begin();
    // Whoever is aborted meanwhile, is told so by what it asks next.
    const told = all.catch(() => {}).then(() => later.told());
    this.#words.add(told);
    void told.then(() => this.#words.delete(told));
    return new Set(keys.filter(key => !isSame(was.get(key), this.compared.get(key))));
  }

  /** Chunks of the keys; what a person looks at is compared before all others, where there are more than a few. */
  #visibleFirst(keys: readonly string[]): { seen?: string[]; parts: string[][] } {
    const files = keys.length > chunkSize ? this.#input.visibleFiles?.() : undefined;
    const seen = files?.size ? keys.filter(key => this.#isIn(files, key)) : [];
    const first = new Set(seen);
    const others = seen.length === 0 ? keys : keys.filter(key => !first.has(key));
    const parts = seen.length === 0 ? [] : [seen];
    for (let start = 0; start < others.length; start += chunkSize)
      parts.push(others.slice(start, start + chunkSize));
    return seen.length === 0 ? { parts } : { seen, parts };
  }

  #isIn(files: ReadonlySet<string> | undefined, key: string): boolean {
    return files?.has(this.#declared.get(key)?.object.source.file ?? '') === true;
  }

  #question(key: string): Question {
    const declared = this.#declared.get(key) as Declared;
    const found = this.#live.find(declared.resource);
    return { key, declared, found, basis: this.#basisOf.of(declared, found) };
  }

  /**
   * Takes what is known without the server: earlier results, and for the rest what the judge says. Answers those
   * that the server may have a word on.
   */
  async #compareLocally(
    keys: readonly string[],
    before: EnvironmentComparison | undefined,
  ): Promise<Asked[]> {
    const questions = keys.map(key => this.#question(key));
    const fresh = questions.filter(({ key, basis }) => !isSameBasis(before?.basisOf(key), basis));
    const inputs = fresh.map(({ declared, found }) => this.inputOf(declared, found));
    const compared = await compareObjects(inputs, this.#input);
    const locals = new Map(fresh.map(({ key }, index) => [key, compared[index]]));
    const asked: Asked[] = [];
    for (const question of questions) {
      const { key, declared, found, basis } = question;
      const kept = locals.has(key) ? undefined : before?.compared.get(key);
      const local = locals.get(key) ?? before?.localOf(key);
      if (!local) continue;
      this.#locals.set(key, { local, basis: isLasting(local) ? basis : undefined });
      // What the server said of an object in sync may be another thing now.
      if (kept && local.state === 'synced' && kept.result.confirmed === 'local') {
        this.#put(key, declared, stamped(kept.result, found), kept.health);
        continue;
      }
      const input = this.inputOf(declared, found);
      const known = this.#word.known(input, local, this.#input.schemas);
      const shown = known ?? this.#word.meanwhile(local);
      this.#put(
        key,
        declared,
        stamped(shown, found),
        this.#healthOf(input.live, declared.application),
      );
      this.#asked.delete(key);
      if (known) continue;
      const open = { ...question, input, local };
      this.#asked.set(key, open);
      asked.push(open);
      const differing = this.compared.get(key);
      if (differing) this.#input.differing?.(differing);
    }
    return asked;
  }

  /** Takes the server's word on each as it comes. Rejects only when aborted. */
  async #confirm(asked: readonly Asked[], later: Later): Promise<void> {
    const inputs = asked.map(({ input }) => input);
    const locals = asked.map(({ local }) => local);
    const take = (index: number, result: DriftResult) => {
      const open = asked[index] as Asked;
      const { key, declared, found } = open;
      // What changed since was asked about anew.
      if (this.#asked.get(key) !== open) return;
      const was = this.compared.get(key);
      this.#put(key, declared, stamped(result, found), was?.health);
      if (!isSame(was, this.compared.get(key))) later.tell(key);
    };
    const files = this.#input.visibleFiles?.();
    const visible = (resource: Resource) => this.#isIn(files, this.#keyOf(resource));
    const options = { ...this.#input, visible, answered: take };
    const results = await this.#word.confirm(inputs, locals, options);
    for (const [index, result] of results.entries()) take(index, result);
    for (const open of asked) if (this.#asked.get(open.key) === open) this.#asked.delete(open.key);
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

  /** What an object was compared by, where its result may count again. */
  basisOf(key: string): Basis | undefined {
    return this.#locals.get(key)?.basis;
  }

  /** The result before the server had its word. */
  localOf(key: string): DriftResult | undefined {
    return this.#locals.get(key)?.local;
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
    for (const [key, declared] of this.#declared) {
      const { controller } = declared.application;
      const was = this.compared.get(key);
      if (!was || controller?.kind !== 'Application' || !changed.has(resourceKey(controller)))
        continue;
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

interface Question {
  key: string;
  declared: Declared;
  found: Found;
  basis: Basis;
}

/** A declared object that the server may have a word on. */
interface Asked extends Question {
  input: DriftInput;
  local: DriftResult;
}

/** What could not be checked is compared again the next time: it may be known then. */
function isLasting({ state }: DriftResult): boolean {
  return state !== 'unknown';
}
