import type { DriftPath, IgnoreRule } from '../../model/drift.ts';
import { parsePath, type Step } from '../../model/path.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { Open } from '../begin.ts';
import { anyType } from '../typed-path.ts';
import { type Cover, coverOf, type Hiding, hidings, reach } from './ignore.ts';

/** A path with the rule that hides all (`hidden`) or a part (`inside`) of what differs there. */
export interface Judged {
  path: DriftPath;
  cover: Cover;
  hiding?: Hiding;
  /** What the rules name at the path and in it. */
  inside: Step[][];
}

/**
 * True where Flux counts list items: it does so in what the apply makes of the object, where items that others added
 * stand between those of the manifest.
 */
export function countsInPredicted(rules: readonly IgnoreRule[]): boolean {
  return rules.some(
    ({ matching, pointers }) =>
      matching === 'regex' && pointers.some(pointer => /\/[+-]?\d+(\/|$)/.test(pointer)),
  );
}

/** What the object's ignore rules say about each path; `predicted` is what the apply makes of the object. */
export function judgePaths(
  open: Open,
  paths: readonly DriftPath[],
  predicted?: JsonObject,
): Judged[] {
  const side = predicted && countsInPredicted(open.rules) ? predicted : open.desired;
  const found = hidings(open.rules, side, open.live, open.type ?? anyType);
  return paths.map(path => {
    const steps = parsePath(path.path);
    const near = found.all.filter(hiding => reach(hiding, steps) !== 'no');
    const inside = near.flatMap(hiding => hiding.paths.flat());
    return { path, inside, ...coverOf(path, found, open.live) };
  });
}

/**
 * Paths to take from live before asking again: where a rule covers only a part of a value that is
 * compared whole, or where a refusal may be about what is hidden. None when one answer is enough.
 */
export function pathsToAdopt(judged: readonly Judged[], refused: boolean): Step[][] {
  return judged
    .filter(({ cover }) => cover === 'inside' || (refused && cover === 'hidden'))
    .flatMap(({ inside }) => inside);
}

/** A rule of the object that is not understood, as one sentence. */
export function unclearRule(open: Open): string | undefined {
  const { all } = hidings(open.rules, open.desired, open.live, open.type ?? anyType);
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
