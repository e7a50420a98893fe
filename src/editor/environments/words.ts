import type { ApplicationState, EnvironmentState } from '../../core/live/state.ts';
import type { DriftState } from '../../core/model/drift.ts';
import { shortRevision } from '../../core/words/names.ts';
import { asOf } from '../../core/words/stale.ts';
import {
  type Counts,
  countedStates,
  countWords,
  driftStates,
  isDrift,
  stateWords,
} from '../../core/words/states.ts';

/** `3 drifted, 1 missing`; `in sync` only where everything was checked. */
export function countsText(counts: Counts): string {
  const words = countWords(counts, countedStates);
  if (words.length > 0) return words.join(', ');
  return counts.synced > 0 ? stateWords.synced : 'no objects';
}

/** The worst state that an environment or an application holds; what its owner keeps does not count. */
export function worstState(counts: Counts, applications: readonly ApplicationState[]): DriftState {
  const drift = drifts(applications) ? driftStates : [];
  const order: DriftState[] = [...drift, 'suspect', 'unknown', 'terminating'];
  return order.find(state => counts[state] > 0) ?? (counts.synced > 0 ? 'synced' : 'unknown');
}

/** True when the next apply would change what runs. */
export function drifts(applications: readonly ApplicationState[]): boolean {
  return applications.some(({ objects }) => objects.some(isDrift));
}

/** What an environment's comparison came to, and as of when where that is not now; or why there is none. */
export function environmentWords(environment: EnvironmentState, now: Date): string {
  const { phase, reason, cluster, counts, stale } = environment;
  if (phase === 'compared') return asOf(stale, countsText(counts), now);
  if (phase === 'waiting') return 'comparing…';
  if (cluster.kind === 'none') return 'no cluster chosen';
  return `not checked: ${reason ?? 'the reason is in the log'}`;
}

/** `main@9f8e7d6`, or the revision alone. */
export function revisionText(revision: string, branch: string | undefined): string {
  // Chart versions carry the commit they were packed from: `0.4.0+5912cc0e37c5`.
  const [short = revision] = shortRevision(revision).split('+');
  return branch === undefined || shortRevision(revision) === revision
    ? short
    : `${branch}@${short}`;
}
