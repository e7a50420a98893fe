export interface CoalesceOptions<Key> {
  /** Quiet time before a job starts, in milliseconds; a function is asked each time. */
  delayMs: number | (() => number);
  /** Its signal is aborted when the same key is asked for again, or cancelled. */
  run(key: Key, signal: AbortSignal): Promise<void>;
  /** Hears of a job that failed though nobody aborted it. */
  failed(key: Key, error: unknown): void;
}

interface Job {
  timer?: NodeJS.Timeout;
  running?: AbortController;
  /** Asked for again while it was running. */
  again: boolean;
}

/**
 * Runs jobs by key: each after a quiet moment, never two of one key at the same time, and the last request is
 * always followed by a run. What is overtaken by a newer request is told so by its signal.
 */
export class Coalesce<Key> {
  readonly #options: CoalesceOptions<Key>;
  readonly #jobs = new Map<Key, Job>();

  constructor(options: CoalesceOptions<Key>) {
    this.#options = options;
  }

  /** Asks for a run; those asked for within the quiet time are one. */
  request(key: Key): void {
    const job = this.#jobs.get(key) ?? { again: false };
    this.#jobs.set(key, job);
    if (job.running) {
      job.again = true;
      job.running.abort();
      return;
    }
    clearTimeout(job.timer);
    const { delayMs } = this.#options;
    const delay = typeof delayMs === 'number' ? delayMs : delayMs();
    job.timer = setTimeout(() => this.#start(key, job), delay);
  }

  /** Forgets what was asked for; a run that is under way is told by its signal. */
  cancel(key: Key): void {
    const job = this.#jobs.get(key);
    if (!job) return;
    clearTimeout(job.timer);
    job.again = false;
    if (job.running) job.running.abort();
    else this.#jobs.delete(key);
  }

  /** Cancels everything. */
  close(): void {
    for (const key of [...this.#jobs.keys()]) this.cancel(key);
  }

  async #start(key: Key, job: Job): Promise<void> {
    const running = new AbortController();
    job.running = running;
    try {
      await this.#options.run(key, running.signal);
    } catch (error) {
      if (!running.signal.aborted) this.#options.failed(key, error);
    }
    job.running = undefined;
    const again = job.again;
    job.again = false;
    if (again) this.request(key);
    else this.#jobs.delete(key);
  }
}
