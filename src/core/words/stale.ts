import type { Stale } from '../model/drift.ts';
import { clockText } from './age.ts';

/** `as of 12:03`, by the clock of whoever reads it; with the day where it is not today. */
export function asOfText({ since }: Stale, now: Date): string {
  return `as of ${clockText(since, now)}`;
}

/** `as of 12:03: 3 drifted`; the words alone where they are of now. */
export function asOf(stale: Stale | undefined, words: string, now: Date): string {
  return stale === undefined ? words : `${asOfText(stale, now)}: ${words}`;
}

/** `as of 12:03, the server does not answer`: why it is not of now; empty where it is. */
export function staleText(stale: Stale | undefined, now: Date): string {
  return stale === undefined ? '' : `${asOfText(stale, now)}, ${stale.reason}`;
}
