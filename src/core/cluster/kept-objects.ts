import { textAt } from '../model/fields.ts';
import { type JsonObject, type Resource, resourceKey, resourceOf } from '../model/resource.ts';
import type { ObjectSource, WatchEvent } from './cluster.ts';

/** What changes the objects of a list. */
export type ObjectsEvent = Extract<WatchEvent, { object: unknown } | { objects: unknown }>;

/**
 * The objects of one list in little memory: each as the JSON it came as, read when it is asked for. A tree of
 * values takes six times as much, and most objects are looked at once, when they change.
 */
export class KeptObjects implements ObjectSource {
  readonly #kept = new Map<string, Kept>();
  readonly #whole: boolean;

  /** `whole` keeps objects as they are: those that others are judged by are asked for again and again. */
  constructor({ whole = false }: { whole?: boolean } = {}) {
    this.#whole = whole;
  }

  find(key: string): JsonObject | undefined {
    const kept = this.#kept.get(key)?.object;
    return typeof kept === 'string' ? (JSON.parse(kept) as JsonObject) : kept;
  }

  version(key: string): string | undefined {
    return this.#kept.get(key)?.version;
  }

  keys(): Iterable<string> {
    return this.#kept.keys();
  }

  all(): JsonObject[] {
    return [...this.#kept.keys()].map(key => this.find(key)).filter(each => each !== undefined);
  }

  /** Takes an event; answers the objects that are not as they were. */
  take(event: ObjectsEvent): Resource[] {
    if (event.type === 'reset') return this.#reset(event.objects);
    const resource = resourceOf(event.object);
    if (!resource) return [];
    if (event.type === 'deleted') return this.#kept.delete(resourceKey(resource)) ? [resource] : [];
    return this.#put(resource, event.object) ? [resource] : [];
  }

  #reset(objects: readonly JsonObject[]): Resource[] {
    const gone = new Map([...this.#kept].map(([key, { resource }]) => [key, resource]));
    const changed: Resource[] = [];
    for (const object of objects) {
      const resource = resourceOf(object);
      if (!resource) continue;
      gone.delete(resourceKey(resource));
      if (this.#put(resource, object)) changed.push(resource);
    }
    for (const key of gone.keys()) this.#kept.delete(key);
    return [...changed, ...gone.values()];
  }

  /** False where it is known already. */
  #put(resource: Resource, object: JsonObject): boolean {
    const key = resourceKey(resource);
    const text = JSON.stringify(object);
    const version = versionOf(object) ?? text;
    if (this.#kept.get(key)?.version === version) return false;
    this.#kept.set(key, { resource, version, object: this.#whole ? object : text });
    return true;
  }
}

interface Kept {
  resource: Resource;
  version: string;
  object: JsonObject | string;
}

/** Undefined for what no server has stored. */
export function versionOf(object: JsonObject): string | undefined {
  const version = textAt(object, 'metadata', 'resourceVersion');
  return version && `${textAt(object, 'metadata', 'uid') ?? ''}/${version}`;
}
