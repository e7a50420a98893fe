import { expect, it } from 'vitest';
import { nearestName } from '../../../src/core/schemas/nearest.ts';

it.each([
  ['imagePulPolicy', ['image', 'imagePullPolicy'], 'imagePullPolicy'],
  ['targetRevisions', ['targetRevision', 'target'], 'targetRevision'],
  ['service', ['ServiceAccount', 'Service'], 'Service'],
  ['lits', ['list', 'limit'], 'list'],
  ['template', ['jobTemplate', 'schedule'], undefined],
  ['x', ['y', 'abc'], 'y'],
  ['', ['a'], 'a'],
  ['same', ['same'], undefined],
])('%s among %j: %s', (name, known, nearest) => {
  expect(nearestName(name, known)).toBe(nearest);
});
