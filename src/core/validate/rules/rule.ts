import type { JsonObject } from '../../model/resource.ts';
import type { RuleLevel } from '../../model/validation-policy.ts';
import type { Violation } from '../violation.ts';

/** A check of our own on one final object: what an API server lets pass and what then breaks. No I/O. */
export interface Rule {
  id: string;
  /** `off`: only looked for where driftline.yaml gives it another level. */
  severity: RuleLevel;
  title: string;
  /** It looks at the namespace, which must be that of an environment. */
  placed?: true;
  /** Violations without rule and severity, which are the rule's. */
  check(object: JsonObject): RuleViolation[];
}

export type RuleViolation = Omit<Violation, 'rule' | 'severity' | 'on'> &
  Partial<Pick<Violation, 'on'>>;
