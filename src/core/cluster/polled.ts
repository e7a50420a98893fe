import type { Stale } from '../model/drift.ts';
import type { Refusal } from './cluster.ts';

type Answer = { ok: true; stale?: Stale } | { ok: false; reason: string; why?: Refusal['why'] };

interface Entry<T> {
  /** When the server was asked last, in milliseconds since 1970; 0 when it must be asked again. */
  asked: number;
  answer: Promise<T>;
  /** The last answer that said something, and when. */
  good?: { at: number; answer: Extract<T, { ok: true }> };
  stale?: Stale;
}

/** Refusals that are the truth about what is asked, not a fault on the way. */
const truths: ReadonlySet<Refusal['why'] | undefined> = new Set([
  'forbidden',
  'not-served',
  'partial',
  'replaced',
]);

/**
 * Answers of what cannot be watched: asked again when older than an age. While the server does not answer, the last
 * answer stands and says since when.
 */
export class Polled<T extends Answer> {
  readonly #entries = new Map<string, Entry<T>>();

  get size(): number {
    return this.#entries.size;
  }

  /** Since when an answer is not current, of the oldest. */
  get stale(): Stale | undefined {
    return oldest([...this.#entries.values()].map(({ stale }) => stale));
  }

  ask(key: string, maxAge: number, ask: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known && Date.now() - known.asked <= maxAge) return known.answer;
    const entry: Entry<T> = {
      asked: Date.now(),
      answer: ask().then(answer => keep(entry, answer)),
      ...(known?.good && { good: known.good }),
      ...(known?.stale && { stale: known.stale }),
    };
    this.#entries.set(key, entry);
    entry.answer.catch(() => {
      if (this.#entries.get(key) !== entry) return;
      if (known) this.#entries.set(key, { ...known, asked: 0 });
      else this.#entries.delete(key);
    });
    return entry.answer;
  }

  /** The next answers are the server's, where it answers. */
  forget(): void {
    for (const entry of this.#entries.values()) entry.asked = 0;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}

function keep<T extends Answer>(entry: Entry<T>, answer: T): T {
  entry.stale = answer.ok ? answer.stale : undefined;
  if (answer.ok) {
    entry.good = { at: Date.now(), answer: answer as Extract<T, { ok: true }> };
    return answer;
  }
  if (truths.has(answer.why) || entry.good === undefined) return answer;
  entry.stale = { since: new Date(entry.good.at).toISOString(), reason: answer.reason };
  return { ...entry.good.answer, stale: entry.stale };
}

/** The one that stands for the longest time. */
export function oldest(all: readonly (Stale | undefined)[]): Stale | undefined {
  return all
    .filter(stale => stale !== undefined)
    .reduce<Stale | undefined>((a, b) => (a && a.since <= b.since ? a : b), undefined);
}
