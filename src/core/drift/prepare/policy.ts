import type { OwnerProfile } from '../../model/drift.ts';
import type { JsonObject } from '../../model/resource.ts';
import { metadataMap, own } from '../values.ts';

const kustomizeController = 'kustomize.toolkit.fluxcd.io';

/**
 * Why an object of the manifests is not compared at all, as one sentence; undefined when it is
 * (drift.md 2.9, 1.3, 1.4). What a rule belongs to decides whether it counts: an annotation of
 * Argo CD or Helm means nothing to Flux's kustomize-controller, and the other way round.
 */
export function skipReason(
  desired: JsonObject,
  live: JsonObject | undefined,
  profile: OwnerProfile,
): string | undefined {
  return (
    neverApplied(desired) ?? hookReason(desired, profile) ?? switchedOff(desired, live, profile)
  );
}

function neverApplied(desired: JsonObject): string | undefined {
  if (metadataMap(desired, 'annotations')['config.kubernetes.io/local-config'] === 'true')
    return 'It is only for kustomize (annotation config.kubernetes.io/local-config) and never applied.';
  if (String(desired.apiVersion).startsWith('kustomize.config.k8s.io/'))
    return 'It configures kustomize and is never applied.';
  const metadata = own(desired, 'metadata');
  if (own(metadata, 'generateName') !== undefined && own(metadata, 'name') === undefined)
    return 'Its name is generated (generateName), so there is no live object to compare with.';
  return undefined;
}

function hookReason(desired: JsonObject, profile: OwnerProfile): string | undefined {
  if (profile.mode === 'flux') return undefined;
  const annotations = metadataMap(desired, 'annotations');
  const argo = annotations['argocd.argoproj.io/hook'];
  if (argo !== undefined && !isHelm(profile))
    return `It is an Argo CD hook (${argo}): it runs and is not kept.`;
  const helm = annotations['helm.sh/hook']?.split(',').map(type => type.trim());
  return helm === undefined || helm.includes('crd-install')
    ? undefined
    : `It is a Helm hook (${helm.join(', ')}): it runs and is not kept.`;
}

function isHelm({ mode, manager }: OwnerProfile): boolean {
  return mode === 'csa3' || manager === 'helm' || manager === 'helm-controller';
}

function switchedOff(
  desired: JsonObject,
  live: JsonObject | undefined,
  profile: OwnerProfile,
): string | undefined {
  if (profile.manager === 'helm-controller') {
    const off = marked('helm.toolkit.fluxcd.io/driftDetection', 'disabled', desired, live);
    return off
      ? 'Drift detection is disabled for it (helm.toolkit.fluxcd.io/driftDetection).'
      : undefined;
  }
  if (profile.mode !== 'flux') return undefined;
  if (marked(`${kustomizeController}/reconcile`, 'disabled', desired, live))
    return `Flux leaves it alone (${kustomizeController}/reconcile: disabled).`;
  if (marked(`${kustomizeController}/ssa`, 'Ignore', desired, live))
    return `Flux leaves it alone (${kustomizeController}/ssa: Ignore).`;
  if (live && marked(`${kustomizeController}/ssa`, 'IfNotPresent', desired))
    return `Flux only creates it and does not change it later (${kustomizeController}/ssa: IfNotPresent).`;
  return undefined;
}

/**
 * The profile that counts for one object: `ssa: Merge` tells Flux not to take over what was written
 * with kubectl, and Argo CD's sync option `ServerSideApply` of an object goes before its application's.
 */
export function effectiveProfile(
  profile: OwnerProfile,
  desired: JsonObject,
  live: JsonObject | undefined,
): OwnerProfile {
  const { mode, manager } = profile;
  if (mode === 'flux' && marked(`${kustomizeController}/ssa`, 'Merge', desired, live))
    return { mode: 'ssa', manager };
  if (manager !== 'argocd-controller') return profile;
  const options = argoOptions(desired, 'sync-options');
  if (options.includes('ServerSideApply=true')) return { mode: 'ssa', manager };
  return options.includes('ServerSideApply=false') ? { mode: 'csa', manager } : profile;
}

/** The options in one of Argo CD's annotations, such as `sync-options` and `compare-options`. */
export function argoOptions(object: JsonObject, name: string): string[] {
  const text = metadataMap(object, 'annotations')[`argocd.argoproj.io/${name}`] ?? '';
  return text.split(',').map(option => option.trim());
}

/** True when a label or annotation of one of the objects has the value, in whatever case, as Flux reads it. */
export function marked(
  key: string,
  value: string,
  ...objects: readonly (JsonObject | undefined)[]
): boolean {
  return objects.some(object =>
    (['labels', 'annotations'] as const).some(
      field => metadataMap(object, field)[key]?.toLowerCase() === value.toLowerCase(),
    ),
  );
}
