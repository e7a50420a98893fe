import type { OwnerProfile } from '../../model/drift.ts';
import type { JsonObject } from '../../model/resource.ts';
import { lastAppliedAnnotation } from '../prepare/last-applied.ts';
import { metadataMap } from '../values.ts';
import { managedEntries } from './fields.ts';
import { selfTracked } from './tracking.ts';

/** Where no other sign is: what `kubectl apply --server-side` would do. */
const fallback: OwnerProfile = { mode: 'ssa', manager: 'kubectl' };

export interface KnownOwners {
  /** What a person set. */
  said?: OwnerProfile;
  /** What the engine that renders the object does. */
  application?: OwnerProfile;
  /** What a HelmRelease does, where live does not show that Helm 3 made it. */
  release?: OwnerProfile;
  /** What counts where the live object shows nothing either; server-side apply by kubectl when absent. */
  usual?: OwnerProfile;
}

/**
 * Who applies the object, by the first hit of drift.md 2.2: what was said, the application that
 * renders it, marks on the live object, its only Apply entry, its last-applied annotation.
 */
export function chooseProfile(live: JsonObject | undefined, owners: KnownOwners): OwnerProfile {
  const known = owners.said ?? owners.application;
  if (known) return known;
  if (owners.release) return live ? helm(live, owners.release.manager) : owners.release;
  const usual = owners.usual ?? fallback;
  if (!live) return usual;
  return byMarks(live) ?? byApplyEntry(live) ?? byAnnotation(live) ?? usual;
}

function byMarks(live: JsonObject): OwnerProfile | undefined {
  const labels = metadataMap(live, 'labels');
  const annotations = metadataMap(live, 'annotations');
  if (labels['kustomize.toolkit.fluxcd.io/name'] !== undefined)
    return { mode: 'flux', manager: 'kustomize-controller' };
  if (labels['helm.toolkit.fluxcd.io/name'] !== undefined) return helm(live, 'helm-controller');
  if (labels['fluxcd.controlplane.io/name'] !== undefined)
    return { mode: 'ssa', manager: 'flux-operator' };
  if (selfTracked(live)) return argo(live);
  if (annotations['meta.helm.sh/release-name'] !== undefined) return helm(live, 'helm');
  return undefined;
}

/** Helm 3 left Update entries only; Helm 4 applies on the server. */
function helm(live: JsonObject, manager: string): OwnerProfile {
  return { mode: hasEntry(live, manager, 'Update') ? 'csa3' : 'ssa', manager };
}

function argo(live: JsonObject): OwnerProfile {
  const manager = 'argocd-controller';
  return { mode: hasEntry(live, manager, 'Apply') ? 'ssa' : 'csa', manager };
}

function hasEntry(live: JsonObject, manager: string, operation: string): boolean {
  const own = managedEntries(live).filter(
    entry => entry.manager === manager && entry.subresource === undefined,
  );
  return own.length > 0 && own.every(entry => entry.operation === operation);
}

function byApplyEntry(live: JsonObject): OwnerProfile | undefined {
  const applied = managedEntries(live).filter(
    entry => entry.operation === 'Apply' && entry.subresource === undefined,
  );
  const [entry] = applied;
  if (entry === undefined || applied.length > 1) return undefined;
  const mode = entry.manager === 'kustomize-controller' ? 'flux' : 'ssa';
  return { mode, manager: entry.manager };
}

function byAnnotation(live: JsonObject): OwnerProfile | undefined {
  return metadataMap(live, 'annotations')[lastAppliedAnnotation] === undefined
    ? undefined
    : { mode: 'csa', manager: 'kubectl-client-side-apply' };
}
