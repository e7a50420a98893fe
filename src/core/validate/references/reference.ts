import { kindText } from '../../links/field.ts';
import { type Reference, referencesOf } from '../../links/references.ts';
import { isClusterKind } from '../../links/scope.ts';
import { objectAt, textAt, valueAt } from '../../model/fields.ts';
import type { Pointer } from '../../model/path.ts';
import { isObject, type Json } from '../../model/resource.ts';
import { valueAt as valueAtPointer } from '../value.ts';
import type { Item } from '../world.ts';
import { objectsWithPlace } from './pods.ts';

/** A field that names another object which must be there. */
export interface Need {
  /** To the name. */
  pointer: Pointer;
  name: string;
  /** `group/Kind`, or `Kind` of the core group; any of them will do. */
  kinds: readonly string[];
  /** Empty where nobody knows, and for cluster-scoped kinds. */
  namespace: string;
  isClusterScoped: boolean;
  /** Who needs it: `container web`. */
  by: string;
  /** Keys that the ConfigMap or Secret must have. */
  keys: { pointer: Pointer; name: string }[];
  /** A port of the Service, by number or name. */
  port?: { pointer: Pointer; value: string | number };
}

/** What an object cannot do without. Flux's and Argo CD's own references are a matter of their engine. */
export function needsOf(item: Item): Need[] {
  const isEngine = /\.fluxcd\.io$/.test(item.group) || isArgo(item);
  if (isEngine) return [];
  return referencesOf(item.value)
    .filter(
      ({ soft, optional, pointer }) => !soft && !optional && pointer.at(-1) !== 'serviceAccount',
    )
    .map(reference => needOf(item, reference));
}

function isArgo({ group, kind }: Item): boolean {
  return group === 'argoproj.io' && kind !== 'Rollout';
}

function needOf(item: Item, { pointer, name, kinds, namespace, key }: Reference): Need {
  const names = kinds.map(kindText);
  const holder = valueAtPointer(item.value, pointer.slice(0, -1));
  const port = names.includes('Service') ? portBeside(item, holder, pointer) : undefined;
  return {
    pointer,
    name,
    kinds: names,
    namespace: namespace === '' ? item.namespace : (namespace ?? ''),
    isClusterScoped: names.length > 0 && names.every(isClusterKind),
    by: byOf(item, pointer),
    keys: [...(key ? [key] : []), ...itemKeys(holder, pointer)],
    ...(port && { port }),
  };
}

/** The keys of a volume's `items`. */
function itemKeys(holder: Json | undefined, pointer: Pointer): Need['keys'] {
  if (!isObject(holder) || !pointer.includes('volumes')) return [];
  return objectsWithPlace(holder, 'items').flatMap(({ value, index }) => {
    const name = textAt(value, 'key');
    const place = [...pointer.slice(0, -1), 'items', index, 'key'];
    return name === undefined ? [] : [{ name, pointer: place }];
  });
}

/** The port beside a Service's name: a number, or a map of a number or a name. */
function portBeside(item: Item, holder: Json | undefined, pointer: Pointer): Need['port'] {
  const at = [...pointer.slice(0, -1), 'port'];
  const port = valueAt(holder, 'port');
  if (isObject(port)) {
    for (const field of ['name', 'number']) {
      const value = port[field];
      // The AWS load balancer controller answers `use-annotation` itself.
      if (value === 'use-annotation') return undefined;
      if (typeof value === 'string' || typeof value === 'number')
        return { pointer: [...at, field], value };
    }
    return undefined;
  }
  if (typeof port === 'number' || typeof port === 'string') return { pointer: at, value: port };
  const isCalled = /^(Validating|Mutating)WebhookConfiguration$|^APIService$/.test(item.kind);
  return isCalled ? { pointer: at, value: 443 } : undefined;
}

/** The container or volume that a pointer leads into, else the object. */
function byOf({ value, kind, name }: Item, pointer: Pointer): string {
  for (const [at, step] of pointer.entries()) {
    const what = parts[step];
    if (what === undefined) continue;
    const part = valueAtPointer(value, pointer.slice(0, at + 2));
    const partName = isObject(part) ? textAt(objectAt(part), 'name') : undefined;
    if (partName !== undefined) return `${what} ${partName}`;
  }
  return `${kind} ${name}`;
}

const parts: Record<string, string> = {
  containers: 'container',
  initContainers: 'container',
  volumes: 'volume',
};
