import { kindName } from '../../links/field.ts';
import { objectAt, objectsAt, textAt, valueAt } from '../../model/fields.ts';
import { nearestName } from '../../schemas/nearest.ts';
import type { Scope } from '../across.ts';
import { isPlaceholder, isStandIn } from '../placeholders.ts';
import { type Item, mayShareNamespace, nameOf, sharesNamespace, type World } from '../world.ts';
import { isOutside } from './elsewhere.ts';
import { mayBeMade, mayExist } from './openness.ts';
import { isFilled, isMerged, isProvided } from './provided.ts';
import type { Need } from './reference.ts';
import { type Problem, report } from './report.ts';

/** Reports an object that is needed and not there, or lacks the key or the port. */
export function checkNeed(scope: Scope, world: World, item: Item, need: Need): void {
  const { kinds, name, namespace, isClusterScoped } = need;
  if (isPlaceholder(name) || isStandIn(name)) return;
  const candidates = kinds.flatMap(kind => world.named(kind, name));
  const found = candidates.filter(
    candidate => isClusterScoped || mayShareNamespace(candidate, { namespace }),
  );
  if (found.length === 0) checkMissing(scope, world, item, need, candidates);
  else {
    checkKeys(scope, world, item, need, found);
    checkPort(scope, item, need, found);
  }
}

/** Kinds that somebody writes; others (classes, issuers, gateways) a cluster may bring. */
const written = new Set([
  'ConfigMap',
  'PersistentVolumeClaim',
  'Secret',
  'Service',
  'ServiceAccount',
  'apps/DaemonSet',
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'batch/CronJob',
  'batch/Job',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/Role',
  'scheduling.k8s.io/PriorityClass',
]);

function checkMissing(
  scope: Scope,
  world: World,
  item: Item,
  need: Need,
  inOthers: readonly Item[],
): void {
  const { kinds, name, namespace } = need;
  if (
    kinds.some(kind => isWellKnown(world, kind, need) || isProvided(world, kind, namespace, name))
  )
    return;
  if (kinds.some(kind => mayExist(world, kind, namespace))) return;
  if (inOthers.length === 0 && !isInside(world, item, need)) return;
  const near = nearestOf(world, need);
  if (near === undefined && !kinds.some(kind => written.has(kind))) return;
  const words = wordsOf(scope, need, inOthers, near);
  const severity = near === undefined && isMadeByHand(item, kinds) ? 'information' : 'warning';
  const [kind] = kinds;
  report(scope, {
    ...{ item, pointer: need.pointer, rule: 'missing-reference', severity, ...words },
    ...(kind !== undefined &&
      !words.related &&
      !isOutside(scope, need) && {
        missing: { kind, name, keys: need.keys.map(({ name: key }) => key) },
      }),
  });
}

/** Beside loose manifests people make such things by `kubectl create`. */
function isMadeByHand({ set }: Item, kinds: readonly string[]): boolean {
  return set.source?.kind === 'plain' && kinds.some(kind => /^(Secret|ConfigMap)$/.test(kind));
}

function wordsOf(
  scope: Scope,
  need: Need,
  [other]: readonly Item[],
  near: string | undefined,
): Pick<Problem, 'message'> & Partial<Problem> {
  const { kinds, name, namespace, by } = need;
  const kind = kindName(kinds[0] ?? '').kind;
  if (isOutside(scope, need)) {
    const message = `${kind} ${name}, which ${by} needs, is in the repository, but not among what is deployed with it`;
    return { severity: 'information', message };
  }
  const place = namespace === '' ? '' : ` in the namespace ${namespace}`;
  const message = `Nothing that is deployed here makes the ${kind} ${name}${place}, which ${by} needs`;
  if (!other || other.namespace === '') return { message, ...(near !== undefined && { near }) };
  const related = { item: other, pointer: ['metadata', 'name'], message: `${nameOf(other)}.` };
  return {
    message: `${message}: the one of that name is in the namespace ${other.namespace}`,
    related,
  };
}

