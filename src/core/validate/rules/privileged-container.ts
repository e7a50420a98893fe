import { containersOf } from './pod-spec.ts';
import { fieldOf, nameOf } from './practice.ts';
import type { Rule } from './rule.ts';

export const privilegedContainer: Rule = {
  id: 'privileged-container',
  severity: 'off',
  title: 'Containers are not privileged',
  check(object) {
    return containersOf(object)
      .filter(({ container }) => fieldOf(container, 'securityContext', 'privileged') === true)
      .map(at => ({
        pointer: [...at.pointer, 'securityContext', 'privileged'],
        message: `Container ${nameOf(at)} is privileged: it can do on the node what root can.`,
      }));
  },
};
