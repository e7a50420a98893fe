import type { JsonObject } from '../../model/resource.ts';
import type { JudgeFinding } from '../../upstream/judge.ts';
import { isSame, isWithin, type Violation } from '../violation.ts';
import { withFollowUps } from './follow-up.ts';
import { violationsOf } from './judged.ts';

/**
 * What both layers say of one object, each thing once: of what both found the structural words stay, as
 * they have the place; what Kubernetes' OpenAPI calls required or lists as the only values is dropped
 * where the judge, who runs the server's own code, accepts it (`settles`); what only follows from another
 * error stands under that one.
 */
export function mergeVerdicts(
  object: JsonObject,
  structural: readonly Violation[],
  findings: readonly JudgeFinding[],
  settles: boolean,
): Violation[] {
  const judged = findings.flatMap(finding => violationsOf(object, finding));
  const complete = !findings.some(({ step }) => stopsEarly.has(step));
  const kept = structural.filter(
    violation =>
      !settles ||
      !complete ||
      !openQuestion.has(violation.rule) ||
      judged.some(
        other => other.severity === 'error' && isWithin(other.pointer, violation.pointer),
      ),
  );
  const added: Violation[] = [];
  for (const violation of judged)
    if (!isKnown(violation, kept) && !isKnown(violation, added)) added.push(violation);
  return withFollowUps(object, [...kept, ...added]);
}

/** Steps at which the server, or the judge, does not go on to validate. */
const stopsEarly = new Set<JudgeFinding['step']>(['decode', 'parse', 'unchecked']);

/** Where OpenAPI and the Go types' enums say more than the server asks for. */
const openQuestion = new Set(['missing-required', 'bad-enum']);

function isKnown(violation: Violation, known: readonly Violation[]): boolean {
  const { rule, pointer } = violation;
  return known.some(other => {
    if (rule === 'missing-required' && other.rule === rule) return isWithin(pointer, other.pointer);
    return isSame(other.pointer, pointer);
  });
}
