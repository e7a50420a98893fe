import type { RenderSource } from '../model/environment.ts';
import type { RenderedObject, Unused } from '../model/rendered.ts';
import { resourceKey, resourceText } from '../model/resource.ts';
import type { Place } from '../model/source.ts';
import { emptyRender, type RenderedSource } from './renderer.ts';

type Several = Extract<RenderSource, { kind: 'several' }>;

/**
 * Puts the renders of an Argo CD Application's sources together. Of an object that several make the last
 * one's counts (argo-cd v3.5.7, DeduplicateTargetObjects). What is not rendered here leaves the others as
 * they are; what Argo CD could not make either fails them all.
 */
export function combine(
  { sources, namespace }: Several,
  renders: readonly RenderedSource[],
  origin: Place = { file: '', line: 1, column: 1 },
): RenderedSource {
  const combined = emptyRender();
  const unused: Unused[] = [];
  const objects = new Map<string, RenderedObject>();
  for (const [at, rendered] of renders.entries()) {
    combined.reads.push(...rendered.reads);
    combined.absent.push(...rendered.absent);
    combined.listed.push(...rendered.listed);
    combined.notChecked.push(...rendered.notChecked);
    unused.push(...(rendered.unused ?? []));
    const source = sources[at];
    if (source?.kind === 'unresolved')
      combined.notChecked.push({ reason: source.reason, place: origin });
    else combined.failure ??= rendered.failure;
    for (const object of rendered.objects) {
      const key = keyOf(object, namespace);
      const earlier = objects.get(key);
      if (earlier) unused.push(replaced(earlier));
      objects.delete(key);
      objects.set(key, object);
    }
  }
  if (!combined.failure) combined.objects.push(...objects.values());
  if (unused.length > 0) combined.unused = unused;
  return combined;
}

/** Where none is said the Application's namespace is meant. */
function keyOf({ resource }: RenderedObject, namespace = ''): string {
  return resourceKey({ ...resource, namespace: resource.namespace || namespace });
}

function replaced({ resource, source }: RenderedObject): Unused {
  return { kind: 'object', name: resourceText(resource), place: source };
}
