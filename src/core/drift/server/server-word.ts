import { isDeepStrictEqual } from 'node:util';
import type { Cluster } from '../../cluster/cluster.ts';
import type { DriftResult } from '../../model/drift.ts';
import { type Resource, resourceKey } from '../../model/resource.ts';
import type { Schemas } from '../../schemas/type.ts';
import type { CompareOptions, DriftInput } from '../input.ts';
import type { Agreements } from './agreements.ts';
import { Asker } from './asker.ts';
import { type AuditOptions, auditObjects } from './audit.ts';
import { confirm, isAsked } from './dryrun.ts';
import { hasController } from './question.ts';

export interface ServerWordOptions {
  /** True where the cluster's lists are held current. */
  held?: boolean;
  /** True while no dry-run is to be sent: each leaves an entry in the cluster's audit log. */
  localOnly?(): boolean;
  /** What the server agreed to in earlier sessions. */
  agreements?: Agreements;
  /** Hears that `known` may say more than before, or that it is time to ask again. Called seldom. */
  changed?(): void;
}

export interface ConfirmOptions extends CompareOptions {
  /** What a person looks at is asked first. */
  visible?(resource: Resource): boolean;
  /** Hears every answer as it comes. */
  answered?(index: number, result: DriftResult): void;
}

/** For how long answers count, in milliseconds (drift.md 3.5). */
const wordAge = 24 * 60 * 60_000;
const auditAge = 6 * 60 * 60_000;

/**
 * The word of one cluster's API server on what differs locally, by a dry-run of the apply (drift.md 3): admission
 * could still change the answer. Knows for its session what was asked, what may not be asked, what cannot be asked
 * now, and which fields the server was seen to rewrite. A snapshot answers what it was taken with.
 */
