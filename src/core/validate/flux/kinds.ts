export const kustomizeGroup = 'kustomize.toolkit.fluxcd.io';
export const helmGroup = 'helm.toolkit.fluxcd.io';
export const sourceGroup = 'source.toolkit.fluxcd.io';

export function isFluxGroup(group: string): boolean {
  return /(^|\.)toolkit\.fluxcd\.io$|^source\.extensions\.fluxcd\.io$/.test(group);
}
