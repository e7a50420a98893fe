import { sleep } from '../lib/backoff.ts';
import type { Cause, DriftPath, DriftResult } from '../model/drift.ts';

/** Milliseconds: what differs is told first, and what differs in one moment is explained together. */
const moment = 50;

/** Has results explained after they were told, never two batches at a time. */
export class Explanations {
  readonly #wanted = new Set<string>();
  readonly #explain: (keys: readonly string[]) => Promise<void>;
  readonly #options: { failed(error: unknown): void; signal: AbortSignal };
  #work: Promise<void> | undefined;
  #ended = false;

  constructor(
    explain: (keys: readonly string[]) => Promise<void>,
    options: { failed(error: unknown): void; signal: AbortSignal },
  ) {
    this.#explain = explain;
    this.#options = options;
  }

  /** Has the results with these keys explained soon. */
  want(keys: Iterable<string>): void {
    for (const key of keys) this.#wanted.add(key);
    if (this.#wanted.size > 0 && !this.#isOver) this.#work ??= this.#run();
  }

  async settled(): Promise<void> {
    while (this.#work) await this.#work;
  }

  /** What is under way comes to its end, and nothing more is begun. */
  end(): void {
    this.#ended = true;
  }

  get #isOver(): boolean {
    return this.#ended || this.#options.signal.aborted;
  }

  async #run(): Promise<void> {
    const { failed, signal } = this.#options;
    try {
      await sleep(moment, signal);
      while (this.#wanted.size > 0 && !this.#isOver) {
        const keys = [...this.#wanted];
        this.#wanted.clear();
        await this.#explain(keys);
      }
    } catch (error) {
      // What is not explained has no cause: everything else stands.
      if (!this.#isOver) failed(error);
    } finally {
      this.#work = undefined;
    }
  }
}

/** A result with the causes of an earlier one, where both differ alike: they count until they are found anew. */
export function withEarlierCauses(now: DriftResult, before: DriftResult | undefined): DriftResult {
  if (!before || before === now || now.state === 'synced') return now;
  const causes = new Map<string, Cause>(
    before.paths.flatMap(path => (path.cause ? [[textOf(path), path.cause] as const] : [])),
  );
  const whole = before.state === now.state && now.paths.length === 0 ? before.cause : undefined;
  if (causes.size === 0 && !whole) return now;
  const paths = now.paths.map((path): DriftPath => {
    const cause = causes.get(textOf(path));
    return cause ? { ...path, cause } : path;
  });
  return { ...now, paths, ...(whole && { cause: whole }) };
}

function textOf({ path, kind, desired, live, by }: DriftPath): string {
  return JSON.stringify([path, kind, desired, live, by.map(({ manager }) => manager)]);
}
