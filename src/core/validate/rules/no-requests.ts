import { containersOf, podSpecOf } from './pod-spec.ts';
import { fieldOf, nameOf } from './practice.ts';
import type { Rule } from './rule.ts';

/** Limits count as requests where those are absent; resources of the whole pod count for its containers. */
export const noRequests: Rule = {
  id: 'no-requests',
  severity: 'off',
  title: 'Containers say how much CPU and memory they need',
  check(object) {
    const pod = podSpecOf(object)?.spec;
    return containersOf(object).flatMap(at => {
      const has = (name: string) =>
        [at.container, pod].some(
          holder =>
            fieldOf(holder, 'resources', 'requests', name) !== undefined ||
            fieldOf(holder, 'resources', 'limits', name) !== undefined,
        );
      const missing = ['cpu', 'memory'].filter(name => !has(name));
      if (missing.length === 0) return [];
      const message = `Container ${nameOf(at)} requests no ${missing.join(' and no ')}, so the scheduler does not know what it needs.`;
      return [{ pointer: [...at.pointer, 'resources'], on: 'key', message }];
    });
  },
};
