import type { DriftPath, IgnoreRule } from '../../model/drift.ts';
import type { Step } from '../../model/path.ts';
import type { Open } from '../begin.ts';
import { anyType } from '../typed-path.ts';
import { covers, type Hiding, hidings } from './ignore.ts';

/** A path with the rule that hides all (`hidden`) or a part (`inside`) of what differs there. */
export interface Judged {
  path: DriftPath;
  cover: 'hidden' | 'inside' | 'no';
  hiding?: Hiding;
}

/** What the object's ignore rules say about each path. */
export function judgePaths(open: Open, paths: readonly DriftPath[]): Judged[] {
  const all = hidings(open.rules, open.desired, open.live, open.type ?? anyType);
  return paths.map(path => {
    for (const cover of ['hidden', 'inside'] as const) {
      const hiding = all.find(rule => covers(rule, path, open.live) === cover);
      if (hiding) return { path, cover, hiding };
    }
    return { path, cover: 'no' };
  });
}

/**
 * Paths to take from live before asking again: where a rule covers only a part of a value that is
 * compared whole, or where a refusal may be about what is hidden. None when one answer is enough.
 */
export function pathsToAdopt(judged: readonly Judged[], refused: boolean): Step[][] {
  return judged
    .filter(({ cover }) => cover === 'inside' || (refused && cover === 'hidden'))
    .flatMap(({ hiding }) => hiding?.paths ?? []);
}

/** A rule of the object that is not understood, as one sentence. */
export function unclearRule(open: Open): string | undefined {
  const all = hidings(open.rules, open.desired, open.live, open.type ?? anyType);
  for (const { rule, unclear } of all) {
    const text = rule.unclear ?? unclear[0];
    if (text !== undefined)
      return `The ignore rule of ${rule.origin} is not understood (${text}), so this difference may be meant by it.`;
  }
  return undefined;
}

/** `2 paths ignored by driftline.yaml:7`, so that nothing vanishes silently. */
export function hiddenNotes(judged: readonly Judged[]): string[] {
  const counts = new Map<IgnoreRule, number>();
  for (const { hiding } of judged)
    if (hiding) counts.set(hiding.rule, (counts.get(hiding.rule) ?? 0) + 1);
  return [...counts].map(
    ([rule, count]) => `${count} ${count === 1 ? 'path' : 'paths'} ignored by ${rule.origin}`,
  );
}
