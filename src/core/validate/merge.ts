import type { Pointer } from '../model/path.ts';
import type { JsonObject } from '../model/resource.ts';
import type { JudgeFinding } from '../upstream/judge.ts';
import { violationsOf } from './judged.ts';
import { valueAt } from './value.ts';
import type { Violation } from './violation.ts';

/**
 * What both layers say of one object, each thing once: of what both found the structural words stay, as
 * they have the place; what Kubernetes' OpenAPI calls required or lists as the only values is dropped
 * where the judge, who runs the server's own code, accepts it (`settles`); what only follows from another
 * error is left out.
 */
export function mergeVerdicts(
  object: JsonObject,
  structural: readonly Violation[],
  findings: readonly JudgeFinding[],
  settles: boolean,
): Violation[] {
  const judged = findings.flatMap(finding => violationsOf(object, finding));
  const complete = !findings.some(({ step }) => step === 'decode' || step === 'parse');
  const kept = structural.filter(
    violation =>
      !settles ||
      !complete ||
      !openQuestion.has(violation.rule) ||
      judged.some(other => isWithin(other.pointer, violation.pointer)),
  );
  const added: Violation[] = [];
  for (const violation of judged)
    if (!isKnown(violation, kept) && !isKnown(violation, added)) added.push(violation);
  const all = [...kept, ...added];
  return all.filter(violation => !isFollowUp(violation, all, object));
}

/** Where OpenAPI and the Go types' enums say more than the server asks for. */
const openQuestion = new Set(['missing-required', 'bad-enum']);

/** What the server meets while decoding, before it validates. */
const decoding = new Set(['wrong-type', 'bad-quantity', 'bad-format', 'bad-range']);

function isKnown(violation: Violation, known: readonly Violation[]): boolean {
  const { rule, pointer } = violation;
  return known.some(other => {
    if (rule === 'missing-required' && other.rule === rule) return isWithin(pointer, other.pointer);
    return isSame(other.pointer, pointer);
  });
}

/** True for what would be gone if another violation were: it only names the gap that one tears. */
function isFollowUp(violation: Violation, all: readonly Violation[], object: JsonObject): boolean {
  const errors = all.filter(other => other !== violation && other.severity === 'error');
  const { rule, pointer } = violation;
  // The server filled the value in from another one: what is wrong with that is reported there.
  const isFilledIn = rule !== 'missing-required' && valueAt(object, pointer) === undefined;
  if (isFilledIn && errors.length > 0) return true;
  return errors.some(other => {
    if (decoding.has(other.rule) && isLostWith(violation, other)) return true;
    if (
      violation.message.includes('the labels of the template') ||
      violation.message.includes('template `labels`')
    )
      return other.pointer.slice(0, 2).join('/') === 'spec/selector';
    return (
      rule === 'not-found' && pointer.includes('volumeMounts') && other.pointer.includes('volumes')
    );
  });
}

/** A value that could not be read is left out before validation, which then misses it. */
function isLostWith(violation: Violation, unreadable: Violation): boolean {
  if (decoding.has(violation.rule) || violation.rule === 'unknown-field') return false;
  const { pointer } = violation;
  return isWithin(pointer, unreadable.pointer) || isWithin(unreadable.pointer, pointer);
}

/** True when `pointer` is `parent` or lies below it. */
function isWithin(pointer: Readonly<Pointer>, parent: Readonly<Pointer>): boolean {
  return parent.every((step, index) => step === pointer[index]);
}

function isSame(a: Readonly<Pointer>, b: Readonly<Pointer>): boolean {
  return a.length === b.length && isWithin(a, b);
}
