import type { Found, Live } from '../cluster/live.ts';
import { sleep } from '../lib/backoff.ts';
import { Breath } from '../lib/breath.ts';
import type { DriftResult } from '../model/drift.ts';
import type { Application } from '../model/environment.ts';
import type { Health } from '../model/health.ts';
import type { JsonObject, Resource } from '../model/resource.ts';
import { compareObjects } from './compare.ts';
import { isSame, stamped } from './compared-object.ts';
import type { Declared } from './declared.ts';
import { type Basis, BasisOf, inputOf, isSameBasis } from './declared-input.ts';
import type { EngineWords } from './engine-words.ts';
import type { Compared, EnvironmentInput } from './environment-input.ts';
import type { DriftInput } from './input.ts';
import { Later } from './later.ts';
import type { ServerWord } from './server/server-word.ts';

/** Few, so that the server is asked about the first objects while the others are compared. */
const chunkSize = 125;
/** How many chunks the judge may have at a time: as much is in memory, to be compared. */
const chunksAtATime = 8;
/** Milliseconds: what the server says sooner is not told as it was predicted before. */
const moment = 150;

export interface VerdictsOptions extends EnvironmentInput {
  live: Live;
  engines: EngineWords;
  word: ServerWord;
  /** By key. */
  declared: ReadonlyMap<string, Declared>;
  keyOf(resource: Resource): string;
  /** What is shown of an object now. */
  comparedOf(key: string): Compared | undefined;
  /** Shows it. */
  put(key: string, result: DriftResult, health: Health | undefined): void;
  healthOf(live: JsonObject | undefined, application: Application): Health | undefined;
}

/**
 * Finds the results of declared objects: first what is known without the server, then with its word. Results that were
 * found from the very same before count again.
 */
export class Verdicts {
  readonly #options: VerdictsOptions;
  /** Of a comparison that is not followed no result counts again. */
  readonly #basisOf: BasisOf | undefined;
  /** What was found without the server, and from what; without that where it is not to count again. */
  readonly #locals = new Map<string, { local: DriftResult; basis: Basis | undefined }>();
  /** What the server is asked now about each object: answers to earlier questions do not count. */
  readonly #asked = new Map<string, Asked>();
  /** Each until the server's word on what changed at one time was told. */
  readonly #words = new Set<Promise<void>>();

  constructor(options: VerdictsOptions) {
    this.#options = options;
    this.#basisOf = options.followed && new BasisOf(options);
  }

  /**
   * Compares declared objects; answers the keys of those that are not as they were. Where the comparison is followed it
   * waits a moment only for the server's word, and tells later what came later. Rejects only when aborted.
   */
  async compare(keys: readonly string[], before?: Verdicts): Promise<Set<string>> {
    const { followed, comparedOf } = this.#options;
    const was = new Map(keys.map(key => [key, comparedOf(key)]));
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
    return new Set(keys.filter(key => !isSame(was.get(key), comparedOf(key))));
  }

  /** What was found of an object without the server, and from what, where it may count again. */
  found(key: string): { local: DriftResult; basis: Basis | undefined } | undefined {
    return this.#locals.get(key);
  }

  /** What is shown of an object. */
  shown(key: string): Compared | undefined {
    return this.#options.comparedOf(key);
  }

