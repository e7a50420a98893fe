import type { Pointer } from '../../model/path.ts';
import { isObject, type JsonObject } from '../../model/resource.ts';
import { valueAt } from '../value.ts';

const template: Pointer = ['spec', 'template', 'spec'];

/** Where the kinds that run pods hold the pod's spec. */
const places: Record<string, Pointer> = {
  'v1 Pod': ['spec'],
  'v1 PodTemplate': ['template', 'spec'],
  'v1 ReplicationController': template,
  'apps/v1 DaemonSet': template,
  'apps/v1 Deployment': template,
  'apps/v1 ReplicaSet': template,
  'apps/v1 StatefulSet': template,
  'batch/v1 CronJob': ['spec', 'jobTemplate', ...template],
  'batch/v1 Job': template,
};

/** The containers of whatever runs pods, init containers too, each with its place. */
export function containersOf(object: JsonObject): { container: JsonObject; pointer: Pointer }[] {
  const place = places[`${object.apiVersion} ${object.kind}`];
  const spec = place && valueAt(object, place);
  if (place === undefined || !isObject(spec)) return [];
  return ['initContainers', 'containers'].flatMap(field => {
    const list = spec[field];
    return (Array.isArray(list) ? list : []).flatMap((container, index) =>
      isObject(container) ? [{ container, pointer: [...place, field, index] }] : [],
    );
  });
}
