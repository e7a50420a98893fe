import type { Stale } from '../model/drift.ts';
import type { DiscoveryAnswer } from './cluster.ts';

/** How often the server is asked whether it serves other types, in milliseconds. */
const askEvery = 20_000;

type Known = Extract<DiscoveryAnswer, { ok: true }>;

/**
 * The types that a server serves, kept current from the first time they are asked for: definitions are installed and
 * removed by anybody. While the server does not answer they are as they were known last.
 */
export class HeldTypes {
  readonly #ask: (how: { fresh: boolean }) => Promise<DiscoveryAnswer>;
  readonly #changed: () => void;
  #known: Known | undefined;
  #asking: { fresh: boolean; answer: Promise<DiscoveryAnswer> } | undefined;
  /** When the server said it last. */
  #said = 0;
  #stale: Stale | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** What is known may be another thing by now. */
  #due = false;
  #failed = false;

  constructor(ask: (how?: { fresh: boolean }) => Promise<DiscoveryAnswer>, changed: () => void) {
    this.#ask = ask;
    this.#changed = changed;
  }

  get stale(): Stale | undefined {
    return this.#stale;
  }

  /** Only what is complete is kept: an incomplete list may be whole the next time. */
  async answer(): Promise<DiscoveryAnswer> {
    const known = this.#known;
    if (this.#due || known === undefined || known.incomplete !== undefined) return this.#refresh();
    return this.#stale ? { ...known, stale: this.#stale } : known;
  }

  /** Has the server asked at once; who listens hears when it serves other types. */
  look(): void {
    if (this.#known === undefined || this.#closed) return;
    this.#due = true;
    void this.#refresh();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #refresh(): Promise<DiscoveryAnswer> {
    if (this.#asking)
      return this.#due && !this.#asking.fresh
        ? this.#asking.answer.then(() => this.answer())
        : this.#asking.answer;
    const fresh = this.#due;
    const answer = this.#ask({ fresh })
      .then(said => this.#take(said))
      .finally(() => {
        this.#asking = undefined;
        if (fresh) this.#due = false;
        this.#askLater();
      });
    this.#asking = { fresh, answer };
    return answer;
  }

  #take(answer: DiscoveryAnswer): DiscoveryAnswer {
    const before = this.#known;
    const isNews = before ? this.#isNews(before, answer) : this.#failed && answer.ok;
    this.#failed = !answer.ok;
    if (answer.ok) {
      this.#known = answer;
      this.#stale = undefined;
      this.#said = Date.now();
    } else if (before) {
      this.#stale ??= { since: new Date(this.#said).toISOString(), reason: answer.reason };
    }
    if (isNews && !this.#closed) this.#changed();
    return this.#stale && before ? { ...before, stale: this.#stale } : answer;
  }

  #isNews(before: Known, answer: DiscoveryAnswer): boolean {
    return answer.ok === this.#failed || (answer.ok && !isSame(before, answer));
  }

  #askLater(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.#refresh(), askEvery * (0.8 + Math.random() * 0.4));
    this.#timer.unref();
  }
}

/** A server that has nothing new gives the same value. */
function isSame(one: Known, other: Known): boolean {
  if (one === other || one.resources === other.resources) return true;
  return (
    one.incomplete === other.incomplete &&
    JSON.stringify(one.resources) === JSON.stringify(other.resources)
  );
}
