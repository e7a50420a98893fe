import type { DryRunReply } from '../../cluster/cluster.ts';
import { denialOf, failedWebhook, isConversionOfOldEntry, isUnreadable } from './messages.ts';

const first = 30_000;
const longest = 10 * 60_000;

/** Kinds whose dry-runs fail now, each left alone for a while that doubles (drift.md 3.5). */
export class Failing {
  readonly #scopes = new Map<string, { until: number; times: number; reason: string }>();

  /** Why the scope is not asked now. */
  reason(scope: string, now = Date.now()): string | undefined {
    const known = this.#scopes.get(scope);
    return known && now < known.until ? known.reason : undefined;
  }

  failed(scope: string, reason: string, now = Date.now()): void {
    const known = this.#scopes.get(scope);
    // Those under way when the first of them failed are the same failure.
    if (known && now < known.until) return;
    const times = (known?.times ?? 0) + 1;
    const until = now + Math.min(longest, first * 2 ** (times - 1));
    this.#scopes.set(scope, { until, times, reason });
  }

  answered(scope: string): void {
    this.#scopes.delete(scope);
  }

  /** When the next scope may be asked again. */
  nextEnd(now = Date.now()): number | undefined {
    const ends = [...this.#scopes.values()].map(({ until }) => until).filter(end => end > now);
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  clear(): void {
    this.#scopes.clear();
  }
}

/** True for a failure that is not about the object: a webhook, the server or the way to it. */
export function isPassing({ status, reason }: Extract<DryRunReply, { ok: false }>): boolean {
  if (denialOf(status, reason) !== undefined || isUnreadable(reason)) return false;
  if (isConversionOfOldEntry(reason)) return false;
  return status === 0 || status === 429 || status >= 500 || failedWebhook(reason) !== undefined;
}
