import { backoffDelay, sleep } from '../../lib/backoff.ts';
import type { ListAnswer, WatchEvent } from '../cluster.ts';
import type { Failure } from './failure.ts';
import { WatchStream } from './watch-stream.ts';

/** What a watch is made of: a list, and the changes since a resource version. */
export interface WatchSource {
  list(signal: AbortSignal): Promise<Extract<ListAnswer, { ok: true }> | Failure>;
  /**
   * Hands over the lines of a stream; `opened` is called as soon as the server has accepted it. Resolves when the
   * server ends the stream, or when it was silent for too long.
   */
  changes(
    resourceVersion: string,
    heard: { opened(): void; line(text: string): void },
    signal: AbortSignal,
  ): Promise<{ ok: true; silent?: boolean } | Failure>;
}

export interface WatchTiming {
  /** Milliseconds between two connections at least, so that a server that ends at once is not stormed. */
  pause: number;
  /** First and longest wait after a failure. */
  backoff: { base: number; max: number };
  /** A stream that was accepted after a failure counts when it said nothing against it for so long. */
  settle: number;
  /** A stream that ends sooner than this is followed by a longer and longer wait. */
  short: number;
  /**
   * A server that starts refuses for a moment what it allows again when it has read its rules: only what stands for
   * so long is the truth about what it allowed.
   */
  refusal: number;
}

export const defaultWatchTiming: WatchTiming = {
  pause: 1000,
  backoff: { base: 800, max: 30_000 },
  settle: 500,
  short: 5000,
  refusal: 10_000,
};

/** What became of one connection; `opened` when a stream had begun. */
type Round =
  | { ok: true; short: boolean; empty: boolean }
  | { ok: false; failure: Failure; opened: boolean };

/**
 * Keeps a list current until the returned function is called: a list, then the changes from there. A stream that
 * ends or breaks goes on from the last version that was seen; only a version that the server has forgotten (410)
 * makes a new list necessary. Every `failed` is followed by `current` or `reset` as soon as the server answers
 * again; one that only has to be connected to anew is no failure.
 */
export function keepCurrent(
  source: WatchSource,
  listener: (event: WatchEvent) => void,
  timing: WatchTiming = defaultWatchTiming,
): () => void {
  const ended = new AbortController();
  const watch = new Watch(source, listener, timing, ended.signal);
  void watch.run();
  return () => ended.abort();
}

class Watch {
  readonly #source: WatchSource;
  readonly #listener: (event: WatchEvent) => void;
  readonly #timing: WatchTiming;
  readonly #signal: AbortSignal;
  /** Undefined while a list is needed. */
  #version: string | undefined;
  /** When what was told was current for the last time. */
  #current = Date.now();
  /** True once a stream was accepted. */
  #followed = false;
  #told: 'nothing' | 'current' | 'failed' = 'nothing';
  /** Failures and short streams in a row. */
  #failures = 0;
  #short = 0;

  constructor(
    source: WatchSource,
    listener: (event: WatchEvent) => void,
    timing: WatchTiming,
    signal: AbortSignal,
  ) {
    this.#source = source;
    this.#listener = listener;
    this.#timing = timing;
    this.#signal = signal;
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      const began = Date.now();
      const round = await this.#round().catch((error): Round => broken(error));
      if (this.#signal.aborted) return;
      await sleep(round.ok ? this.#pauseAfter(round, began) : this.#failed(round), this.#signal);
    }
  }

  async #round(): Promise<Round> {
    if (this.#version === undefined) {
      const answer = await this.#source.list(this.#signal);
      if (!answer.ok) return { ok: false, failure: answer, opened: false };
      this.#version = answer.resourceVersion;
      this.#tell({ type: 'reset', objects: answer.objects });
    }
    return this.#follow(this.#version);
  }

