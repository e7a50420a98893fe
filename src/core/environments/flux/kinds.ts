import type { Resource } from '../../model/resource.ts';

export const kustomizeGroup = 'kustomize.toolkit.fluxcd.io';
export const helmGroup = 'helm.toolkit.fluxcd.io';

export function isKustomization({ group, kind }: Resource): boolean {
  return group === kustomizeGroup && kind === 'Kustomization';
}

export function isRelease({ group, kind }: Resource): boolean {
  return group === helmGroup && kind === 'HelmRelease';
}
