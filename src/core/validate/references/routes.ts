import { objectAt, objectsAt, textAt, valueAt } from '../../model/fields.ts';
import type { Pointer } from '../../model/path.ts';
import type { JsonObject } from '../../model/resource.ts';
import { nearestName } from '../../schemas/nearest.ts';
import type { Scope } from '../across.ts';
import { isPlaceholder } from '../placeholders.ts';
import { type Item, mayShareNamespace, nameOf, type World } from '../world.ts';
import { mayExist } from './openness.ts';
import { objectsWithPlace } from './pods.ts';
import { report } from './report.ts';

const gateways = 'gateway.networking.k8s.io';

function isRoute({ group, kind }: Pick<Item, 'group' | 'kind'>): boolean {
  return group === gateways && /^(HTTP|GRPC|TLS|TCP|UDP)Route$/.test(kind);
}

/** What holds for routes of the Gateway API besides that parents and backends exist. */
export function checkRoute(scope: Scope, world: World, item: Item): void {
  if (!isRoute(item)) return;
  checkListeners(scope, world, item);
  checkGrants(scope, world, item);
}

/** `sectionName` names a listener of the Gateway. */
function checkListeners(scope: Scope, world: World, item: Item): void {
  for (const { value, pointer } of gatewaysOf(item)) {
    const section = textAt(value, 'sectionName');
    const namespace = textAt(value, 'namespace') ?? item.namespace;
    const [gateway, another] = world
      .named(`${gateways}/Gateway`, textAt(value, 'name') ?? '')
      .filter(each => mayShareNamespace(each, { namespace }));
    if (section === undefined || isPlaceholder(section) || !gateway || another) continue;
    const names = objectsAt(gateway.value, 'spec', 'listeners').flatMap(
      listener => textAt(listener, 'name') ?? [],
    );
    // A ListenerSet adds listeners to a Gateway that lets it.
    if (names.includes(section) || objectAt(gateway.value, 'spec', 'allowedListeners')) continue;
    const near = nearestName(section, names);
    report(scope, {
      item,
      pointer: [...pointer, 'sectionName'],
      rule: 'missing-reference',
      severity: 'warning',
      message: `${nameOf(gateway)} has no listener ${section}${near ? '' : `, only ${names.join(', ')}`}`,
      ...(near !== undefined && { near }),
      related: {
        item: gateway,
        pointer: ['spec', 'listeners'],
        message: `The listeners of ${nameOf(gateway)}.`,
      },
    });
  }
}

/** A backend in another namespace needs a ReferenceGrant there. */
function checkGrants(scope: Scope, world: World, item: Item): void {
  for (const { value, pointer } of backendsOf(item)) {
    const namespace = textAt(value, 'namespace') ?? item.namespace;
    if (namespace === '' || item.namespace === '' || namespace === item.namespace) continue;
    const name = textAt(value, 'name') ?? '';
    const isHere = world.named('Service', name).some(each => each.namespace === namespace);
    if (!isHere || isGranted(world, item, namespace, name)) continue;
    if (mayExist(world, `${gateways}/ReferenceGrant`, namespace)) continue;
    report(scope, {
      item,
      pointer: [...pointer, 'namespace'],
      rule: 'missing-reference',
      severity: 'warning',
      message: `No ReferenceGrant in the namespace ${namespace} lets a ${item.kind} of ${item.namespace} use the Service ${name}, so the route gets no backend`,
    });
  }
}

function isGranted(world: World, item: Item, namespace: string, service: string): boolean {
  return world.ofKind(`${gateways}/ReferenceGrant`).some(grant => {
    if (grant.namespace !== namespace) return false;
    const from = objectsAt(grant.value, 'spec', 'from').some(
      each => textAt(each, 'kind') === item.kind && textAt(each, 'namespace') === item.namespace,
    );
    const to = objectsAt(grant.value, 'spec', 'to').some(each => {
      const name = valueAt(each, 'name');
      return textAt(each, 'kind') === 'Service' && (name === undefined || name === service);
    });
    return from && to;
  });
}

interface Placed {
  value: JsonObject;
  pointer: Pointer;
}

/** Backends that are Services. */
function backendsOf({ value }: Item): Placed[] {
  return objectsWithPlace(objectAt(value, 'spec'), 'rules').flatMap(({ value: rule, index }) =>
    objectsWithPlace(rule, 'backendRefs')
      .filter(({ value: { group = '', kind = 'Service' } }) => group === '' && kind === 'Service')
      .map(backend => ({
        value: backend.value,
        pointer: ['spec', 'rules', index, 'backendRefs', backend.index],
      })),
  );
}

/** Parents that are Gateways. */
function gatewaysOf({ value }: Item): Placed[] {
  return objectsWithPlace(objectAt(value, 'spec'), 'parentRefs')
    .filter(
      ({ value: { group = gateways, kind = 'Gateway' } }) =>
        group === gateways && kind === 'Gateway',
    )
    .map(parent => ({ value: parent.value, pointer: ['spec', 'parentRefs', parent.index] }));
}
