import type { OwnerProfile } from '../../model/drift.ts';
import { isObject, type JsonObject } from '../../model/resource.ts';
import { metadataMap } from '../values.ts';

export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The manifest that a three-way merge takes as the one applied before: the last-applied annotation
 * (csa), or the object of the previous Helm release (csa3). Undefined when there is none.
 */
export function lastApplied(
  live: JsonObject,
  profile: OwnerProfile,
  previous: JsonObject | undefined,
): JsonObject | undefined | 'unreadable' {
  if (profile.mode === 'csa3') return previous;
  const text = metadataMap(live, 'annotations')[lastAppliedAnnotation];
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : 'unreadable';
  } catch {
    return 'unreadable';
  }
}
