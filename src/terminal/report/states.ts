import type { DriftReport, EnvironmentDrift } from '../../core/actions/reports.ts';
import type { DriftResult, DriftState } from '../../core/model/drift.ts';
import {
  countedStates,
  countShown,
  countStates,
  countWords,
  isDrift,
  openStates,
  quantity,
  shownState,
  stateWords,
} from '../../core/words/states.ts';
import type { Style } from '../style.ts';

const colours: Record<DriftState, keyof Style> = {
  invalid: 'red',
  drifted: 'yellow',
  missing: 'red',
  suspect: 'yellow',
  'prune-candidate': 'yellow',
  orphan: 'cyan',
  untracked: 'cyan',
  terminating: 'cyan',
  unknown: 'cyan',
  skipped: 'dim',
  synced: 'green',
};

/** How the state of a result is spoken and coloured. */
export function spokenOf(result: Pick<DriftResult, 'state' | 'kept'>) {
  return spoken(shownState(result));
}

/** How a state is spoken and coloured. */
export function spoken(state: DriftState): { word: string; colour: keyof Style } {
  return { word: stateWords[state], colour: colours[state] };
}

/** What a report amounts to, for the exit code: drift wins over what was not checked. */
export function driftOutcome(report: DriftReport): 'drift' | 'not-checked' | 'in-sync' {
  const counts = countStates(report.environments);
  if (report.environments.some(({ results }) => results.some(isDrift))) return 'drift';
  return openStates.some(state => counts[state] > 0) ? 'not-checked' : 'in-sync';
}

/** The line that scripts and tired people read: `3 drifted, 1 missing in 2 environments · 47 objects · 0.31 s`. */
export function driftTotals({ environments, elapsedMs }: DriftReport): string {
  const counts = countShown(environments);
  const said = countWords(counts, countedStates);
  const objects = environments.reduce((sum, environment) => sum + objectCount(environment), 0);
  const summary = said.length > 0 ? said.join(', ') : objects > 0 ? 'all in sync' : 'no objects';
  const where = quantity(environments.length, 'environment');
  return `${summary} in ${where} · ${quantity(objects, 'object')} · ${elapsed(elapsedMs)}`;
}

function objectCount({ results, notChecked }: EnvironmentDrift): number {
  return results.length + notChecked.filter(({ object }) => object !== undefined).length;
}

/** Seconds with two digits, minutes from 100 seconds on. */
export function elapsed(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  return seconds < 100 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}
