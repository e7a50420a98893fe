import { inject } from 'vitest';
import type { Argo } from './argo.ts';
import type { Flux } from './flux.ts';
import type { Gitea } from './gitea-api.ts';
import type { ControlPlane } from './start.ts';

/** Real Flux on a control plane of its own; started once per run, when the first test file asks. */
export function flux(): Promise<Flux & { plane: ControlPlane }> {
  return ask('flux');
}

/** Real Argo CD on a control plane of its own; started once per run, when the first test file asks. */
export function argo(): Promise<Argo & { plane: ControlPlane }> {
  return ask('argo');
}

/** Real Gitea; started once per run, when the first test file asks. */
export function gitea(): Promise<Gitea> {
  return ask('gitea');
}

async function ask<T>(name: string): Promise<T> {
  const response = await fetch(`${inject('onDemand')}/${name}`);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}
