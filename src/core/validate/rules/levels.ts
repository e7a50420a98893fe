import type { RuleLevel } from '../../model/validation-policy.ts';

/** What is switched off is still looked for, so that it can be counted; what is off by default is not. */
export function isOn(severity: RuleLevel, level: RuleLevel | undefined): boolean {
  return severity !== 'off' || (level !== undefined && level !== 'off');
}