  /** Follows one stream and keeps the version to go on from. */
  async #follow(from: string): Promise<Round> {
    const began = Date.now();
    let settling: NodeJS.Timeout | undefined;
    let opened = false;
    let empty = true;
    const stream = new WatchStream(from, event => this.#tell(event));
    const heard = {
      opened: () => {
        opened = true;
        this.#followed = true;
        settling = setTimeout(() => {
          empty = false;
          this.#settled();
        }, this.#timing.settle);
      },
      line: (text: string) => {
        stream.take(text);
        if (stream.refusal) return;
        empty = false;
        this.#settled();
      },
    };
    const end = await this.#source
      .changes(from, heard, this.#signal)
      .finally(() => clearTimeout(settling));
    this.#version = stream.version;
    const failure = stream.refusal ?? (end.ok ? undefined : end);
    const silent = end.ok ? end.silent === true : end.why === 'timeout';
    const short = !silent && Date.now() - began < this.#timing.short;
    // A connection that was cut showed everything until then; one that fell silent only what it said.
    const showed = opened && !silent && !stream.refusal && !(short && empty);
    if (showed && this.#told === 'current') this.#current = Date.now();
    if (failure && !isForgotten(failure)) return { ok: false, failure, opened };
    if (failure) this.#version = undefined;
    return { ok: true, short, empty: empty && !failure };
  }

  #settled(): void {
    this.#failures = 0;
    this.#current = Date.now();
    if (this.#told === 'failed') this.#tell({ type: 'current' });
  }

  #pauseAfter({ short, empty }: { short: boolean; empty: boolean }, began: number): number {
    this.#short = short ? this.#short + 1 : 0;
    if (empty && this.#short === mostEmpty) this.#failed({ failure: endsAtOnce, opened: false });
    const { pause, backoff } = this.#timing;
    if (this.#short > 1) return Math.max(pause, backoffDelay(this.#short - 2, backoff));
    return Math.max(0, pause - (Date.now() - began));
  }

  /** Tells a failure that is more than a connection to be opened anew; answers how long to wait. */
  #failed({ failure, opened }: Pick<Extract<Round, { ok: false }>, 'failure' | 'opened'>): number {
    const attempt = this.#failures++;
    const { why, reason, status } = failure;
    const quick = opened && attempt === 0 && this.#told === 'current';
    if (!quick) {
      const refused = this.#isRefusal(status) && (this.#version === undefined ? 'list' : 'watch');
      const since = new Date(this.#current).toISOString();
      this.#tell({ type: 'failed', why, reason, since, ...(refused && { refused }) });
    }
    if (status === 404) this.#version = undefined;
    const delay = backoffDelay(attempt, this.#timing.backoff);
    // Not all at once, when the time is over that a server asks everybody to wait.
    return Math.max(delay, (failure.retryAfter ?? 0) * (1 + Math.random() / 4));
  }

  /** It will answer the same the next time. */
  #isRefusal(status: number): boolean {
    if (status < 400 || status >= 500 || [401, 408, 410, 429].includes(status)) return false;
    return status === 404 || !this.#followed || Date.now() - this.#current > this.#timing.refusal;
  }

  #tell(event: WatchEvent): void {
    if (this.#signal.aborted) return;
    if (event.type === 'failed') this.#told = 'failed';
    else if (event.type === 'reset' || event.type === 'current') this.#told = 'current';
    if (event.type === 'reset') this.#current = Date.now();
    this.#listener(event);
  }
}

/** After so many streams in a row that ended at once and said nothing, nobody is believed to watch. */
const mostEmpty = 3;

const endsAtOnce: Failure = {
  ok: false,
  why: 'error',
  reason: 'the server ends every watch at once, so that changes are not seen',
  status: 0,
};

/** The server no longer knows the version, or never did. */
function isForgotten({ status }: Failure): boolean {
  return status === 410 || status === 400;
}

function broken(error: unknown): Round {
  const reason = error instanceof Error ? error.message : String(error);
  return { ok: false, failure: { ok: false, why: 'error', reason, status: 0 }, opened: true };
}
