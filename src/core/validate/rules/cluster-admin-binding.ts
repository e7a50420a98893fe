import { fieldOf } from './practice.ts';
import type { Rule } from './rule.ts';

export const clusterAdminBinding: Rule = {
  id: 'cluster-admin-binding',
  severity: 'off',
  title: 'Nobody is bound to cluster-admin',
  check(object) {
    const isBinding = object.kind === 'ClusterRoleBinding' || object.kind === 'RoleBinding';
    if (!isBinding || fieldOf(object, 'roleRef', 'name') !== 'cluster-admin') return [];
    const where = object.kind === 'RoleBinding' ? 'in this namespace' : 'in the whole cluster';
    const message = `The subjects may do everything ${where}; bind them to a role of what they need.`;
    return [{ pointer: ['roleRef', 'name'], message }];
  },
};