/** What a cluster has without anybody's doing. */
function isWellKnown(world: World, kind: string, { name, namespace }: Need): boolean {
  switch (kind) {
    case 'ConfigMap':
      return name === 'kube-root-ca.crt' || name === 'openshift-service-ca.crt';
    case 'ServiceAccount':
      return (
        name === 'default' || (isOpenShift(world) && /^(builder|deployer|pipeline)$/.test(name))
      );
    case 'Service':
      return name === 'kubernetes' && (namespace === 'default' || namespace === '');
    case 'scheduling.k8s.io/PriorityClass':
      return /^(system|openshift|gmp|gke|k8s-cluster)-/.test(name);
    case 'rbac.authorization.k8s.io/Role':
      return name.includes(':');
    case 'rbac.authorization.k8s.io/ClusterRole':
      return /:|^(cluster-admin|admin|edit|view)$/.test(name) || isOpenShift(world);
    default:
      return false;
  }
}

const openShift = new WeakMap<World, boolean>();

function isOpenShift(world: World): boolean {
  const known =
    openShift.get(world) ?? world.items.some(({ group }) => /openshift\.io$/.test(group));
  openShift.set(world, known);
  return known;
}

/** False for a namespace that nothing of the world is in: somebody else's. */
function isInside(world: World, item: Item, { namespace, isClusterScoped }: Need): boolean {
  if (isClusterScoped || namespace === '' || namespace === item.namespace) return true;
  return world.items.some(other => other.namespace === namespace);
}

function nearestOf(
  world: World,
  { kinds, name, namespace, isClusterScoped }: Need,
): string | undefined {
  const others = kinds
    .flatMap(kind => world.ofKind(kind))
    .filter(other => isClusterScoped || mayShareNamespace(other, { namespace }));
  return nearestName(
    name,
    others.map(other => other.name),
  );
}

function checkKeys(
  scope: Scope,
  world: World,
  item: Item,
  { keys, kinds, namespace, name }: Need,
  found: readonly Item[],
): void {
  const [target] = found;
  if (keys.length === 0 || !target || !found.every(each => sharesNamespace(each, item))) return;
  if (!/^(ConfigMap|Secret)$/.test(target.kind)) return;
  const isOpen = (each: Item) => isFilled(each) || isMerged(world, each);
  if (
    found.some(isOpen) ||
    kinds.some(kind => mayBeMade(world, kind, namespace, ['update', 'patch']))
  )
    return;
  const known = found.flatMap(({ value }) =>
    ['data', 'stringData', 'binaryData'].flatMap(field =>
      Object.keys(objectAt(value, field) ?? {}),
    ),
  );
  for (const { name: key, pointer } of keys) {
    if (known.includes(key) || isPlaceholder(key)) continue;
    const near = nearestName(key, known);
    report(scope, {
      item,
      pointer,
      rule: 'missing-key',
      severity: 'warning',
      message: `${target.kind} ${name} has no key ${key}${near || known.length > 8 ? '' : `, only ${known.join(', ')}`}`,
      ...(near !== undefined && { near }),
      ...(target && {
        related: { item: target, pointer: ['data'], message: `${nameOf(target)}.` },
      }),
    });
  }
}

function checkPort(scope: Scope, item: Item, { port }: Need, found: readonly Item[]): void {
  const [service] = found;
  if (!port || !service || found.length > 1 || service.kind !== 'Service') return;
  if (textAt(service.value, 'spec', 'type') === 'ExternalName') return;
  const ports = objectsAt(service.value, 'spec', 'ports');
  const field = typeof port.value === 'number' ? 'port' : 'name';
  const values = ports.flatMap(each => {
    const value = valueAt(each, field);
    return typeof value === 'number' || typeof value === 'string' ? [value] : [];
  });
  if (ports.length === 0 || values.includes(port.value) || isPlaceholder(String(port.value)))
    return;
  const near = nearPort(port.value, values);
  const what = field === 'port' ? `port ${port.value}` : `port named ${port.value}`;
  const has = values.length > 0 && near === undefined ? `, only ${values.join(', ')}` : '';
  report(scope, {
    item,
    pointer: port.pointer,
    rule: 'unknown-port',
    severity: 'warning',
    message: `Service ${service.name} has no ${what}${has}`,
    ...(near !== undefined && { near }),
    related: {
      item: service,
      pointer: ['spec', 'ports'],
      message: `The ports of ${nameOf(service)}.`,
    },
  });
}

function nearPort(port: string | number, values: readonly (string | number)[]): string | undefined {
  const names = values.filter(value => typeof value === 'string');
  return typeof port === 'string' ? nearestName(port, names) : undefined;
}
