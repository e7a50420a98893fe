import { describe, expect, it } from 'vitest';
import type { ApiResource } from '../../../../src/core/cluster/cluster.ts';
import {
  policyMutations,
  webhookMutations,
} from '../../../../src/core/drift/server/admission/configurations.ts';
import {
  isShownTo,
  labelsMatch,
  type Written,
} from '../../../../src/core/drift/server/admission/match.ts';
import type { JsonObject } from '../../../../src/core/model/resource.ts';

const type = (group: string, kind: string, resource: string, namespaced = true): ApiResource => ({
  group,
  version: 'v1',
  kind,
  resource,
  namespaced,
  verbs: ['patch'],
});
const deployments = type('apps', 'Deployment', 'deployments');
const namespaces = type('', 'Namespace', 'namespaces', false);
const roles = type('rbac.authorization.k8s.io', 'ClusterRole', 'clusterroles', false);

const written = (
  of: ApiResource,
  labels: JsonObject = {},
  more: Partial<Written> = {},
): Written => ({
  type: of,
  name: 'web',
  live: { metadata: { labels } },
  desired: { metadata: {} },
  namespaceLabels: { team: 'a' },
  ...more,
});

const rule = (more: object = {}) => ({
  operations: ['UPDATE'],
  apiGroups: ['apps'],
  apiVersions: ['v1'],
  resources: ['deployments'],
  ...more,
});

function webhook(more: object, about: Written): boolean {
  const [mutation] = webhookMutations([
    { webhooks: [{ name: 'w', rules: [rule()], sideEffects: 'None', ...more }] },
  ]);
  if (!mutation) throw new Error('no webhook');
  return isShownTo(mutation, about);
}

describe('an object is shown to a webhook', () => {
  const web = written(deployments);
  it.each([
    ['whose rule names it', { rules: [rule()] }, true],
    ['whose rule names all', { rules: [rule({ apiGroups: ['*'], resources: ['*'] })] }, true],
    ['whose rule names all with subresources', { rules: [rule({ resources: ['*/*'] })] }, true],
    ['not by a rule of another group', { rules: [rule({ apiGroups: [''] })] }, false],
    ['not by a rule of another resource', { rules: [rule({ resources: ['pods'] })] }, false],
    [
      'not by a rule of a subresource',
      { rules: [rule({ resources: ['deployments/scale'] })] },
      false,
    ],
    ['not when only creation is', { rules: [rule({ operations: ['CREATE'] })] }, false],
    ['when all operations are', { rules: [rule({ operations: ['*'] })] }, true],
    ['not in another scope', { rules: [rule({ scope: 'Cluster' })] }, false],
    ['in its own scope', { rules: [rule({ scope: 'Namespaced' })] }, true],
    [
      'in another version that is the same type',
      { rules: [rule({ apiVersions: ['v1beta1'] })] },
      true,
    ],
    [
      'not in another version where that must be exact',
      { rules: [rule({ apiVersions: ['v1beta1'] })], matchPolicy: 'Exact' },
      false,
    ],
    ['with conditions that nobody here can tell', { matchConditions: [{ name: 'c' }] }, true],
    ['whose namespace matches', { namespaceSelector: { matchLabels: { team: 'a' } } }, true],
    ['not whose namespace does not', { namespaceSelector: { matchLabels: { team: 'b' } } }, false],
    [
      'not without the label that is asked for',
      { objectSelector: { matchLabels: { x: 'y' } } },
      false,
    ],
  ])('%s', (_, more, shown) => {
    expect(webhook(more, web)).toBe(shown);
  });

  it('when its labels match as it runs or as it is declared', () => {
    const more = { objectSelector: { matchLabels: { inject: 'yes' } } };
    expect(webhook(more, written(deployments, { inject: 'yes' }))).toBe(true);
    const desired = { metadata: { labels: { inject: 'yes' } } };
    expect(webhook(more, written(deployments, {}, { desired }))).toBe(true);
  });

  it('when its namespace may not be read', () => {
    const more = { namespaceSelector: { matchLabels: { team: 'b' } } };
    expect(webhook(more, written(deployments, {}, { namespaceLabels: undefined }))).toBe(true);
  });

  it('outside of namespaces whatever namespaces are selected, and as a namespace by its own labels', () => {
    const rules = [rule({ apiGroups: ['*'], resources: ['*'] })];
    const more = { rules, namespaceSelector: { matchLabels: { team: 'b' } } };
    expect(webhook(more, written(roles))).toBe(true);
    expect(webhook(more, written(namespaces, { team: 'b' }))).toBe(true);
    expect(webhook(more, written(namespaces, { team: 'a' }))).toBe(false);
  });

  it('never when it is the server’s own admission', () => {
    const rules = [rule({ apiGroups: ['*'], resources: ['*'] })];
    const own = type(
      'admissionregistration.k8s.io',
      'MutatingWebhookConfiguration',
      'mutatingwebhookconfigurations',
      false,
    );
    expect(webhook({ rules }, written(own))).toBe(false);
  });
});

describe('an object is shown to a policy', () => {
  const policy = (match: object) => ({
    metadata: { name: 'p' },
    spec: { matchConstraints: { resourceRules: [rule()], ...match } },
  });
  const binding = (more: object = {}) => ({
    metadata: { name: 'b' },
    spec: { policyName: 'p', ...more },
  });
  const shown = (match: object, bound: object = {}) => {
    const [mutation] = policyMutations([policy(match)], [binding(bound)]);
    return mutation !== undefined && isShownTo(mutation, written(deployments));
  };

  it('that a binding brings into force, and no other', () => {
    expect(shown({})).toBe(true);
    expect(policyMutations([policy({})], [])).toEqual([]);
    expect(policyMutations([], [binding()])).toEqual([]);
  });

  it('unless one of both leaves it out', () => {
    expect(shown({ excludeResourceRules: [rule()] })).toBe(false);
    expect(shown({}, { matchResources: { excludeResourceRules: [rule()] } })).toBe(false);
    expect(
      shown({}, { matchResources: { namespaceSelector: { matchLabels: { team: 'b' } } } }),
    ).toBe(false);
    expect(shown({}, { matchResources: { namespaceSelector: {} } })).toBe(true);
  });

  it('by name where names are said', () => {
    expect(shown({ resourceRules: [rule({ resourceNames: ['web'] })] })).toBe(true);
    expect(shown({ resourceRules: [rule({ resourceNames: ['other'] })] })).toBe(false);
  });
});

describe('a label selector', () => {
  const expression = (operator: string, values?: string[]) => ({
    matchExpressions: [{ key: 'a', operator, ...(values ? { values } : {}) }],
  });
  it.each([
    ['nothing', {}, true, true],
    ['a label', { matchLabels: { a: '1' } }, true, false],
    ['one of', expression('In', ['1', '2']), true, false],
    ['none of', expression('NotIn', ['1']), false, true],
    ['any', expression('Exists'), true, false],
    ['absent', expression('DoesNotExist'), false, true],
  ])('of %s', (_, selector, withLabel, without) => {
    expect(labelsMatch(selector, { a: '1' })).toBe(withLabel);
    expect(labelsMatch(selector, {})).toBe(without);
    expect(labelsMatch({ matchLabels: { constructor: 'x' } }, {})).toBe(false);
  });
});
