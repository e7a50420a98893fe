import { describe, expect, it } from 'vitest';
import { withFollowUps } from '../../../src/core/validate/judged/follow-up.ts';
import type { Violation } from '../../../src/core/validate/violation.ts';

const error = (rule: string, pointer: Violation['pointer'], message = `${rule}.`): Violation => ({
  rule,
  severity: 'error',
  pointer,
  on: 'value',
  message,
});
const told = (object: object, ...violations: Violation[]) =>
  withFollowUps(object as never, violations).map(({ rule, follows = [] }) => [
    rule,
    ...follows.map(each => each.rule),
  ]);

describe('what only follows from another error', () => {
  it('is told with its cause', () => {
    const pod = {
      spec: {
        containers: [{ volumeMounts: [{ name: 'a' }] }],
        volumes: [{ name: 'a', emptyDir: {}, hostPath: {} }],
      },
    };
    const volume = error('not-allowed', ['spec', 'volumes', 0, 'hostPath']);
    const mount = error('not-found', ['spec', 'containers', 0, 'volumeMounts', 0, 'name']);
    expect(told(pod, mount, volume)).toEqual([['not-allowed', 'not-found']]);
    expect(told(pod, mount)).toEqual([['not-found']]);
  });

  it('is what is missed because a value could not be read', () => {
    const wrong = error('wrong-type', ['spec', 'replicas']);
    expect(told({ spec: { replicas: 'x' } }, wrong, error('refused', ['spec']))).toEqual([
      ['wrong-type', 'refused'],
    ]);
  });

  it('is what the server filled in, under the error nearest to it', () => {
    const node = { metadata: { labels: { a: '*' } }, spec: { podCIDR: 'x' } };
    const label = error('invalid-value', ['metadata', 'labels', 'a']);
    const cidr = error('refused', ['spec', 'podCIDR']);
    const filled = error('invalid-value', ['spec', 'podCIDRs', 0]);
    expect(told(node, label, cidr, filled)).toEqual([
      ['invalid-value'],
      ['refused', 'invalid-value'],
    ]);
  });

  it('never leaves nothing to tell', () => {
    const first = error('invalid-value', ['metadata', 'taints', 0, 'key']);
    const second = error('invalid-value', ['spec', 'podCIDRs', 0]);
    expect(told({ metadata: {}, spec: {} }, first, second)).toHaveLength(2);
  });
});
