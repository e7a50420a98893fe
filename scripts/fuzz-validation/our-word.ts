import { type JsonObject, resourceOf } from '../../src/core/model/resource.ts';
import type { KindType, Schemas } from '../../src/core/schemas/type.ts';
import type { JudgeFinding } from '../../src/core/upstream/judge.ts';
import { mergeVerdicts } from '../../src/core/validate/judged/merge.ts';
import { isEncrypted, placeholderIn } from '../../src/core/validate/placeholders.ts';
import { checkStructure } from '../../src/core/validate/structure/structural.ts';
import type { Violation } from '../../src/core/validate/violation.ts';
import { type Cause, plainField, type Word } from './word.ts';

/** What Driftline says, without a server. */
export interface OurWord extends Word {
  /** What a person is told in the end; undefined where the object is left unchecked. */
  violations?: Violation[];
}

/** The judge's findings in the server's form, and what validation makes of them. */
export function ourWord(
  object: JsonObject,
  findings: readonly JudgeFinding[],
  schemas: Schemas,
): OurWord {
  const resource = resourceOf(object);
  const lookup = resource && schemas.lookup(resource);
  const kind = lookup?.found ? lookup.kind : undefined;
  const told = kind && violationsOf(object, kind, findings);
  const unknown = (kind ? checkStructure(object, kind) : []).filter(isUnknownField);
  const word = judged(findings, unknown);
  return { ...word, ...(told ? { violations: told } : {}) };
}

function isUnknownField({ rule }: Violation): boolean {
  return rule === 'unknown-field';
}

function violationsOf(object: JsonObject, kind: KindType, findings: readonly JudgeFinding[]) {
  if (isEncrypted(object) || placeholderIn(object)) return undefined;
  return mergeVerdicts(object, checkStructure(object, kind), findings, kind.builtin);
}

/** Fields that an older version does not know are OpenAPI's to tell: the judge knows them all. */
function judged(findings: readonly JudgeFinding[], unknown: readonly Violation[]): Word {
  const at = (...steps: JudgeFinding['step'][]) =>
    findings.filter(each => steps.includes(each.step));
  const [unchecked] = at('unchecked');
  const later = findings.filter(({ since }) => since !== undefined);
  const unsure = [...at('suspect'), ...later].map(({ path = '' }) => plainField(path));
  const word = (says: Word['says'], causes: Cause[], rest: Partial<Word> = {}): Word => ({
    says,
    causes,
    warnings: [],
    ...(unsure.length > 0 ? { unsure } : {}),
    ...rest,
  });
  if (unchecked) return word('nothing', [], { reason: unchecked.message });
  const early = [...at('parse', 'decode'), ...at('kind', 'version').filter(isError)];
  if (early.length > 0) return word('refused', early.map(causeOf), { at: 'decoding' });
  const strict = [...at('strict').map(causeOf), ...unknown.map(unknownCause)];
  if (strict.length > 0) return word('refused', distinct(strict), { at: 'strict' });
  const invalid = at('invalid').filter(isError).map(causeOf);
  if (invalid.length > 0) return word('refused', invalid, { at: 'validation' });
  const warnings = findings
    .filter(({ severity, since }) => severity === 'warning' && since === undefined)
    .map(warningCause);
  return word('accepted', [], { warnings });
}

const isError = ({ severity }: JudgeFinding) => severity === 'error';

function causeOf({ path = '', message }: JudgeFinding): Cause {
  return { field: plainField(path), message };
}

function warningCause(finding: JudgeFinding): Cause {
  // The server speaks of a version as a whole.
  return finding.step === 'version' ? { field: '', message: finding.message } : causeOf(finding);
}

function unknownCause({ pointer }: Violation): Cause {
  const field = plainField(
    pointer.map(step => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join(''),
  );
  return { field, message: `unknown field "${field}"` };
}

/** One for each field. */
function distinct(causes: readonly Cause[]): Cause[] {
  return [...new Map(causes.map(cause => [cause.field, cause])).values()];
}

/** True where something wrong has a place within the object. */
export function hasPlace(violations: readonly Violation[]): boolean {
  return violations.some(({ severity, pointer }) => severity === 'error' && pointer.length > 0);
}
