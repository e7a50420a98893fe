import { containersOf, podSpecOf } from './pod-spec.ts';
import { fieldOf, nameOf, securityOf } from './practice.ts';
import type { Rule } from './rule.ts';

/** Nothing keeps the image's own user, which mostly is root. */
export const mayRunAsRoot: Rule = {
  id: 'may-run-as-root',
  severity: 'off',
  title: 'Containers do not run as root',
  check(object) {
    const pod = podSpecOf(object);
    if (!pod || fieldOf(pod.spec, 'os', 'name') === 'windows') return [];
    return containersOf(object)
      .filter(({ container }) => {
        const user = securityOf(container, pod.spec, 'runAsUser');
        const isOther = typeof user === 'number' && user > 0;
        return securityOf(container, pod.spec, 'runAsNonRoot') !== true && !isOther;
      })
      .map(at => ({
        pointer: [...at.pointer, 'securityContext', 'runAsNonRoot'],
        on: 'key',
        message: `Container ${nameOf(at)} may run as root; set runAsNonRoot to true.`,
      }));
  },
};
