import { objectAt, textAt } from '../../model/fields.ts';
import {
  type JsonObject,
  parseApiVersion,
  type Resource,
  resourceKey,
} from '../../model/resource.ts';

/** Who scales what: the autoscalers among declared objects, by the key of their target. */
export function scalersOf(
  declared: Iterable<{ resource: Resource; object: { value: JsonObject } }>,
): Map<string, Resource> {
  const scalers = new Map<string, Resource>();
  for (const { resource: scaler, object } of declared) {
    if (!isScaler(scaler)) continue;
    const target = objectAt(object.value, 'spec', 'scaleTargetRef');
    const name = textAt(target, 'name');
    if (name === undefined) continue;
    // KEDA's target is a Deployment where it does not say.
    const { group } = parseApiVersion(textAt(target, 'apiVersion') || 'apps/v1');
    const kind = textAt(target, 'kind') || 'Deployment';
    const key = resourceKey({ group, kind, namespace: scaler.namespace, name });
    // KEDA makes a HorizontalPodAutoscaler of its own: what a person wrote is the ScaledObject.
    if (scalers.get(key)?.kind !== 'ScaledObject') scalers.set(key, scaler);
  }
  return scalers;
}

function isScaler({ group, kind }: Resource): boolean {
  return (
    (group === 'autoscaling' && kind === 'HorizontalPodAutoscaler') ||
    (group === 'keda.sh' && kind === 'ScaledObject')
  );
}
