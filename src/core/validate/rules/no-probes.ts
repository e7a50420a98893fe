import { mainContainersOf } from './pod-spec.ts';
import { nameOf } from './practice.ts';
import type { Rule } from './rule.ts';

const servers = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);
const probes = ['readinessProbe', 'livenessProbe'];

/** Of what runs for long, a container without any probe; what ends by itself needs none. */
export const noProbes: Rule = {
  id: 'no-probes',
  severity: 'off',
  title: 'Containers of servers have a probe',
  check(object) {
    if (!servers.has(`${object.kind}`)) return [];
    return mainContainersOf(object)
      .filter(({ container }) => probes.every(probe => container[probe] === undefined))
      .map(at => ({
        pointer: [...at.pointer, 'readinessProbe'],
        on: 'key',
        message: `Container ${nameOf(at)} has neither a readinessProbe nor a livenessProbe, so nobody sees when it does not answer.`,
      }));
  },
};
