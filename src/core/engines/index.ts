import type { Application, EngineId } from '../model/environment.ts';
import { apply } from './apply/apply.ts';
import { argocd } from './argocd/argocd.ts';
import type { Engine } from './engine.ts';
import { flux } from './flux/flux.ts';

/** The engines that can be told to do something. */
export const engines: readonly Engine[] = [flux, argocd, apply];

/** The engine of an application; one that can do nothing and says why where there is none to tell. */
export function engineOf({ engine }: Pick<Application, 'engine'>): Engine {
  return engines.find(({ id }) => id === engine) ?? unable(engine);
}

function unable(id: EngineId): Engine {
  const reason = (name: string) =>
    id === 'helm'
      ? `Helm installs ${name} by hand: run helm upgrade, or let Flux or Argo CD deploy it.`
      : `Nothing is known that deploys ${name}, so that nothing can be told to.`;
  return {
    id,
    can: new Set(),
    status: () => ({ suspended: false }),
    follows: async () => undefined,
    delays: async () => undefined,
    refuses: async (_, { application: { name } }) => reason(name),
    run: async (_, { application: { name } }) => ({ kind: 'failed', message: reason(name) }),
  };
}
