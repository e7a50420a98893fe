import { kindText } from '../../links/field.ts';
import { podTemplates } from '../../links/table/pods.ts';
import { objectAt, objectsAt, textAt, textMapAt } from '../../model/fields.ts';
import type { Pointer } from '../../model/path.ts';
import { isObject, type JsonObject } from '../../model/resource.ts';
import { valueAt } from '../value.ts';
import type { Item, World } from '../world.ts';

/** The pods that a workload makes. */
export interface Pods {
  item: Item;
  /** Of the workload to the pods' `spec`. */
  pointer: Pointer;
  spec: JsonObject;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

/** Kinds that nobody refers from, but whose pods a Service may select. */
const others = [
  'apps.kruise.io/CloneSet',
  'apps.kruise.io/DaemonSet',
  'apps.kruise.io/StatefulSet',
  'apps.openshift.io/DeploymentConfig',
];

/** Where a kind that runs pods holds the pod's template. */
const templates = new Map<string, Pointer>(
  [...podTemplates, { of: others, path: 'spec.template' }].flatMap(({ of, path }) =>
    of.map((kind): [string, Pointer] => [kind, path === '' ? [] : path.split('.')]),
  ),
);

const known = new WeakMap<World, Pods[]>();

/** The pods of all workloads of a world. */
export function podsIn(world: World): readonly Pods[] {
  const found = known.get(world) ?? world.items.flatMap(item => podsOf(item) ?? []);
  known.set(world, found);
  return found;
}

/** The pods of one workload; undefined for what runs none, or takes them from another (`workloadRef`). */
export function podsOf(item: Item): Pods | undefined {
  const pointer = templates.get(kindText(item));
  const holder = pointer && valueAt(item.value, pointer);
  if (pointer === undefined || !isObject(holder)) return undefined;
  const spec = objectAt(holder, 'spec');
  return {
    item,
    pointer: [...pointer, 'spec'],
    spec: spec ?? {},
    labels: textMapAt(holder, 'metadata', 'labels') ?? {},
    annotations: textMapAt(holder, 'metadata', 'annotations') ?? {},
  };
}

/** The maps of a list, with the index that each has in it. */
export function objectsWithPlace(
  holder: JsonObject | undefined,
  field: string,
): { value: JsonObject; index: number }[] {
  const list = holder?.[field];
  return (Array.isArray(list) ? list : []).flatMap((value, index) =>
    isObject(value) ? [{ value, index }] : [],
  );
}

/** Names of the ports that pods have; undefined where something may add containers to them. */
export function portNames(pods: Pods): string[] | undefined {
  const marks = [...Object.entries(pods.labels), ...Object.entries(pods.annotations)];
  // istio, Linkerd, Vault, Dapr, OpenTelemetry: a sidecar brings ports of its own.
  if (
    marks.some(([key, value]) => /inject|sidecar|dapr\.io\/enabled/.test(key) && value !== 'false')
  )
    return undefined;
  return ['initContainers', 'containers'].flatMap(field =>
    objectsAt(pods.spec, field).flatMap(container =>
      objectsAt(container, 'ports').flatMap(port => textAt(port, 'name') ?? []),
    ),
  );
}
