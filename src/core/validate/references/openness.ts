import { kindName, kindText } from '../../links/field.ts';
import { objectAt, objectsAt, textAt } from '../../model/fields.ts';
import { type Item, mayShareNamespace, type World } from '../world.ts';
import { grants } from './provided.ts';

/** Groups whose objects Kubernetes itself serves, and that make nothing else than they say. */
const builtin = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

/** Custom resources that make nothing another object could refer to, or say what (`provided.ts`). */
const harmless = new Set([
  'acme.cert-manager.io',
  'autoscaling.k8s.io',
  'bitnami.com',
  'cert-manager.io',
  'external-secrets.io',
  'image.toolkit.fluxcd.io',
  'keda.sh',
  'metrics.k8s.io',
  'networking.istio.io',
  'notification.toolkit.fluxcd.io',
  'policy.networking.k8s.io',
  'security.istio.io',
  'snapshot.storage.k8s.io',
  'source.toolkit.fluxcd.io',
  'telemetry.istio.io',
  'traefik.io',
]);
const harmlessKinds = new Set([
  'argoproj.io/AppProject',
  'argoproj.io/Rollout',
  'gateway.networking.k8s.io/GRPCRoute',
  'gateway.networking.k8s.io/Gateway',
  'gateway.networking.k8s.io/GatewayClass',
  'gateway.networking.k8s.io/HTTPRoute',
  'gateway.networking.k8s.io/ReferenceGrant',
  'gateway.networking.k8s.io/TCPRoute',
  'gateway.networking.k8s.io/TLSRoute',
  'gateway.networking.k8s.io/UDPRoute',
  'monitoring.coreos.com/AlertmanagerConfig',
  'monitoring.coreos.com/PodMonitor',
  'monitoring.coreos.com/Probe',
  'monitoring.coreos.com/PrometheusRule',
  'monitoring.coreos.com/ScrapeConfig',
  'monitoring.coreos.com/ServiceMonitor',
]);

/** Objects of the deploying engine itself: what they deploy is part of the world, or keeps it from being whole. */
const deployers: Record<string, RegExp> = {
  flux: /^(kustomize|helm)\.toolkit\.fluxcd\.io\//,
  argocd: /^argoproj\.io\/(Application|ApplicationSet)$/,
};

interface Makers {
  /** Objects whose controllers may make anything, in their namespace or (a cluster's) anywhere. */
  custom: Item[];
  /** Roles and ClusterRoles. */
  roles: Item[];
  /** Something runs with all rights. */
  isAdmin: boolean;
}

const cache = new WeakMap<World, Makers>();

function makersIn(world: World): Makers {
  const known = cache.get(world);
  if (known) return known;
  const deployer = deployers[world.environment?.engine ?? ''];
  const makers = {
    custom: world.items.filter(item => isMaker(item, deployer)),
    roles: ['Role', 'ClusterRole'].flatMap(kind =>
      world.ofKind(`rbac.authorization.k8s.io/${kind}`),
    ),
    isAdmin: ['RoleBinding', 'ClusterRoleBinding']
      .flatMap(kind => world.ofKind(`rbac.authorization.k8s.io/${kind}`))
      .some(binding => makesAdmin(binding)),
  };
  cache.set(world, makers);
  return makers;
}

function isMaker(item: Item, deployer: RegExp | undefined): boolean {
  const type = kindText(item);
  if (builtin.has(item.group) || harmless.has(item.group) || harmlessKinds.has(type)) return false;
  if (deployer?.test(type)) return false;
  // Kustomize's own files, and other settings that no server knows.
  if (item.group.startsWith('kustomize.config.k8s.io')) return false;
  if (item.group === 'kyverno.io' || item.group === 'policies.kyverno.io') return mayChange(item);
  return true;
}

/** A policy that only refuses makes nothing. */
function mayChange({ kind, value }: Item): boolean {
  if (/ValidatingPolicy$/.test(kind) || /PolicyException$/.test(kind)) return false;
  const rules = objectsAt(value, 'spec', 'rules');
  return rules.length === 0 || rules.some(rule => rule.generate || rule.mutate);
}

function makesAdmin({ value }: Item): boolean {
  const role = textAt(value, 'roleRef', 'name') ?? '';
  const isServiceAccount = objectsAt(value, 'subjects').some(
    subject => textAt(subject, 'kind') === 'ServiceAccount',
  );
  return isServiceAccount && /^(cluster-admin|admin|edit)$/.test(role);
}

/** Namespaces in which the cluster itself or its vendor keeps objects. */
const ofCluster =
  /^(kube-.*|openshift(-.*)?|gke-.*|gmp-.*|aks-.*|calico-system|tigera-operator|cattle-.*|default-token)$/;

/**
 * True where an object may be there that the world does not show: parts of the environment are unknown, an operator or
 * a role that may make such objects is deployed there, or the namespace is one of the cluster's own. `kind` is
 * `group/Kind`, or `Kind` of the core group.
 */
export function mayExist(world: World, kind: string, namespace: string): boolean {
  if (!world.isWhole || ofCluster.test(namespace)) return true;
  return mayBeMade(world, kind, namespace, ['create']);
}

/** True where something that runs there may make such objects, or (by other verbs) change them. */
export function mayBeMade(
  world: World,
  kind: string,
  namespace: string,
  verbs: readonly string[],
): boolean {
  const { custom, roles, isAdmin } = makersIn(world);
  if (isAdmin) return true;
  const place = { namespace };
  return (
    custom.some(item => isClusterWide(item) || mayShareNamespace(item, place)) ||
    roles.some(
      role =>
        (role.kind === 'ClusterRole' || mayShareNamespace(role, place)) &&
        grants(role, verbs, pluralOf(kind)),
    )
  );
}

function isClusterWide({ namespace, value }: Item): boolean {
  return namespace === '' || objectAt(value, 'metadata')?.namespace === undefined;
}

/** A type as RBAC names it: `secrets`, `priorityclasses`. */
function pluralOf(kind: string): string {
  const name = kindName(kind).kind.toLowerCase();
  if (name.endsWith('y')) return `${name.slice(0, -1)}ies`;
  return name.endsWith('s') ? `${name}es` : `${name}s`;
}
