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

export interface ContainerAt {
  container: JsonObject;
  pointer: Pointer;
}

/** The pod's spec of whatever runs pods, with its place. */
export function podSpecOf(object: JsonObject): { spec: JsonObject; pointer: Pointer } | undefined {
  const pointer = places[`${object.apiVersion} ${object.kind}`];
  const spec = pointer && valueAt(object, pointer);
  return pointer && isObject(spec) ? { spec, pointer } : undefined;
}

/** The containers of whatever runs pods, init containers too, each with its place. */
export function containersOf(
  object: JsonObject,
  fields: readonly string[] = ['initContainers', 'containers'],
): ContainerAt[] {
  const pod = podSpecOf(object);
  if (!pod) return [];
  return fields.flatMap(field => {
    const list = pod.spec[field];
    return (Array.isArray(list) ? list : []).flatMap((container, index) =>
      isObject(container) ? [{ container, pointer: [...pod.pointer, field, index] }] : [],
    );
  });
}

/** Those that run as long as the pod does. */
export function mainContainersOf(object: JsonObject): ContainerAt[] {
  return containersOf(object, ['containers']);
}
