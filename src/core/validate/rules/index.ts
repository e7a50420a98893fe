import type { JsonObject } from '../../model/resource.ts';
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

/** What the rules find in a final object. */
export function checkRules(object: JsonObject): Violation[] {
  return rules.flatMap(({ id, severity, check }) =>
    check(object).map(violation => ({ ...violation, rule: id, severity, on: 'value' as const })),
  );
}
