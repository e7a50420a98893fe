import { sleep } from '../lib/backoff.ts';
import type { Followed } from './environment-input.ts';

/** Milliseconds in which what the server says is told together. */
const gather = 40;

/** Tells who follows a comparison what the server's word changed after the comparison had been told. */
export class Later {
  readonly #followed: Followed | undefined;
  readonly #keys = new Set<string>();
  #begun = false;
  #telling: Promise<void> | undefined;

  constructor(followed: Followed | undefined) {
    this.#followed = followed;
  }

  /** From now on what comes is later. */
  begin(): void {
    this.#begun = true;
  }

  tell(key: string): void {
    if (!this.#begun || !this.#followed) return;
    this.#keys.add(key);
    this.#telling ??= this.#tellSoon(this.#followed);
  }

  /** Resolves when what came was told. */
  async told(): Promise<void> {
    await this.#telling;
  }

  async #tellSoon(followed: Followed): Promise<void> {
    await sleep(gather);
    this.#telling = undefined;
    const keys = new Set(this.#keys);
    this.#keys.clear();
    followed.later(keys);
  }
}
