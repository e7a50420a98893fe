import type { DriftReport, EnvironmentDrift } from '../../core/actions/reports.ts';
import type { DriftResult, DriftState } from '../../core/model/drift.ts';
import type { Style } from '../style.ts';

interface Spoken {
  word: string;
  colour: keyof Style;
}

/** How each state is spoken and coloured, in the order in which reports list them: the worst first. */
export const spoken: Record<DriftState, Spoken> = {
  invalid: { word: 'invalid', colour: 'red' },
  drifted: { word: 'drifted', colour: 'yellow' },
  missing: { word: 'missing', colour: 'red' },
  suspect: { word: 'perhaps drifted', colour: 'yellow' },
  'prune-candidate': { word: 'orphaned', colour: 'yellow' },
  orphan: { word: 'orphaned', colour: 'cyan' },
  untracked: { word: 'untracked', colour: 'cyan' },
  terminating: { word: 'terminating', colour: 'cyan' },
  unknown: { word: 'not checked', colour: 'cyan' },
  skipped: { word: 'skipped', colour: 'dim' },
  synced: { word: 'in sync', colour: 'green' },
};

export const states = Object.keys(spoken) as DriftState[];

export type Counts = Record<DriftState, number>;

/**
 * How many objects of each state. `unknown` also counts what never became an object (a chart that did
 * not render), so that no sum of an environment looks greener than it is.
 */
export function countStates(environments: readonly EnvironmentDrift[]): Counts {
  const counts = Object.fromEntries(states.map(state => [state, 0])) as Counts;
  for (const { results, notChecked } of environments) {
    for (const { state } of results) counts[state]++;
    counts.unknown += notChecked.length;
  }
  return counts;
}

/** `3 drifted`, `1 missing`, in the given order; states that share a word are counted together. */
export function countWords(counts: Counts, order: readonly DriftState[]): string[] {
  const words = Map.groupBy(order, state => spoken[state].word);
  return [...words].flatMap(([word, sharing]) => {
    const count = sharing.reduce((sum, state) => sum + counts[state], 0);
    return count > 0 ? [`${count} ${word}`] : [];
  });
}

/** States in which the next apply would change the cluster, or could not. */
const driftStates: readonly DriftState[] = ['invalid', 'drifted', 'missing', 'prune-candidate'];
const openStates: readonly DriftState[] = ['suspect', 'unknown'];

/** What a report amounts to, for the exit code: drift wins over what was not checked. */
export function driftOutcome(report: DriftReport): 'drift' | 'not-checked' | 'in-sync' {
  const counts = countStates(report.environments);
  if (report.environments.some(({ results }) => results.some(isDrift))) return 'drift';
  return openStates.some(state => counts[state] > 0) ? 'not-checked' : 'in-sync';
}

/** True when the next apply would change what runs, or could not; what its owner keeps stays. */
export function isDrift({ state, kept }: Pick<DriftResult, 'state' | 'kept'>): boolean {
  return driftStates.includes(state) && kept !== true;
}

/** True for what a report must not let pass as checked. */
export function isOpen(state: DriftState): boolean {
  return openStates.includes(state);
}

/** The line that scripts and tired people read: `3 drifted, 1 missing in 2 environments · 47 objects · 0.31 s`. */
export function driftTotals({ environments, elapsedMs }: DriftReport): string {
  const counts = countStates(environments);
  const said = countWords(counts, totalled);
  const objects = environments.reduce((sum, environment) => sum + objectCount(environment), 0);
  const summary = said.length > 0 ? said.join(', ') : objects > 0 ? 'all in sync' : 'no objects';
  const where = quantity(environments.length, 'environment');
  return `${summary} in ${where} · ${quantity(objects, 'object')} · ${elapsed(elapsedMs)}`;
}

function objectCount({ results, notChecked }: EnvironmentDrift): number {
  return results.length + notChecked.filter(({ object }) => object !== undefined).length;
}

/** What people count first comes first; in sync and skipped go without saying. */
const totalled: readonly DriftState[] = [
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

/** `1 object`, `2 objects`. */
export function quantity(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Seconds with two digits, minutes from 100 seconds on. */
export function elapsed(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  return seconds < 100 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}
