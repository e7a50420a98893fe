import { describe, expect, it } from 'vitest';
import {
  permitsDestination,
  permitsSource,
  refusingList,
} from '../../../src/core/validate/argocd/projects.ts';

describe('an AppProject', () => {
  it.each([
    [['*'], 'git@git.example.com:a/b.git', true],
    [['https://git.example.com/*'], 'https://git.example.com/a/b.git', false],
    [['https://git.example.com/**'], 'https://git.example.com/a/b.git', true],
    [['ssh://git@git.example.com/a/b'], 'git@git.example.com:a/B.git', true],
    [['*', '!https://git.example.com/a/b'], 'https://git.example.com/a/b.git', false],
    [[], 'https://git.example.com/a', false],
  ])('%j allows %s: %s', (patterns, url, allowed) => {
    expect(permitsSource(patterns, url)).toBe(allowed);
  });

  const here = { server: 'https://kubernetes.default.svc', name: 'in-cluster' };
  it.each([
    [[{ server: here.server, namespace: 'web-*' }], here, 'web-a', true],
    [[{ server: here.server, namespace: 'web-*' }], here, 'shop', false],
    [[{ name: 'in-cluster', namespace: '*' }], here, 'shop', true],
    [[{ name: 'edge', namespace: '*' }], { server: 'https://edge.example.com' }, 'shop', undefined],
    [[{ name: 'edge', namespace: 'web' }], { server: 'https://edge.example.com' }, 'shop', false],
    [
      [
        { server: '*', namespace: '*' },
        { server: '*', namespace: '!shop' },
      ],
      here,
      'shop',
      false,
    ],
  ])('%j allows %j %s: %s', (destinations, cluster, namespace, allowed) => {
    expect(permitsDestination(destinations, cluster, namespace)).toBe(allowed);
  });

  it('lets kinds without namespaces be deployed only where it lists them', () => {
    const role = { group: 'rbac.authorization.k8s.io', version: 'v1', namespace: '', name: 'a' };
    const clusterRole = { ...role, kind: 'ClusterRole' };
    const all = { spec: { clusterResourceWhitelist: [{ group: '*', kind: '*' }] } };
    expect(refusingList({ spec: {} }, clusterRole)).toBe('clusterResourceWhitelist');
    expect(refusingList(all, clusterRole)).toBeUndefined();
    const pod = { group: '', version: 'v1', kind: 'Pod', namespace: 'web', name: 'a' };
    const without = { spec: { namespaceResourceBlacklist: [{ group: '', kind: 'Pod' }] } };
    expect(refusingList({ spec: {} }, pod)).toBeUndefined();
    expect(refusingList(without, pod)).toBe('namespaceResourceBlacklist');
  });
});
