import { fieldOf } from './practice.ts';
import type { Rule } from './rule.ts';

export const ingressWithoutTls: Rule = {
  id: 'ingress-without-tls',
  severity: 'off',
  title: 'Ingresses have TLS',
  check(object) {
    if (object.kind !== 'Ingress' || object.apiVersion !== 'networking.k8s.io/v1') return [];
    const tls = fieldOf(object, 'spec', 'tls');
    if (Array.isArray(tls) && tls.length > 0) return [];
    const message = 'The Ingress has no TLS, so what it serves is sent in the clear.';
    return [{ pointer: ['spec', 'tls'], on: 'key', message }];
  },
};
