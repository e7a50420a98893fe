import { containersOf, podSpecOf } from './pod-spec.ts';
import { fieldOf, nameOf } from './practice.ts';
import type { Rule } from './rule.ts';

/** As the restricted Pod Security Standard asks; Windows has no such thing. */
export const privilegeEscalation: Rule = {
  id: 'privilege-escalation',
  severity: 'off',
  title: 'Containers cannot gain more privileges',
  check(object) {
    if (fieldOf(podSpecOf(object)?.spec, 'os', 'name') === 'windows') return [];
    return containersOf(object)
      .filter(
        ({ container }) =>
          fieldOf(container, 'securityContext', 'allowPrivilegeEscalation') !== false,
      )
      .map(at => ({
        pointer: [...at.pointer, 'securityContext', 'allowPrivilegeEscalation'],
        on: 'key',
        message: `Container ${nameOf(at)} may gain more privileges than it starts with; set allowPrivilegeEscalation to false.`,
      }));
  },
};
