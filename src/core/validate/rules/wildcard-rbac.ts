import { itemsOf } from './practice.ts';
import type { Rule, RuleViolation } from './rule.ts';

const fields = { verbs: 'do everything with', resources: 'touch every resource of' };

export const wildcardRbac: Rule = {
  id: 'wildcard-rbac',
  severity: 'off',
  title: 'Roles name what they allow',
  check(object) {
    if (!/^rbac\.authorization\.k8s\.io\//.test(`${object.apiVersion}`)) return [];
    if (object.kind !== 'Role' && object.kind !== 'ClusterRole') return [];
    return itemsOf(object.rules, ['rules']).flatMap(({ item, pointer }) =>
      Object.entries(fields).flatMap(([field, says]): RuleViolation[] => {
        const list = item[field];
        const at = Array.isArray(list) ? list.indexOf('*') : -1;
        if (at < 0) return [];
        const message = `The role may ${says} what the rule names, now and whatever is added later; list the ${field}.`;
        return [{ pointer: [...pointer, field, at], message }];
      }),
    );
  },
};
