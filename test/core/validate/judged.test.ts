import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/model/resource.ts';
import type { JudgeFinding } from '../../../src/core/upstream/judge.ts';
import { violationsOf } from '../../../src/core/validate/judged/judged.ts';
import { mergeVerdicts } from '../../../src/core/validate/judged/merge.ts';
import type { Violation } from '../../../src/core/validate/violation.ts';

const finding = (path: string, type: string, message: string): JudgeFinding => ({
  step: 'invalid',
  path,
  type,
  message,
  severity: 'error',
});

const pod: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', labels: { a: 'x y', b: 'fine' } },
  spec: { restartPolicy: 'never', containers: [{ name: 'c', ports: [{ hostPort: 80 }] }] },
};

const messageOf = (object: JsonObject, judged: JudgeFinding) =>
  violationsOf(object, judged).map(({ rule, message }) => `${rule}: ${message}`);

describe('a verdict in words', () => {
  it.each([
    [
      finding(
        '.spec.restartPolicy',
        'FieldValueNotSupported',
        'Unsupported value: "never": supported values: "Always", "OnFailure", "Never"',
      ),
      'bad-enum: spec.restartPolicy must be Always, OnFailure or Never, not "never"; did you mean Never?',
    ],
    [
      finding(
        '.spec.restartPolicy',
        'FieldValueRequired',
        'Required value: valid values: "OnFailure", "Never"',
      ),
      'bad-enum: spec.restartPolicy must be OnFailure or Never, not "never"; did you mean Never?',
    ],
    [
      finding('.spec.containers[0].image', 'FieldValueRequired', 'Required value'),
      'missing-required: image is required in containers[0].',
    ],
    [
      finding('.spec.template.spec.containers', 'FieldValueRequired', 'Required value'),
      'missing-required: template.spec.containers is required in spec.',
    ],
    [
      finding(
        '.spec.containers[0].ports[0].hostPort',
        'FieldValueDuplicate',
        'Duplicate value: "80"',
      ),
      'duplicate-value: ports[0].hostPort 80 is set twice.',
    ],
    [
      finding('.spec.containers[0].name', 'FieldValueForbidden', 'Forbidden: not now'),
      'not-allowed: containers[0].name is not allowed: not now.',
    ],
    [
      finding('.spec.containers[0].name', 'FieldValueNotFound', 'Not found: "c"'),
      'not-found: containers[0].name names "c", which does not exist.',
    ],
    [
      finding(
        '.spec.containers[0]',
        'FieldValueInvalid',
        'Invalid value: {"name":"c","x":"}: no"}: must be better',
      ),
      'invalid-value: containers[0] is not valid: must be better.',
    ],
  ])('%#', (judged, message) => {
    expect(messageOf(pod, judged)).toEqual([message]);
  });

  it('puts what is said of a map on the value that is meant', () => {
    const label = 'a valid label must be an empty string or so';
    const judged = finding('.metadata.labels', 'FieldValueInvalid', `Invalid value: …: ${label}`);
    expect(violationsOf(pod, judged).map(({ pointer }) => pointer)).toEqual([
      ['metadata', 'labels', 'a'],
    ]);
  });

  it('does not repeat what flags, gates and the server itself decide', () => {
    const port = finding('.spec.healthCheckNodePort', 'FieldValueRequired', 'Required value');
    expect(messageOf({ kind: 'Service' }, port)).toEqual([]);
    const needless = finding(port.path ?? '', 'FieldValueInvalid', 'Invalid value: 3: may only be');
    const written = { kind: 'Service', spec: { healthCheckNodePort: 3 } };
    expect(messageOf(written, needless)).toHaveLength(1);
  });

  it('warns of what only later versions refuse', () => {
    const later = { ...finding('.spec.x', 'FieldValueRequired', 'Required value'), since: '1.34' };
    const [violation] = violationsOf(pod, { ...later, severity: 'warning' });
    expect(violation?.severity).toBe('warning');
    expect(violation?.message).toMatch(/is required.*; Kubernetes 1\.34 and later refuse it\.$/);
  });

  it('calls deprecations information', () => {
    const warning = (message: string): JudgeFinding => ({
      step: 'warning',
      message,
      severity: 'warning',
    });
    const severity = (message: string) => violationsOf(pod, warning(message))[0]?.severity;
    expect(severity('deprecated since v1.19; use x instead')).toBe('information');
    expect(severity('hides previous definition of "A"')).toBe('warning');
  });

  it('keeps the values of Secrets to itself', () => {
    const secret = { kind: 'Secret', stringData: { k: 'hunter2' } };
    const judged = finding('.data.k', 'FieldValueInvalid', 'Invalid value: "hunter2": too weak');
    expect(violationsOf(secret, judged)[0]).toMatchObject({
      pointer: ['stringData', 'k'],
      message: 'stringData.k is not valid: too weak.',
    });
  });
});

describe('both layers', () => {
  const violation = (rule: string, ...pointer: (string | number)[]): Violation => ({
    rule,
    severity: 'error',
    pointer,
    on: 'value',
    message: `${rule} by structure.`,
  });
  const required = (path: string) => finding(path, 'FieldValueRequired', 'Required value');
  const merged = (structural: Violation[], judged: JudgeFinding[], settles = true) =>
    mergeVerdicts(pod, structural, judged, settles).map(({ message }) => message);

  it('say the same thing once, in the words of the structure', () => {
    const structural = [violation('missing-required', 'spec', 'containers', 0, 'image')];
    expect(merged(structural, [required('.spec.containers[0].image')])).toEqual([
      'missing-required by structure.',
    ]);
  });

  it('leave it to the judge what is required of Kubernetes’ own kinds', () => {
    const structural = [violation('missing-required', 'spec', 'containers', 0, 'image')];
    expect(merged(structural, [])).toEqual([]);
    expect(merged(structural, [], false)).toHaveLength(1);
  });

  it('keep what is required when the judge could not read the object', () => {
    const structural = [violation('missing-required', 'metadata', 'x')];
    const decode: JudgeFinding = {
      step: 'decode',
      path: '.spec.a',
      message: 'must be b',
      severity: 'error',
    };
    expect(merged(structural, [decode])).toContain('missing-required by structure.');
  });

  it('leave out what a value that cannot be read brings about', () => {
    const structural = [violation('wrong-type', 'spec', 'containers')];
    expect(merged(structural, [required('.spec.containers')])).toEqual([
      'wrong-type by structure.',
    ]);
  });

  it('leave out what is said of a value that the server filled in from another one', () => {
    const value = 'Invalid value: 70000: must be between 1 and 65535, inclusive';
    const judged = [
      finding('.spec.containers[0].ports[0].hostPort', 'FieldValueInvalid', value),
      finding('.spec.containers[0].ports[0].filled', 'FieldValueInvalid', value),
    ];
    expect(merged([], judged)).toEqual([
      'ports[0].hostPort 70000 is not valid: must be between 1 and 65535, inclusive.',
    ]);
  });
});
