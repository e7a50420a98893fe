import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import { valueAt } from '../value.ts';
import { containersOf } from './pod-spec.ts';
import type { Rule } from './rule.ts';

/** The kubelet refuses to start a container as root that must not run as root; the API server takes it. */
export const runAsRoot: Rule = {
  id: 'run-as-root',
  severity: 'warning',
  title: 'Containers that must not run as root have another user',
  check(object) {
    return containersOf(object).flatMap(({ container, pointer }) => {
      const pod = valueAt(object, pointer.slice(0, -2));
      const own = settingOf(container, 'runAsUser');
      const user = own ?? settingOf(pod, 'runAsUser');
      const nonRoot = settingOf(container, 'runAsNonRoot') ?? settingOf(pod, 'runAsNonRoot');
      if (user !== 0 || nonRoot !== true) return [];
      const place = own === undefined ? pointer.slice(0, -2) : pointer;
      return [
        {
          pointer: [...place, 'securityContext', 'runAsUser'],
          message: `runAsUser 0 is root, and runAsNonRoot forbids it: container ${container.name} will not start.`,
        },
      ];
    });
  },
};

function settingOf(holder: Json | undefined, name: string): Json | undefined {
  const context: Json | undefined = isObject(holder) ? holder.securityContext : undefined;
  const value = isObject(context) ? (context as JsonObject)[name] : undefined;
  return value ?? undefined;
}
