import type { Followed } from './environment-input.ts';

/** Milliseconds in which what the server says is told together. */
const gather = 40;

/** Tells who follows a comparison what the server's word changed after the comparison had been told. */
export class Later {
  readonly #followed: Followed | undefined;
  readonly #keys = new Set<string>();
  #begun = false;
  #timer: NodeJS.Timeout | undefined;

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
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const keys = new Set(this.#keys);
      this.#keys.clear();
      this.#followed?.later(keys);
    }, gather);
  }
}
