import { deepStrictEqual } from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';

/** A test that runs inside the extension host, where only VS Code's own API is to be had. */
export interface InsideTest {
  name: string;
  run(): Promise<void>;
}

export interface InsideResult {
  name: string;
  milliseconds: number;
  error?: string;
}

/** Asks again until there is an answer; fails with `what` after 30 s. */
export async function eventually<Value>(
  what: string,
  ask: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value> {
  const end = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`waited 30 s for ${what}`);
    await wait(50);
  }
}

/** Asks again until the answer is the one expected; fails with the difference to the last after 30 s. */
export async function eventuallyEqual<Value>(
  expected: Value,
  ask: () => Value | Promise<Value>,
): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    try {
      deepStrictEqual(answer, expected);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await wait(50);
  }
}
