import type { DryRunReply } from '../../cluster/cluster.ts';
import { backoffDelay, sleep } from '../../lib/backoff.ts';

export interface PaceOptions {
  /** Questions at a time, and how many while the server is busy (drift.md 3.5). */
  parallel?: number;
  reduced?: number;
  /** Milliseconds for which a server that is busy all the time is asked again. */
  patience?: number;
}

/** For how long after it was busy a server is asked less at a time. */
const spared = 60_000;
/** For how long a server that stayed busy is left alone. */
const leftAlone = 30_000;

/**
 * How fast a server is asked: a number of questions at a time, fewer once it says that it is busy, and none before
 * the time that it names (`Retry-After`). One that stays busy is given up for a while.
 */
export class Pace {
  readonly #parallel: number;
  readonly #reduced: number;
  readonly #patience: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  /** Not to be asked before. */
  #resume = 0;
  #busySince: number | undefined;
  #busyLast = Number.NEGATIVE_INFINITY;
  #attempt = 0;
  #givenUp: { until: number; reply: DryRunReply } | undefined;

  constructor({ parallel = 10, reduced = 4, patience = 20_000 }: PaceOptions = {}) {
    this.#parallel = parallel;
    this.#reduced = reduced;
    this.#patience = patience;
  }

  /** Asks when it is time, and again where the server was busy. Rejects when aborted before it asked. */
  async ask(question: () => Promise<DryRunReply>, signal?: AbortSignal): Promise<DryRunReply> {
    for (;;) {
      const reply = await this.#inTurn(question, signal);
      if (!isBusy(reply)) return reply;
      if (this.#givenUp && Date.now() < this.#givenUp.until) return reply;
    }
  }

  async #inTurn(question: () => Promise<DryRunReply>, signal?: AbortSignal): Promise<DryRunReply> {
    while (this.#running >= this.#limit())
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    this.#running++;
    try {
      signal?.throwIfAborted();
      for (let wait = this.#resume - Date.now(); wait > 0; wait = this.#resume - Date.now()) {
        await sleep(wait, signal);
        signal?.throwIfAborted();
      }
      if (this.#givenUp && Date.now() < this.#givenUp.until) return this.#givenUp.reply;
      const reply = await question();
      if (isBusy(reply)) this.#calm(reply);
      else this.#busySince = undefined;
      return reply;
    } finally {
      this.#running--;
      for (const next of this.#waiting.splice(0)) next();
    }
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
