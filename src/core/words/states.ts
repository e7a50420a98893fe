import type { DriftResult, DriftState } from '../model/drift.ts';

/** How each state is spoken, in the order in which it is shown: the worst first. */
export const stateWords: Record<DriftState, string> = {
  invalid: 'invalid',
  drifted: 'drifted',
  missing: 'missing',
  suspect: 'perhaps drifted',
  'prune-candidate': 'to be pruned',
  orphan: 'orphaned',
  untracked: 'untracked',
  terminating: 'terminating',
  unknown: 'not checked',
  skipped: 'skipped',
  synced: 'in sync',
};

/** All states, the worst first. */
export const states = Object.keys(stateWords) as DriftState[];

export type Counts = Record<DriftState, number>;

export function noCounts(): Counts {
  return Object.fromEntries(states.map(state => [state, 0])) as Counts;
}

/**
 * How many objects of each state. `unknown` also counts what never became an object (a chart that did
 * not render), so that no sum of an environment looks greener than it is.
 */
export function countStates(
  parts: readonly { results: readonly { state: DriftState }[]; notChecked: readonly unknown[] }[],
): Counts {
  const counts = noCounts();
  for (const { results, notChecked } of parts) {
    for (const { state } of results) counts[state]++;
    counts.unknown += notChecked.length;
  }
  return counts;
}

/** `3 drifted`, `1 missing`, in the given order; states that share a word are counted together. */
export function countWords(counts: Counts, order: readonly DriftState[]): string[] {
  const words = Map.groupBy(order, state => stateWords[state]);
  return [...words].flatMap(([word, sharing]) => {
    const count = sharing.reduce((sum, state) => sum + counts[state], 0);
    return count > 0 ? [`${count} ${word}`] : [];
  });
}

/** What people count first comes first; in sync and skipped go without saying. */
export const countedStates: readonly DriftState[] = [
  'drifted',
  'missing',
  'invalid',
  'suspect',
  'prune-candidate',
  'orphan',
  'untracked',
  'terminating',
  'unknown',
];

/** States in which the next apply would change the cluster, or could not. */
export const driftStates: readonly DriftState[] = [
  'invalid',
  'drifted',
  'missing',
  'prune-candidate',
];
export const openStates: readonly DriftState[] = ['suspect', 'unknown'];

/** True when the next apply would change what runs, or could not; what its owner keeps stays. */
export function isDrift({ state, kept }: Pick<DriftResult, 'state' | 'kept'>): boolean {
  return driftStates.includes(state) && kept !== true;
}

/** True for what must not pass as checked. */
export function isOpen(state: DriftState): boolean {
  return openStates.includes(state);
}

/** The state as people understand it: what its owner leaves alone is not to be pruned. */
export function shownState({ state, kept }: Pick<DriftResult, 'state' | 'kept'>): DriftState {
  return state === 'prune-candidate' && kept ? 'orphan' : state;
}

/** As `countStates`, by the states as people understand them. */
export function countShown(
  parts: readonly {
    results: readonly Pick<DriftResult, 'state' | 'kept'>[];
    notChecked: readonly unknown[];
  }[],
): Counts {
  return countStates(
    parts.map(({ results, notChecked }) => ({
      results: results.map(result => ({ state: shownState(result) })),
      notChecked,
    })),
  );
}

/** `1 object`, `2 objects`. */
export function quantity(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
