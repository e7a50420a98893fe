import type { EngineId } from '../model/environment.ts';

/** `Flux`, as the engines write themselves. */
export const engineNames: Record<EngineId, string> = {
  flux: 'Flux',
  argocd: 'Argo CD',
  helm: 'Helm',
  apply: 'kubectl apply',
  none: 'no engine',
};

/** Commit ids as git abbreviates them; anything else, such as `working tree`, as it is. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]{40,64}$/.test(revision) ? revision.slice(0, 7) : revision;
}