  /** Resolves when the server's word on all that differs was told to who follows. */
  async settled(): Promise<void> {
    while (this.#words.size > 0) await Promise.all(this.#words);
  }

  /** Chunks of the keys; what a person looks at is compared before all others, where there are more than a few. */
  #visibleFirst(keys: readonly string[]): { seen?: string[]; parts: string[][] } {
    const files = keys.length > chunkSize ? this.#options.visibleFiles?.() : undefined;
    const seen = files?.size ? keys.filter(key => this.#isIn(files, key)) : [];
    const first = new Set(seen);
    const others = seen.length === 0 ? keys : keys.filter(key => !first.has(key));
    const parts = seen.length === 0 ? [] : [seen];
    for (let start = 0; start < others.length; start += chunkSize)
      parts.push(others.slice(start, start + chunkSize));
    return seen.length === 0 ? { parts } : { seen, parts };
  }

  #isIn(files: ReadonlySet<string> | undefined, key: string): boolean {
    return files?.has(this.#options.declared.get(key)?.object.source.file ?? '') === true;
  }

  #question(key: string): Question {
    const { declared: all, live } = this.#options;
    const declared = all.get(key) as Declared;
    const found = live.find(declared.resource);
    return { key, declared, found, basis: this.#basisOf?.of(declared, found) };
  }

  /**
   * Takes what is known without the server: earlier results, and for the rest what the judge says. Answers those
   * that the server may have a word on.
   */
  async #compareLocally(keys: readonly string[], before: Verdicts | undefined): Promise<Asked[]> {
    const questions = keys.map(key => this.#question(key));
    const fresh = questions.filter(
      ({ key, basis }) => !isSameBasis(before?.found(key)?.basis, basis),
    );
    const inputs = fresh.map(({ declared, found }) => inputOf(declared, found, this.#options));
    const compared = await compareObjects(inputs, this.#options);
    const locals = new Map(
      fresh.map(({ key }, index) => [key, { local: compared[index], input: inputs[index] }]),
    );
    return questions.flatMap(question => {
      const { key, declared, found } = question;
      const { local, input } = locals.get(key) ?? { local: before?.found(key)?.local };
      if (!local) return [];
      if (!input && this.#takeKept(question, local, before?.shown(key))) return [];
      return this.#take(question, local, input ?? inputOf(declared, found, this.#options)) ?? [];
    });
  }

  /** Shows what was shown before of an object in sync; what the server said of it may be another thing now. */
  #takeKept({ key, found, basis }: Question, local: DriftResult, kept: Compared | undefined) {
    if (!kept || local.state !== 'synced' || kept.result.confirmed !== 'local') return false;
    this.#locals.set(key, { local, basis });
    this.#options.put(key, stamped(kept.result, found), kept.health);
    return true;
  }

  /** Shows what is known of an object; answers it where the server may have a word on it. */
  #take(question: Question, local: DriftResult, input: DriftInput): Asked | undefined {
    const { put, word, schemas, healthOf } = this.#options;
    const { key, declared, found, basis } = question;
    this.#locals.set(key, { local, basis: isLasting(local) ? basis : undefined });
    const known = word.known(input, local, schemas);
    const shown = known ?? word.meanwhile(local);
    put(key, stamped(shown, found), healthOf(input.live, declared.application));
    this.#asked.delete(key);
    if (known) return undefined;
    const asked = { ...question, input, local };
    this.#asked.set(key, asked);
    const differing = this.#options.comparedOf(key);
    if (differing) this.#options.differing?.(differing);
    return asked;
  }

  /** Takes the server's word on each as it comes. Rejects only when aborted. */
  async #confirm(asked: readonly Asked[], later: Later): Promise<void> {
    const { comparedOf, put, word, keyOf } = this.#options;
    const inputs = asked.map(({ input }) => input);
    const locals = asked.map(({ local }) => local);
    const take = (index: number, result: DriftResult) => {
      const open = asked[index] as Asked;
      const { key, found } = open;
      // What changed since was asked about anew.
      if (this.#asked.get(key) !== open) return;
      const was = comparedOf(key);
      put(key, stamped(result, found), was?.health);
      if (!isSame(was, comparedOf(key))) later.tell(key);
    };
    const files = this.#options.visibleFiles?.();
    const visible = (resource: Resource) => this.#isIn(files, keyOf(resource));
    const options = { ...this.#options, visible, answered: take };
    const results = await word.confirm(inputs, locals, options);
    for (const [index, result] of results.entries()) take(index, result);
    for (const open of asked) if (this.#asked.get(open.key) === open) this.#asked.delete(open.key);
  }
}

interface Question {
  key: string;
  declared: Declared;
  found: Found;
  basis: Basis | undefined;
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
