import { podSpecOf } from './pod-spec.ts';
import type { Rule } from './rule.ts';

const fields = { hostNetwork: 'network', hostPID: 'processes', hostIPC: 'IPC' };

export const hostNamespaces: Rule = {
  id: 'host-namespaces',
  severity: 'off',
  title: 'Pods do not share namespaces of the node',
  check(object) {
    const pod = podSpecOf(object);
    return Object.entries(fields).flatMap(([field, what]) =>
      pod?.spec[field] === true
        ? [
            {
              pointer: [...pod.pointer, field],
              message: `${field}: the pod shares the ${what} of its node.`,
            },
          ]
        : [],
    );
  },
};
