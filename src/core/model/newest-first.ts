/**
 * The same, what happened last before what happened earlier, by RFC 3339 times of one form; without a time last. Not by
 * `localeCompare`, which takes milliseconds to begin.
 */
export function newestFirst<T extends { time?: string }>(entries: readonly T[]): T[] {
  const time = (entry: T) => entry.time ?? '';
  return [...entries].sort((a, b) => (time(a) < time(b) ? 1 : time(a) > time(b) ? -1 : 0));
}
