import { textAt } from '../../model/fields.ts';
import type { RelatedPlace, Severity } from '../../model/finding.ts';
import type { Pointer } from '../../model/path.ts';
import type { PolicyDecision } from '../../upstream/judge.ts';
import type { Checks } from '../checks.ts';
import type { Subject } from '../places/subject.ts';
import { valueAt } from '../value.ts';
import { sentence } from '../violation.ts';

const severities: Record<NonNullable<PolicyDecision['action']>, Severity> = {
  Deny: 'error',
  Warn: 'warning',
  Audit: 'information',
};

const verbs: Record<NonNullable<PolicyDecision['action']>, string> = {
  Deny: 'refuses this',
  Warn: 'warns of this',
  Audit: 'records this',
};

/** Tells a decision on the field that it is evidently about, with the validation as the other place. */
export function report(
  checks: Checks,
  subject: Subject,
  decision: PolicyDecision,
  policies: readonly Subject[],
): void {
  const { policy, binding, action, message = '', unchecked, validation } = decision;
  if (action === undefined) {
    checks.skip(subject, `the policy ${policy} was not asked: ${unchecked ?? 'nobody knows why'}`);
    return;
  }
  const by = binding === undefined ? policy : `${policy} (binding ${binding})`;
  const said = policyOf(policies, policy);
  const expression = said && valueAt(said.object, validationAt(validation));
  const pointer = fieldOf(subject, typeof expression === 'string' ? expression : '');
  const { finding, how } = subject.locate({
    rule: 'admission-policy',
    severity: severities[action],
    pointer,
    on: 'value',
    message: sentence(`The policy ${by} ${verbs[action]}: ${message}`),
  });
  const place = pointer.length === 0 ? firstLine(subject) : {};
  const related = said ? [relatedPlace(said, validation)] : [];
  checks.findings.add(
    { ...finding, ...place, related: [...(finding.related ?? []), ...related] },
    pointer.length === 0 ? 'exact' : how,
  );
}

function firstLine({ place: { file, line, column } }: Subject) {
  return { file, line, column, endLine: line, endColumn: column + 1 };
}

function policyOf(policies: readonly Subject[], name: string): Subject | undefined {
  return policies.find(
    ({ object }) =>
      object.kind === 'ValidatingAdmissionPolicy' && textAt(object, 'metadata', 'name') === name,
  );
}

function relatedPlace(policy: Subject, validation: number | undefined): RelatedPlace {
  const { file, line, column, endLine, endColumn } = policy.locate({
    rule: 'admission-policy',
    severity: 'information',
    pointer: validationAt(validation),
    on: 'value',
    message: '',
  }).finding;
  const message =
    validation === undefined ? 'The policy.' : 'The validation that it does not pass.';
  return { file, line, column, endLine, endColumn, message };
}

function validationAt(index: number | undefined): Pointer {
  return index === undefined ? ['metadata', 'name'] : ['spec', 'validations', index, 'expression'];
}

/** The first field of the object that the expression names, as deep as the object has it; empty for none. */
function fieldOf({ object }: Subject, expression: string): Pointer {
  const [, path] = /(?:^|[^\w.])object((?:\.\??[A-Za-z_]\w*(?!\w*\())+)/.exec(expression) ?? [];
  const pointer: Pointer = [];
  for (const step of (path ?? '').split('.').filter(each => each !== '')) {
    const next = [...pointer, step.replace('?', '')];
    if (valueAt(object, next) === undefined) break;
    pointer.push(step.replace('?', ''));
  }
  // The object or its metadata as a whole is no place.
  return pointer.length > 1 ? pointer : [];
}
