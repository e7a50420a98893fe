import type { Application } from '../../model/environment.ts';
import type { ArgoSettings } from './argo-settings.ts';
import type { KnownOwners } from './profile.ts';
import type { Deployer } from './tracking.ts';

/** What deploys the objects of an application, where an engine does; `argo` is what its Argo CD was told. */
export function deployerOf(
  { name, engine, source, controller }: Application,
  argo?: ArgoSettings,
): Deployer | undefined {
  if (engine === 'argocd') {
    const named = { name: controller?.name ?? name, namespace: controller?.namespace ?? '' };
    const { tracking, instanceLabel, installation } = argo ?? {};
    return { engine, ...named, tracking, instanceLabel, installation };
  }
  if (source.kind === 'helm')
    return { engine: 'helm', name: source.release, namespace: source.namespace };
  const flux = source.kind === 'kustomize' ? source.flux : undefined;
  return flux && { engine: 'flux', name: flux.name, namespace: flux.namespace };
}

/**
 * Owner profiles of an application's objects. Where no engine deploys a folder its profile is only
 * what people usually do, and marks on the live object count for more.
 */
export function usualOwners({ engine, owner }: Application): KnownOwners {
  if (engine === 'flux' && owner.manager === 'helm-controller') return { release: owner };
  const usual = owner.mode === 'ssa' && ['kubectl', 'helm'].includes(owner.manager);
  return engine !== 'flux' && engine !== 'argocd' && usual ? { usual: owner } : { said: owner };
}
