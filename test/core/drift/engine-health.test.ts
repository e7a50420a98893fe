import { describe, expect, it } from 'vitest';
import { reportedHealth } from '../../../src/core/drift/engine-health.ts';
import type { JsonObject } from '../../../src/core/model/resource.ts';

const widget: JsonObject = {
  apiVersion: 't.io/v2',
  kind: 'Widget',
  metadata: {
    name: 'w',
    namespace: 'shop',
    creationTimestamp: '2026-03-04T08:00:00Z',
    managedFields: [
      { manager: 'a', operation: 'Update', time: '2026-03-04T08:30:00Z' },
      { manager: 'b', operation: 'Apply', time: '2026-03-04T08:10:00Z' },
    ],
  },
};
const entry = { group: 't.io', version: 'v1', kind: 'Widget', namespace: 'shop', name: 'w' };
const application = (reconciledAt: string, ...resources: JsonObject[]): JsonObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  status: { reconciledAt, resources },
});
const health = { status: 'Degraded', message: 'it is on fire' };

describe('the health that Argo CD keeps of each object', () => {
  const after = '2026-03-04T08:31:00Z';

  it('is that of the object, whatever its version, where Argo CD looked after its last change', () => {
    expect(reportedHealth(application(after, { ...entry, health }), widget)).toEqual({
      status: 'Degraded',
      reason: 'It is on fire.',
    });
  });

  it.each<[string, JsonObject | undefined]>([
    [
      'that was looked at before the change',
      application('2026-03-04T08:30:00Z', { ...entry, health }),
    ],
    ['of another name', application(after, { ...entry, name: 'v', health })],
    ['of another namespace', application(after, { ...entry, namespace: 'other', health })],
    ['of another group', application(after, { ...entry, group: 'u.io', health })],
    ['without a word', application(after, entry)],
    ['with a word that nobody knows', application(after, { ...entry, health: { status: 'Fine' } })],
    ['of no Application', undefined],
    [
      'of another kind of engine',
      { ...application(after, { ...entry, health }), kind: 'Kustomization' },
    ],
    ['that was never looked at', { ...application('', { ...entry, health }) }],
  ])('is not that of an object %s', (_, said) =>
    expect(reportedHealth(said, widget)).toBeUndefined(),
  );
});
