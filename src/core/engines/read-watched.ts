import { type JsonObject, type Resource, resourceKey, resourceOf } from '../model/resource.ts';
import type { EngineTarget } from './engine.ts';
import { readObject, servedType } from './target.ts';

/**
 * An object as it is now, from the list of its kind: a cluster that is kept current answers that from memory, again
 * and again. Read alone where the kind cannot be listed; undefined where it cannot be read or is not there.
 */
export async function readWatched(
  target: Pick<EngineTarget, 'cluster' | 'signal'>,
  resource: Omit<Resource, 'version'>,
): Promise<JsonObject | undefined> {
  const type = await servedType(target, resource);
  if ('reason' in type) return undefined;
  const listed = await target.cluster.list(type, resource.namespace, target.signal);
  if (listed.ok) {
    const key = resourceKey(resource);
    return listed.objects.find(object => {
      const found = resourceOf(object);
      return found !== undefined && resourceKey(found) === key;
    });
  }
  const read = await readObject(target, resource);
  return 'object' in read ? read.object : undefined;
}
