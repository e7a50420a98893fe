import { podSpecOf } from './pod-spec.ts';
import type { Rule } from './rule.ts';

/** Of the default ServiceAccount only: who names another one wants to ask the API server. */
export const tokenMount: Rule = {
  id: 'token-mount',
  severity: 'off',
  title: 'Pods get no token that they do not need',
  check(object) {
    const pod = podSpecOf(object);
    if (!pod || pod.spec.automountServiceAccountToken === false) return [];
    const account = pod.spec.serviceAccountName ?? pod.spec.serviceAccount ?? 'default';
    if (account !== 'default') return [];
    const message =
      'The pod gets a token of the default ServiceAccount; set automountServiceAccountToken to false, or name an account of its own.';
    return [{ pointer: [...pod.pointer, 'automountServiceAccountToken'], on: 'key', message }];
  },
};
