import type { JsonObject } from '../../model/resource.ts';
import type { RuleLevel } from '../../model/validation-policy.ts';
import type { Violation } from '../violation.ts';
import { invalidImage } from './invalid-image.ts';
import { nodePortRange } from './node-port-range.ts';
import { probePortName } from './probe-port-name.ts';
import type { Rule } from './rule.ts';
import { runAsRoot } from './run-as-root.ts';
import { serverSideFields } from './server-fields.ts';

/** All rules of our own: to add one, write its file and add it here. */
export const rules: readonly Rule[] = [
  invalidImage,
  nodePortRange,
  probePortName,
  runAsRoot,
  serverSideFields,
];

/** What the rules find in a final object: those that are on, by default or by their level. */
export function checkRules(
  object: JsonObject,
  levels: ReadonlyMap<string, RuleLevel> = new Map(),
): Violation[] {
  return rules.flatMap(({ id, severity, check }) =>
    isOn(severity, levels.get(id))
      ? check(object).map(violation => ({
          ...{ on: 'value' as const, ...violation },
          ...{ rule: id, severity: severity === 'off' ? ('information' as const) : severity },
        }))
      : [],
  );
}

/** What is switched off is still looked for, so that it can be counted. */
export function isOn(severity: RuleLevel, level: RuleLevel | undefined): boolean {
  return severity !== 'off' || (level !== undefined && level !== 'off');
}
