import type { DryRunReply } from '../../cluster/cluster.ts';
import { backoffDelay, sleep } from '../../lib/backoff.ts';

export interface PaceOptions {
  /** Questions at a time, and how many while the server is busy (drift.md 3.5). */
  parallel?: number;
  reduced?: number;
  /** How many at a time of a kind that webhooks are called for, or whose answers take long. */
  narrow?: number;
  /** Milliseconds for which a server that is busy all the time is asked again. */
  patience?: number;
}

/** For how long after it was busy a server is asked less at a time. */
const spared = 60_000;
/** For how long a server that stayed busy is left alone. */
const leftAlone = 30_000;
/** An answer that takes longer is a webhook's, or of a server that is not to be pressed. */
const slow = 1000;
/** For how long a kind is asked about by few after it was said to be slow, or was. */
const narrowFor = 5 * 60_000;

/** How many of a kind are asked about now, and how many are or wait for it. */
interface Asked {
  kind: string;
  running: number;
  entered: number;
}

/**
 * How fast a server is asked: a number of questions at a time, fewer once it says that it is busy, and none before
 * the time that it names (`Retry-After`). One that stays busy is given up for a while. Of kinds that webhooks are
 * called for only two are asked about at a time: behind a webhook stands a small program, which is in the way of
 * everybody's writes when it is overrun.
 */
export class Pace {
  readonly #parallel: number;
  readonly #reduced: number;
  readonly #narrow: number;
  readonly #patience: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #kinds = new Map<string, Asked>();
  /** Kinds of which few are asked about, and until when. */
  readonly #narrowUntil = new Map<string, number>();
  /** Not to be asked before. */
  #resume = 0;
  #busySince: number | undefined;
  #busyLast = Number.NEGATIVE_INFINITY;
  #attempt = 0;
  #givenUp: { until: number; reply: DryRunReply } | undefined;

  constructor({ parallel = 10, reduced = 4, narrow = 2, patience = 20_000 }: PaceOptions = {}) {
    this.#parallel = parallel;
    this.#reduced = reduced;
    this.#narrow = narrow;
    this.#patience = patience;
  }

  /** From now on few of the kind are asked about at a time. */
  isHeavy(kind: string): void {
    this.#narrowUntil.set(kind, Date.now() + narrowFor);
  }

  /** False where one more of the kind would only wait for others of its kind. */
  hasRoom(kind: string): boolean {
    return (this.#kinds.get(kind)?.entered ?? 0) < this.#most(kind);
  }

  /**
   * Asks about an object of a kind when it is time, and again where the server was busy. Rejects when aborted before
   * it asked.
   */
  async ask(
    kind: string,
    question: () => Promise<DryRunReply>,
    signal?: AbortSignal,
  ): Promise<DryRunReply> {
    const counts = this.#kinds.get(kind) ?? { kind, running: 0, entered: 0 };
    this.#kinds.set(kind, counts);
    counts.entered++;
    try {
      for (;;) {
        const reply = await this.#inTurn(counts, question, signal);
        if (!isBusy(reply)) return reply;
        if (this.#givenUp && Date.now() < this.#givenUp.until) return reply;
      }
    } finally {
      counts.entered--;
    }
  }

  async #inTurn(
    counts: Asked,
    question: () => Promise<DryRunReply>,
    signal?: AbortSignal,
  ): Promise<DryRunReply> {
    while (this.#running >= this.#limit() || counts.running >= this.#most(counts.kind))
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    this.#running++;
    counts.running++;
    try {
      signal?.throwIfAborted();
      for (let wait = this.#resume - Date.now(); wait > 0; wait = this.#resume - Date.now()) {
        await sleep(wait, signal);
        signal?.throwIfAborted();
      }
      if (this.#givenUp && Date.now() < this.#givenUp.until) return this.#givenUp.reply;
      const start = performance.now();
      const reply = await question();
      if (performance.now() - start > slow) this.isHeavy(counts.kind);
      if (isBusy(reply)) this.#calm(reply);
      else this.#busySince = undefined;
      return reply;
    } finally {
      this.#running--;
      counts.running--;
      for (const next of this.#waiting.splice(0)) next();
    }
  }

  #most(kind: string): number {
    const isNarrow = Date.now() < (this.#narrowUntil.get(kind) ?? 0);
    return isNarrow ? this.#narrow : Number.POSITIVE_INFINITY;
  }

  #limit(): number {
    return Date.now() - this.#busyLast < spared ? this.#reduced : this.#parallel;
  }

  #calm(reply: Busy): void {
    const now = Date.now();
    this.#attempt = this.#busySince === undefined ? 0 : this.#attempt + 1;
    this.#busySince ??= now;
    this.#busyLast = now;
    const wait = reply.retryAfter ?? backoffDelay(this.#attempt);
    this.#resume = Math.max(this.#resume, now + wait);
    if (this.#resume - this.#busySince <= this.#patience) return;
    // What it named itself counts, however long.
    const until = Math.max(now + leftAlone, this.#resume);
    this.#givenUp = { until, reply };
    this.#resume = 0;
    this.#busySince = undefined;
  }
}

type Busy = Extract<DryRunReply, { ok: false }>;

/** True where the server asks to come back; a 503 that names no time is about one kind whose own server is gone. */
export function isBusy(reply: DryRunReply): reply is Busy {
  if (reply.ok) return false;
  return reply.status === 429 || (reply.status >= 500 && reply.retryAfter !== undefined);
}
