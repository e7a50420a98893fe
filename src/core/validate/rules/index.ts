import type { JsonObject } from '../../model/resource.ts';
import type { RuleLevel } from '../../model/validation-policy.ts';
import type { Violation } from '../violation.ts';
import { clusterAdminBinding } from './cluster-admin-binding.ts';
import { defaultNamespace } from './default-namespace.ts';
import { hostNamespaces } from './host-namespaces.ts';
import { hostPath } from './host-path.ts';
import { ingressWithoutTls } from './ingress-without-tls.ts';
import { invalidImage } from './invalid-image.ts';
import { isOn } from './levels.ts';
import { mayRunAsRoot } from './may-run-as-root.ts';
import { noMemoryLimit } from './no-memory-limit.ts';
import { noProbes } from './no-probes.ts';
import { noRequests } from './no-requests.ts';
import { noSpread } from './no-spread.ts';
import { nodePortRange } from './node-port-range.ts';
import { privilegeEscalation } from './privilege-escalation.ts';
import { privilegedContainer } from './privileged-container.ts';
import { probePortName } from './probe-port-name.ts';
import type { Rule } from './rule.ts';
import { runAsRoot } from './run-as-root.ts';
import { secretInClear } from './secret-in-clear.ts';
import { serverSideFields } from './server-fields.ts';
import { tokenMount } from './token-mount.ts';
import { unpinnedImage } from './unpinned-image.ts';
import { wildcardRbac } from './wildcard-rbac.ts';

/**
 * All rules of our own that look at one object: to add one, write its file and its page in `media/rules`, and add it
 * here. Those of good practice are off until driftline.yaml turns them on.
 */
export const rules: readonly Rule[] = [
  invalidImage,
  nodePortRange,
  probePortName,
  runAsRoot,
  serverSideFields,
  noRequests,
  noMemoryLimit,
  unpinnedImage,
  noProbes,
  noSpread,
  privilegedContainer,
  privilegeEscalation,
  mayRunAsRoot,
  hostNamespaces,
  hostPath,
  tokenMount,
  defaultNamespace,
  wildcardRbac,
  clusterAdminBinding,
  secretInClear,
  ingressWithoutTls,
];

export interface RuleOptions {
  /** By rule id, of driftline.yaml. */
  levels?: ReadonlyMap<string, RuleLevel>;
  /** Something else may complete the object, so nothing is said of what it lacks. */
  partial?: boolean;
  /** Its namespace is made up. */
  unplaced?: boolean;
}

/** What the rules find in a final object: those that are on, by default or by their level. */
export function checkRules(
  object: JsonObject,
  { levels, partial = false, unplaced = false }: RuleOptions = {},
): Violation[] {
  return rules.flatMap(({ id, severity, placed, check }) => {
    if (!isOn(severity, levels?.get(id)) || (partial && severity === 'off')) return [];
    if (placed && unplaced) return [];
    const shown = severity === 'off' ? 'information' : severity;
    return check(object).map(violation => ({
      ...{ on: 'value' as const, ...violation },
      ...{ rule: id, severity: shown },
    }));
  });
}
