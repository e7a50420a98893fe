import { asOf } from '../../core/words/stale.ts';
import { type Counts, countWords, noCounts, quantity, states } from '../../core/words/states.ts';
import type { WorkspaceState } from '../../lsp/protocol.ts';
import { drifts, environmentWords, worstState } from './words.ts';

/** The number on the view's icon: what drifted or is missing, and in how many environments. */
export function badgeOf(state: WorkspaceState): { value: number; tooltip: string } | undefined {
  const drifting = state.environments.filter(({ counts }) => counts.drifted + counts.missing > 0);
  const total = noCounts();
  for (const { counts } of drifting) for (const key of states) total[key] += counts[key];
  const value = total.drifted + total.missing;
  if (value === 0) return undefined;
  const words = countWords(total, ['drifted', 'missing']).join(', ');
  return { value, tooltip: `${words} in ${quantity(drifting.length, 'environment')}` };
}

export interface StatusText {
  text: string;
  /** What a screen reader says. */
  spoken: string;
  /** One line per environment. */
  lines: { name: string; words: string }[];
}

/** The status bar's words: what drifts; else what was not checked; else a check mark. Undefined outside repositories. */
export function statusOf(state: WorkspaceState, now = new Date()): StatusText | undefined {
  if (state.kind !== 'ready' || state.environments.length === 0) return undefined;
  const { icon, words } = asKnown(summary(state), state, now);
  return {
    text: `$(${icon}) ${words}`,
    spoken: `Driftline: ${words}`,
    lines: state.environments.map(environment => ({
      name: environment.name,
      words: environmentWords(environment, now),
    })),
  };
}

/** What some cluster said earlier is never shown as if it were so now: no check mark, and since when. */
function asKnown(
  { icon, words }: { icon: string; words: string },
  { environments }: WorkspaceState,
  now: Date,
): { icon: string; words: string } {
  const stale = environments.flatMap(({ stale }) => stale ?? []);
  const [first] = stale.sort((a, b) => a.since.localeCompare(b.since));
  if (first === undefined) return { icon, words };
  return { icon: icon === 'check' ? 'history' : icon, words: asOf(first, words, now) };
}

function summary({ environments, unresolved }: WorkspaceState): { icon: string; words: string } {
  const all = quantity(environments.length, 'environment');
  const compared = environments.filter(({ phase }) => phase === 'compared');
  const drifting = compared.filter(({ applications }) => drifts(applications));
  const [first] = drifting;
  if (first !== undefined) {
    const icon = 'git-compare';
    if (drifting.length === 1) return { icon, words: `${first.name}: ${driftText(first.counts)}` };
    const total = noCounts();
    for (const { counts } of drifting) for (const key of states) total[key] += counts[key];
    const where = quantity(drifting.length, 'environment');
    return { icon, words: `${driftText(total)} in ${where}` };
  }
  if (environments.some(({ phase }) => phase === 'waiting')) {
    return { icon: 'loading~spin', words: all };
  }
  const unsure = environments.filter(
    ({ phase, counts, applications }) =>
      phase !== 'compared' || worstState(counts, applications) !== 'synced',
  ).length;
  const which = unsure === environments.length ? all : `${unsure} of ${all}`;
  if (unsure > 0) return { icon: 'question', words: `${which} not checked` };
  if (unresolved.length === 0) return { icon: 'check', words: all };
  return { icon: 'question', words: `${all}, ${unresolved.length} not checked` };
}

function driftText(counts: Counts): string {
  return countWords(counts, ['drifted', 'missing', 'invalid', 'prune-candidate']).join(', ');
}
