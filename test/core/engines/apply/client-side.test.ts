import { expect, it } from 'vitest';
import { inOrder } from '../../../../src/core/engines/apply/apply.ts';
import { adoptEntries } from '../../../../src/core/engines/apply/client-side.ts';

const edited = {
  manager: 'kubectl-edit',
  operation: 'Update',
  fieldsV1: { 'f:data': { 'f:x': {} } },
};
const scaled = { manager: 'kubectl-client-side-apply', operation: 'Update', subresource: 'scale' };
const applied = {
  manager: 'kubectl-client-side-apply',
  operation: 'Update',
  time: '2026-11-21T14:00:26Z',
  fieldsV1: {
    'f:metadata': {
      'f:annotations': { '.': {}, 'f:kubectl.kubernetes.io/last-applied-configuration': {} },
    },
    'f:data': { '.': {}, 'f:a': {} },
  },
};

it('what client-side apply wrote becomes part of what server-side apply wrote, and nothing else does', () => {
  const own = { manager: 'kubectl', operation: 'Apply', fieldsV1: { 'f:data': { 'f:b': {} } } };
  const entries = [edited, applied, scaled, own];
  expect(adoptEntries(entries, 'kubectl-client-side-apply', 'kubectl')).toEqual([
    edited,
    scaled,
    {
      manager: 'kubectl',
      operation: 'Apply',
      time: '2026-11-21T14:00:26Z',
      fieldsV1: {
        'f:metadata': { 'f:annotations': { '.': {} } },
        'f:data': { '.': {}, 'f:a': {}, 'f:b': {} },
      },
    },
  ]);
  expect(
    adoptEntries([edited, scaled, own], 'kubectl-client-side-apply', 'kubectl'),
  ).toBeUndefined();
});

it('namespaces and definitions come first, the others as they were rendered', () => {
  const resource = (group: string, kind: string, name: string) => ({
    resource: { group, version: 'v1', kind, namespace: '', name },
  });
  const objects = [
    resource('apps', 'Deployment', 'web'),
    resource('apiextensions.k8s.io', 'CustomResourceDefinition', 'gears'),
    resource('', 'ConfigMap', 'settings'),
    resource('', 'Namespace', 'shop'),
  ];
  const names = inOrder(objects).map(({ resource: { name } }) => name);
  expect(names).toEqual(['shop', 'gears', 'web', 'settings']);
});
