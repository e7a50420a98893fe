import { fieldOf } from './practice.ts';
import type { Rule } from './rule.ts';

/** Only where it is said: what names no namespace gets its own from who applies it. */
export const defaultNamespace: Rule = {
  id: 'default-namespace',
  severity: 'off',
  placed: true,
  title: 'Objects have a namespace of their own',
  check(object) {
    // This Service is the API server's own.
    if (object.kind === 'Service' && fieldOf(object, 'metadata', 'name') === 'kubernetes')
      return [];
    if (fieldOf(object, 'metadata', 'namespace') !== 'default') return [];
    const message = `${object.kind} ${fieldOf(object, 'metadata', 'name')} is in the namespace default, which has no owner and no policies of its own.`;
    return [{ pointer: ['metadata', 'namespace'], message }];
  },
};