export class ServerWord {
  readonly #asker: Asker;
  readonly #localOnly: () => boolean;
  readonly #changed: () => void;
  /** Objects in sync that the server was asked about all the same. */
  readonly #audited = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    cluster: Cluster,
    {
      held = false,
      localOnly = () => false,
      agreements,
      changed = () => {},
    }: ServerWordOptions = {},
  ) {
    this.#asker = new Asker(cluster, held, agreements);
    this.#localOnly = localOnly;
    this.#changed = changed;
  }

  /** Begins to read what all questions depend on, beside what else is read; whoever asks waits for it. */
  prepare(): void {
    // Who asks hears of the failure.
    if (!this.#localOnly()) this.#asker.look().catch(() => {});
  }

  /**
   * The result as far as it is known without asking, at once: the server's word where it was given on the very same
   * question, the local result where the server is not to be asked. Undefined where `confirm` would ask.
   */
  known(input: DriftInput, local: DriftResult, schemas: Schemas): DriftResult | undefined {
    if (!this.#isOpen(input, local)) return local;
    const answer = this.#asker.known(input, schemas);
    if (answer) return confirm(local, answer);
    if (local.state === 'synced') return local;
    if (this.#asker.agreed(input, local, schemas)) return { ...local, confirmed: 'dry-run' };
    const failure = this.#asker.failure(input.resource);
    if (failure === undefined) return undefined;
    return confirm(local, { kind: 'unavailable', reason: failure });
  }

  /** What to show of a result until the server answered: a difference that it is known to make itself is in doubt. */
  meanwhile(local: DriftResult): DriftResult {
    if (!this.#asker.learned.explains(local)) return local;
    const reason = 'The server was seen to rewrite this while it applies; its word is awaited.';
    return { ...local, state: 'suspect', reason: local.reason ?? reason };
  }

  /**
   * The results with the server's word, in the order of the inputs; only what is not known is asked, what a person
   * looks at first. When aborted it rejects at once and asks no more; what is under way is kept for the next time.
   */
  async confirm(
    inputs: readonly DriftInput[],
    locals: readonly DriftResult[],
    options: ConfirmOptions,
  ): Promise<DriftResult[]> {
    const results = [...locals];
    if (this.#localOnly()) return results;
    await this.#asker.look(options.signal);
    const queue: { input: DriftInput; local: DriftResult; index: number; first: boolean }[] = [];
    for (const [index, input] of inputs.entries()) {
      const local = locals[index];
      if (local === undefined) continue;
      const known = this.known(input, local, options.schemas);
      if (known) results[index] = known;
      else queue.push({ input, local, index, first: options.visible?.(input.resource) === true });
    }
    queue.sort((one, other) => Number(other.first) - Number(one.first));
    const open = queue.map(({ input }) => input);
    await unlessAborted(this.#asker.lookForWebhooks(open, options.signal), options.signal);
    let underWay = 0;
    // What would wait for others of its kind is left to those who are asking about these.
    const take = () => {
      const free = queue.findIndex(({ input }) => this.#asker.hasRoom(input.resource));
      return free < 0 && underWay > 0 ? undefined : queue.splice(Math.max(free, 0), 1)[0];
    };
    const work = async () => {
      for (let next = take(); next; next = take()) {
        underWay++;
        const { input, local, index } = next;
        options.signal?.throwIfAborted();
        const answer = await this.#asker.ask(input, local, options, wordAge);
        underWay--;
        const result = answer ? confirm(local, answer) : local;
        if (isDeepStrictEqual(result, { ...local, confirmed: 'dry-run' }))
          this.#asker.keepAgreed(input, local, options.schemas);
        results[index] = result;
        options.answered?.(index, result);
      }
    };
    await unlessAborted(Promise.all(Array.from({ length: askers }, work)), options.signal);
    this.#tellWhenToAskAgain();
    return results;
  }

  /** False where there is no mutating admission at all, so that nothing in sync need be tried. */
  async mayRewrite(signal?: AbortSignal): Promise<boolean> {
    if (this.#localOnly()) return false;
    const { mutations } = await this.#asker.look(signal);
    return mutations === undefined || mutations.length > 0;
  }

  /**
   * Has the server try objects that are in sync, where mutating admission may make something else of them than what
   * runs (drift.md 3.4). Answers the results with what it found, and one sentence on what it did not reach.
   */
  async audit(
    inputs: readonly DriftInput[],
    results: readonly DriftResult[],
    options: AuditOptions,
  ): Promise<{ results: DriftResult[]; notReached: string[] }> {
    if (this.#localOnly()) return { results: [...results], notReached: [] };
    const admission = await this.#asker.look(options.signal);
    return auditObjects(inputs, results, {
      ...options,
      admission,
      cluster: this.#asker,
      known: (input, result) => {
        const answer = this.#asker.known(input, options.schemas);
        return answer && confirm(result, answer);
      },
      ask: async (input, result) => {
        const answer = await this.#asker.ask(input, result, options, auditAge);
        this.#audited.add(resourceKey(input.resource));
        return answer ? confirm(result, answer) : result;
      },
    });
  }

  /** Forgets everything that was answered: a person asks for the server's word anew. */
  forget(): void {
    this.#asker.forget();
    this.#audited.clear();
  }

  /** Ends what is under way; leaves the cluster open. */
  close(): void {
    this.#asker.close();
    clearTimeout(this.#timer);
  }

  /** True where the server's word counts: what it was asked about, or may be. */
  #isOpen(input: DriftInput, local: DriftResult): boolean {
    const isOpen =
      local.state === 'synced' ? this.#audited.has(resourceKey(input.resource)) : isAsked(local);
    if (this.#localOnly() || !isOpen || input.live === undefined) return false;
    return !hasController(input.live);
  }

  /** What failed for a while is asked again without anything else having to happen. */
  #tellWhenToAskAgain(): void {
    clearTimeout(this.#timer);
    const wait = this.#asker.nextTime();
    if (wait === undefined) return;
    this.#timer = setTimeout(() => this.#changed(), wait);
    this.#timer.unref();
  }
}

/** How many objects are prepared at a time; how many requests run at a time is the pace's to say. */
const askers = 16;

/** Rejects as soon as the signal is aborted, whatever the work does then. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  work.catch(() => {});
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
