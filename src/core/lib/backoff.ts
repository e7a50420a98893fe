/**
 * Milliseconds to wait before attempt `attempt` (0 is the first repetition): doubles from `base` up to
 * `max`, then a random half of it is taken off, so that many clients do not come back together.
 */
export function backoffDelay(
  attempt: number,
  { base = 500, max = 30_000 }: { base?: number; max?: number } = {},
  random: () => number = Math.random,
): number {
  const full = Math.min(max, base * 2 ** Math.min(attempt, 30));
  return Math.round(full * (0.5 + random() / 2));
}

/** Waits; resolves early, without an error, when the signal is aborted. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done, { once: true });
  });
}
