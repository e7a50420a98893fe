import { messageOf } from '../lib/errors.ts';
import type { DriftResult } from '../model/drift.ts';
import { type ApplyVerdict, type Judge, judgeVersion } from '../upstream/judge.ts';
import { begin, type Open } from './begin.ts';
import {
  type Answered,
  answered,
  conclude,
  secondLook,
  suspicion,
  unchanged,
  withoutJudge,
} from './conclude.ts';
import { adoptPaths } from './ignore/adopt.ts';
import { countsInPredicted } from './ignore/hide.ts';
import type { CompareOptions, DriftInput } from './input.ts';
import { anyType } from './typed-path.ts';
import { unknownField } from './unknown-field.ts';

/**
 * Compares objects with what runs: for each, what the next apply by its owner would change
 * (drift.md 0.1). Most are settled by the proof of no change; the rest is asked of the judge in one
 * batch, and once more where an ignore rule covers a part of a value. Results stand in the order of
 * the inputs. Rejects only when aborted.
 */
export async function compareObjects(
  inputs: readonly DriftInput[],
  options: CompareOptions,
): Promise<DriftResult[]> {
  const begun = await Promise.all(inputs.map(input => begin(input, options.schemas)));
  const open = begun.flatMap(each => ('open' in each && !each.proven ? [each.open] : []));
  const concluded = await judgeAll(open, options);
  return begun.map(each => {
    if ('settled' in each) return each.settled;
    return concluded.get(each.open) ?? unchanged(each.open);
  });
}

async function judgeAll(
  open: readonly Open[],
  options: CompareOptions,
): Promise<Map<Open, DriftResult>> {
  const { judge } = options;
  const typed = open.filter(each => each.type !== undefined);
  const results = new Map(
    open
      .filter(each => each.type === undefined)
      .map(each => [each, suspicion(each, each.noType ?? 'There is no schema for its kind.')]),
  );
  try {
    if (!judge) throw new Error('no judge is available here');
    const first = await ask(typed, judge, options);
    const again = first.filter(answer => secondLook(answer).length > 0);
    const second = await ask(again.map(withIgnoredAsLive), judge, options);
    for (const answer of first) {
      const other = second[again.indexOf(answer)];
      results.set(answer.open, conclude(answer, other));
    }
  } catch (error) {
    if (options.signal?.aborted) throw error;
    for (const each of typed)
      if (!results.has(each)) results.set(each, withoutJudge(each, messageOf(error)));
  }
  return results;
}

function withIgnoredAsLive(answer: Answered): Open {
  const { open } = answer;
  const desired = adoptPaths(open.desired, open.live, open.type ?? anyType, secondLook(answer));
  return { ...open, desired };
}

async function ask(
  open: readonly Open[],
  judge: Pick<Judge, 'apply'>,
  { target, schemas: { customTypes }, signal }: CompareOptions,
): Promise<Answered[]> {
  if (open.length === 0) return [];
  const questions = open.map(({ desired, live, profile, input, rules }) => ({
    ...profile,
    desired,
    live,
    ...(input.previous === undefined ? {} : { previous: input.previous }),
    ...(countsInPredicted(rules) ? { wantPredicted: true } : {}),
  }));
  const verdicts = await judge.apply(questions, { target, customTypes }, signal);
  return open.map((each, index) =>
    answered(each, doubted(each, verdicts[index] ?? noAnswer, target)),
  );
}

/**
 * An answer that rests on a field which the cluster's Kubernetes does not know yet is a guess: the judge
 * has the types of its own version only.
 */
function doubted({ desired, type }: Open, verdict: ApplyVerdict, target: string): ApplyVerdict {
  if (
    minorOf(target) >= minorOf(judgeVersion) ||
    !type?.ref ||
    verdict.suspect !== undefined ||
    verdict.unchecked !== undefined
  )
    return verdict;
  const field = unknownField(desired, type);
  // What even the judge's version does not know is refused by both.
  if (field === undefined || verdict.refused?.message.includes('not declared in schema'))
    return verdict;
  return { ...verdict, suspect: `Kubernetes ${target} does not know ${field}` };
}

function minorOf(version: string): number {
  return Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? Number.POSITIVE_INFINITY);
}

const noAnswer: ApplyVerdict = { equal: false, changes: [], unchecked: 'no answer' };
