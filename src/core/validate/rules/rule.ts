import type { Severity } from '../../model/finding.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { Violation } from '../violation.ts';

/** A check of our own on one final object: what an API server lets pass and what then breaks. No I/O. */
export interface Rule {
  id: string;
  severity: Severity;
  title: string;
  /** Violations without rule and severity, which are the rule's. */
  check(object: JsonObject): RuleViolation[];
}

export type RuleViolation = Omit<Violation, 'rule' | 'severity' | 'on'>;
