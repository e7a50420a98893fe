import { mainContainersOf, podSpecOf } from './pod-spec.ts';
import { fieldOf, nameOf } from './practice.ts';
import type { Rule } from './rule.ts';

export const noMemoryLimit: Rule = {
  id: 'no-memory-limit',
  severity: 'off',
  title: 'Containers have a limit of memory',
  check(object) {
    const pod = podSpecOf(object)?.spec;
    if (fieldOf(pod, 'resources', 'limits', 'memory') !== undefined) return [];
    return mainContainersOf(object).flatMap(at => {
      if (fieldOf(at.container, 'resources', 'limits', 'memory') !== undefined) return [];
      const message = `Container ${nameOf(at)} has no limit of memory, so it may take that of its neighbours on the node.`;
      return [{ pointer: [...at.pointer, 'resources'], on: 'key', message }];
    });
  },
};
