import { isObject, type Json } from '../../model/resource.ts';
import { listAt, objectAt } from '../facts.ts';
import { mapAbove, type Spot } from '../spot.ts';
import type { Suggestion } from '../suggestion.ts';

/** Names that only the document itself gives: volumes of a pod, containers of a resource field. */
export function localNames(spot: Spot): Suggestion[] {
  if (spot.cursor.part === 'key') return [];
  if (/volumeMounts\[\]\.name$/.test(spot.path)) return volumes(spot);
  if (/resourceFieldRef\.containerName$/.test(spot.path)) return containers(spot, 8);
  return [];
}

/** A pod's own volumes, and those that a StatefulSet claims. */
function volumes(spot: Spot): Suggestion[] {
  // name, mount, volumeMounts, container, containers: the pod is five steps above.
  const claims = listAt(objectAt(spot.object, 'spec'), 'volumeClaimTemplates').map(claim =>
    isObject(claim) ? objectAt(claim, 'metadata') : {},
  );
  return [
    ...named(listAt(mapAbove(spot, 5), 'volumes'), 'volume of this pod'),
    ...named(claims, 'volume claim of this StatefulSet'),
  ];
}

function containers(spot: Spot, steps: number): Suggestion[] {
  return named(listAt(mapAbove(spot, steps), 'containers'), 'container of this pod');
}

function named(items: readonly Json[], detail: string): Suggestion[] {
  return items.flatMap(item => {
    const name = isObject(item) ? item.name : undefined;
    return typeof name === 'string'
      ? [{ label: name, detail, kind: 'text' as const, rank: 0 as const }]
      : [];
  });
}
