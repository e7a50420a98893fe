import { messageOf } from '../lib/errors.ts';
import type { KindType, Schemas } from '../schemas/type.ts';
import type { JudgeFinding } from '../upstream/judge.ts';
import type { Checks } from './checks.ts';
import { mergeVerdicts } from './judged/merge.ts';
import { isEncrypted, placeholderIn } from './placeholders.ts';
import type { Subject } from './places/subject.ts';
import { asOfRelease } from './release.ts';
import { checkRules } from './rules/index.ts';
import { checkStructure } from './structure/structural.ts';
import type { Violation } from './violation.ts';

/** An object that will be applied as it is; an incomplete one perhaps not. */
export interface Final {
  subject: Subject;
  /** The types that it is checked by. */
  schemas: Schemas;
  incomplete: boolean;
  /** Rendered for no environment, so that the namespace of a chart's release is made up. */
  unplaced?: boolean;
}

/** Checks complete objects by structure, our rules and the judge. Gives the number that have a type. */
export async function checkFinals(checks: Checks, finals: readonly Final[]): Promise<number> {
  let count = 0;
  for (const [schemas, alike] of Map.groupBy(finals, final => final.schemas)) {
    const known = alike.flatMap(final => {
      const kind = checks.kindOf(final.subject, schemas);
      return kind ? [{ ...final, kind }] : [];
    });
    const complete = known.filter(({ incomplete }) => !incomplete).map(({ subject }) => subject);
    // The judge is a process of its own: meanwhile the structure is checked here.
    const judging = judgeAll(checks, complete, schemas);
    const structural = known.map(({ subject, kind, incomplete }) =>
      checkStructure(subject.object, kind, { partial: incomplete }),
    );
    const verdicts = await judging;
    for (const [at, final] of known.entries())
      checkFinal(checks, final, structural[at] ?? [], verdicts.get(final.subject));
    count += known.length;
  }
  return count;
}

function checkFinal(
  checks: Checks,
  { subject, kind, incomplete: partial, unplaced }: Final & { kind: KindType },
  structural: readonly Violation[],
  verdict: readonly JudgeFinding[] | undefined,
): void {
  const { object } = subject;
  const { levels } = checks.input;
  for (const { step, message } of verdict ?? [])
    if (step === 'unchecked' || step === 'suspect') checks.skip(subject, message);
  const all = verdict ? mergeVerdicts(object, structural, verdict, kind.builtin) : structural;
  checks.report(subject, [
    ...asOfRelease(all, kind),
    ...checkRules(object, { levels, partial, unplaced }),
  ]);
}

/** The judge's findings of each object that can be judged; says why the others are not. */
async function judgeAll(
  checks: Checks,
  subjects: readonly Subject[],
  schemas: Schemas,
): Promise<Map<Subject, JudgeFinding[]>> {
  const { input, notChecked } = checks;
  const { version: target } = schemas;
  const customTypes = schemas.judgedTypes();
  const judgeable = subjects.filter(subject => isJudgeable(checks, subject));
  if (judgeable.length === 0) return new Map();
  if (input.judge === undefined) {
    notChecked.add({ reason: 'the judge is not there, so only the structure was checked' });
    return new Map();
  }
  // An object that several environments render alike is judged once.
  const alike = [...Map.groupBy(judgeable, ({ object }) => JSON.stringify(object)).values()];
  try {
    const objects = alike.flatMap(group => group.slice(0, 1).map(({ object }) => object));
    const answers = await input.judge.validate(objects, { target, customTypes }, input.signal);
    return new Map(
      alike.flatMap((group, index) =>
        group.map((subject): [Subject, JudgeFinding[]] => [subject, answers[index] ?? []]),
      ),
    );
  } catch (error) {
    if (input.signal?.aborted) throw error;
    notChecked.add({ reason: `only the structure was checked: ${messageOf(error)}` });
    return new Map();
  }
}

function isJudgeable(checks: Checks, subject: Subject): boolean {
  const { object } = subject;
  if (isEncrypted(object))
    checks.skip(subject, 'only the structure was checked: SOPS encrypted it');
  else if (placeholderIn(object))
    checks.skip(subject, 'only the structure was checked: another tool fills in its placeholders');
  else return true;
  return false;
}
