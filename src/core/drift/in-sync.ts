import type { DriftResult } from '../model/drift.ts';
import type { Resource } from '../model/resource.ts';
import type { EnvironmentInput } from './environment-input.ts';
import type { DriftInput } from './input.ts';
import type { ServerWord } from './server/server-word.ts';

export interface InSyncOptions {
  input: EnvironmentInput;
  word: ServerWord;
  /** All declared objects with what is known of each now. */
  objects(): { key: string; input: DriftInput; result: DriftResult }[];
  /** The file that declares an object. */
  fileOf(resource: Resource): string | undefined;
  /** Takes what the server said, where the result is still the one that it was asked about. */
  take(key: string, before: DriftResult, result: DriftResult): void;
}

/** Milliseconds: what somebody edits is not tried between two strokes. */
const calm = 2_000;
/** Of what a person looks at so many are tried at once. */
const most = 200;

/** Has the server try objects in sync, which mutating admission may rewrite when they are applied (drift.md 3.4). */
export class InSync {
  readonly #options: InSyncOptions;
  #trying: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** What was not tried: one sentence each. */
  notReached: string[] = [];

  constructor(options: InSyncOptions) {
    this.#options = options;
  }

  /** Tries as many as `EnvironmentInput.audited` says. Rejects only when aborted. */
  async now(): Promise<void> {
    const { audited = 0, signal } = this.#options.input;
    await this.#try({ most: audited, signal });
  }

  /**
   * Tries, beside everything else, what a person looks at, or everything where a person asked for it; tells as it
   * comes. What was under way ends.
   */
  later(told: () => void): void {
    this.end();
    const { visibleFiles, followed, signal } = this.#options.input;
    const trying = new AbortController();
    this.#trying = trying;
    const ends = AbortSignal.any([trying.signal, ...(signal ? [signal] : [])]);
    const isTried = (resource: Resource) =>
      visibleFiles?.().has(this.#options.fileOf(resource) ?? '') === true;
    const start = async () => {
      const before = this.notReached.join();
      const verify = followed?.verify?.() === true;
      const how = verify ? { most: Number.POSITIVE_INFINITY } : { most, isTried };
      await this.#try({ ...how, signal: ends });
      if (verify) followed?.verified?.();
      if (this.notReached.join() !== before) told();
    };
    // It is aborted, and fails in no other way.
    this.#timer = setTimeout(() => void start().catch(() => {}), calm);
    this.#timer.unref();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#trying?.abort(new Error('it is compared anew'));
  }

  async #try(how: {
    most: number;
    isTried?(resource: Resource): boolean;
    signal: AbortSignal | undefined;
  }): Promise<void> {
    const { input, word, objects, take } = this.#options;
    if (!(await word.mayRewrite(how.signal))) {
      this.notReached = [];
      return;
    }
    const all = objects();
    const inputs = all.map(each => each.input);
    const results = all.map(each => each.result);
    const answered = (index: number, result: DriftResult) => {
      const object = all[index];
      if (object && result !== object.result) take(object.key, object.result, result);
    };
    const audited = await word.audit(inputs, results, { ...input, ...how, answered });
    for (const [index, result] of audited.results.entries()) answered(index, result);
    this.notReached = audited.notReached;
  }
}
