import { objectsAt, textAt, valueAt } from '../../model/fields.ts';
import type { Health } from '../../model/health.ts';
import type { JsonObject } from '../../model/resource.ts';
import {
  conditionOf,
  conditionsOf,
  degraded,
  type HealthRule,
  healthy,
  isOlder,
  patience,
  progressing,
  said,
  unreported,
} from './verdict.ts';

// Services, Ingresses and the Gateway API (drift.md 5.2).

export const service: HealthRule = object =>
  textAt(object, 'spec', 'type') === 'LoadBalancer' && !hasAddress(object)
    ? progressing('Its load balancer has no address yet.')
    : healthy();

export const ingress: HealthRule = (object, now) => {
  if (hasAddress(object)) return healthy();
  // Some controllers never tell the address, so that it cannot be waited for.
  return isOlder(textAt(object, 'metadata', 'creationTimestamp'), patience, now)
    ? healthy('Its controller tells no address.')
    : progressing('It has no address yet.');
};

function hasAddress(object: JsonObject): boolean {
  return objectsAt(object, 'status', 'loadBalancer', 'ingress').length > 0;
}

export const gateway: HealthRule = object => {
  const listeners = objectsAt(object, 'status', 'listeners');
  if (conditionsOf(object).length === 0 && listeners.length === 0) return unreported();
  const parts = [object, ...listeners];
  return worstPart(parts, part => (part === object ? '' : `Listener ${textAt(part, 'name')}: `));
};

/** Its controller accepts it, or not, or is not there. */
export const gatewayClass: HealthRule = object => {
  const accepted = conditionOf(object, 'Accepted');
  const generation = valueAt(object, 'metadata', 'generation') ?? accepted?.observedGeneration;
  if (!accepted || accepted.status === 'Unknown') return unreported();
  if ((accepted.observedGeneration ?? generation) !== generation) return unreported();
  return accepted.status === 'True' ? healthy(said(accepted)) : degraded(said(accepted));
};

/** HTTPRoute and its siblings: how each parent (gateway) that has seen this generation takes it. */
export const route: HealthRule = object => {
  const generation = valueAt(object, 'metadata', 'generation');
  const parents = objectsAt(object, 'status', 'parents').filter(parent => {
    const seen = conditionsOf(parent, 'conditions').map(each => each.observedGeneration);
    return (
      seen.length > 0 &&
      (generation === undefined || seen.every(each => each === undefined || each === generation))
    );
  });
  if (parents.length === 0) return unreported();
  return worstPart(parents, parent => `Gateway ${textAt(parent, 'parentRef', 'name') ?? ''}: `);
};

function worstPart(parts: readonly JsonObject[], prefix: (part: JsonObject) => string): Health {
  const found = parts.flatMap(part => {
    const path = part.status === undefined ? ['conditions'] : ['status', 'conditions'];
    return conditionsOf(part, ...path).map(condition => ({ prefix: prefix(part), condition }));
  });
  const refused = found.find(
    ({ condition: { type, status } }) =>
      (type === 'Accepted' || type === 'ResolvedRefs') && status === 'False',
  );
  if (refused) return degraded(`${refused.prefix}${said(refused.condition)}`);
  const pending = found.find(
    ({ condition: { type, status } }) => type === 'Programmed' && status !== 'True',
  );
  return pending ? progressing(`${pending.prefix}${said(pending.condition)}`) : healthy();
}
