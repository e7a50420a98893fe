import { objectAt, textAt, textMapAt, valueAt } from '../../model/fields.ts';
import type { Pointer } from '../../model/path.ts';
import { nearestName } from '../../schemas/nearest.ts';
import type { Scope } from '../across.ts';
import { isPlaceholder } from '../placeholders.ts';
import { type Item, mayShareNamespace, type World } from '../world.ts';
import {
  meets,
  meetsOne,
  type Requirement,
  requirementsOf,
  requirementsOfMap,
  selectorText,
} from './labels.ts';
import { mayBeMade, mayExist } from './openness.ts';
import { type Pods, podsIn } from './pods.ts';
import { report } from './report.ts';

/** A selector of pods, and where it stands. */
export interface Selector {
  pointer: Pointer;
  requirements: Requirement[];
}

/** The pods that a Service, PodDisruptionBudget or NetworkPolicy is for; undefined where it names none. */
export function selectorOf({ group, kind, value }: Item): Selector | undefined {
  switch (`${group}/${kind}`) {
    case '/Service': {
      const labels = textMapAt(value, 'spec', 'selector');
      if (textAt(value, 'spec', 'type') === 'ExternalName' || !labels) return undefined;
      return { pointer: ['spec', 'selector'], requirements: requirementsOfMap(labels) };
    }
    case 'policy/PodDisruptionBudget':
      return labelSelector(value, 'selector');
    case 'networking.k8s.io/NetworkPolicy':
      return labelSelector(value, 'podSelector');
    default:
      return undefined;
  }
}

function labelSelector(value: Item['value'], field: string): Selector | undefined {
  const selector = valueAt(value, 'spec', field);
  const requirements = requirementsOf(selector);
  if (!requirements) return undefined;
  const inner = objectAt(selector, 'matchLabels') ? ['matchLabels'] : [];
  return { pointer: ['spec', field, ...inner], requirements };
}

/** Reports a selector that no pod of the world meets, nor one that something may make there. */
export function checkSelector(scope: Scope, world: World, item: Item): void {
  const selector = selectorOf(item);
  if (!selector || selector.requirements.length === 0) return;
  const { pointer, requirements } = selector;
  if (requirements.some(hasPlaceholder) || hasEndpoints(world, item)) return;
  const near = podsIn(world).filter(pods => mayShareNamespace(pods.item, item));
  // Where nothing runs, the pods come from somewhere else.
  if (near.length === 0 || near.some(({ labels }) => meets(labels, requirements))) return;
  if (near.some(hasHiddenLabels)) return;
  if (mayRun(world, item.namespace)) return;
  if (mayBeLabelled(world, item, near, requirements)) return;
  const { key, hint } = cause(near, requirements);
  const inMap = pointer.at(-1) === 'matchLabels' || item.kind === 'Service';
  report(scope, {
    item,
    pointer: inMap && key !== undefined ? [...pointer, key] : pointer,
    on: 'key',
    rule: item.kind === 'Service' ? 'service-selects-nothing' : 'selects-nothing',
    severity: 'warning',
    message: `${item.kind} ${item.name} selects no pods: no workload that is deployed with it has ${selectorText(requirements)}${hint}`,
  });
}

/** True where pods may run that the world does not show. */
function mayRun(world: World, namespace: string): boolean {
  return ['Pod', 'apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'batch/Job'].some(kind =>
    mayExist(world, kind, namespace),
  );
}

function hasPlaceholder({ key, values }: Requirement): boolean {
  return isPlaceholder(key) || values.some(isPlaceholder);
}

/** A workload whose pods' labels are written elsewhere. */
function hasHiddenLabels({ labels }: Pods): boolean {
  return Object.entries(labels).some(([key, value]) => isPlaceholder(key) || isPlaceholder(value));
}

/** Labels such as `role: primary` may be put on pods while they run, by whoever may change pods. */
function mayBeLabelled(
  world: World,
  { namespace }: Item,
  near: readonly Pods[],
  requirements: readonly Requirement[],
): boolean {
  if (!mayBeMade(world, 'Pod', namespace, ['update', 'patch'])) return false;
  const written = new Set(near.flatMap(({ labels }) => Object.keys(labels)));
  return requirements.some(({ key }) => !written.has(key)) && requirements.length > 1;
}

/** Endpoints of this Service are given by hand. */
function hasEndpoints(world: World, item: Item): boolean {
  if (item.kind !== 'Service') return false;
  const slices = world.ofKind('discovery.k8s.io/EndpointSlice');
  return (
    world.named('Endpoints', item.name).length > 0 ||
    slices.some(
      ({ value }) =>
        textAt(value, 'metadata', 'labels', 'kubernetes.io/service-name') === item.name,
    )
  );
}

/** The label that no workload has, of the workload that comes nearest, and the value it has instead. */
function cause(
  near: readonly Pods[],
  requirements: readonly Requirement[],
): { key?: string; hint: string } {
  const unmet = (pods: Pods) => requirements.filter(each => !meetsOne(pods.labels, each));
  const [best] = near.toSorted((a, b) => unmet(a).length - unmet(b).length);
  const [first] = best ? unmet(best) : [];
  if (!best || !first) return { hint: '' };
  const values = near.flatMap(({ labels }) => labels[first.key] ?? []);
  const wanted = first.values[0] ?? '';
  const isAlone = new Set(values).size === 1;
  const meant = nearestName(wanted, values) ?? (isAlone ? values[0] : undefined);
  if (meant === undefined) return { key: first.key, hint: '' };
  return {
    key: first.key,
    hint: `; ${best.item.kind} ${best.item.name} has ${first.key}=${meant}`,
  };
}
