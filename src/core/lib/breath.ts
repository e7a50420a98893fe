import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds of work after which what waits (answers of servers, a person's keys) gets its turn. */
const longestTurn = 2;

/** Lets long work pause where it is: `if (breath.isDue) await breath.take()`. */
export class Breath {
  #since = performance.now();

  get isDue(): boolean {
    return performance.now() - this.#since > longestTurn;
  }

  /** Resolves when what waited had its turn. */
  async take(): Promise<void> {
    await nextTurn();
    this.#since = performance.now();
  }
}
