import type { DriftResult } from '../../model/drift.ts';
import type { Resource } from '../../model/resource.ts';

/** True for a generated Secret that one of those whose hash is not known may be. */
export function mayBeUnsure(
  { kind, namespace, name }: Resource,
  unsure: readonly { result: DriftResult }[],
): boolean {
  if (kind !== 'Secret') return false;
  const withoutHash = (text: string) => text.replace(/-[a-z0-9]{10}$/, '');
  return unsure.some(
    ({ result: { resource } }) =>
      resource.kind === 'Secret' &&
      resource.namespace === namespace &&
      withoutHash(resource.name) !== resource.name &&
      withoutHash(resource.name) === withoutHash(name),
  );
}
