import { podSpecOf } from './pod-spec.ts';
import { itemsOf } from './practice.ts';
import type { Rule } from './rule.ts';

export const hostPath: Rule = {
  id: 'host-path',
  severity: 'off',
  title: 'Pods mount no folders of the node',
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return itemsOf(pod.spec.volumes, [...pod.pointer, 'volumes'])
      .filter(({ item }) => item.hostPath !== undefined && item.hostPath !== null)
      .map(({ item, pointer }) => ({
        pointer: [...pointer, 'hostPath'],
        on: 'key',
        message: `Volume ${item.name} is a folder of the node, which outlives the pod and is another one on each node.`,
      }));
  },
};
