import type { ApiResource } from '../cluster/cluster.ts';
import type { Application } from '../model/environment.ts';
import { textAt } from '../model/fields.ts';
import type { Health } from '../model/health.ts';
import { type JsonObject, parseApiVersion, type Resource } from '../model/resource.ts';
import type { Declared } from './declared.ts';
import { reportedHealth } from './engine-health.ts';
import type { EnvironmentInput } from './environment-input.ts';
import type { DriftInput } from './input.ts';
import { type ArgoSettings, argoSettings } from './owners/argo-settings.ts';
import { scalersOf } from './owners/scalers.ts';
import type { EngineRecord } from './removed/records.ts';

/** What the engines of an environment are told beside the manifests, as far as it decides what counts as drift. */
export interface EngineWords {
  argo?: ArgoSettings;
  /** Who scales an object, by its key. */
  scalers: ReadonlyMap<string, Resource>;
  /** What helm-controller does about drift of an application. */
  correction(application: Application): DriftInput['correction'];
  /** How an object of an application fares by its engine's word, where that counts. */
  health(application: Application, live: JsonObject): Health | undefined;
  /** What Helm applied last of an object, where that was read. */
  released(application: Application, key: string): JsonObject | undefined;
}

/** `recordOf` gives what an application's engine has recorded, where that was read. */
export function engineWords(
  { argo }: { argo?: ArgoSettings },
  declared: readonly Declared[],
  recordOf: (application: Application) => EngineRecord | undefined,
): EngineWords {
  return {
    ...(argo === undefined ? {} : { argo }),
    scalers: scalersOf(declared),
    correction: application => correctionOf(recordOf(application)?.controller),
    health: (application, live) => reportedHealth(recordOf(application)?.controller, live),
    released: (application, key) => recordOf(application)?.released?.get(key),
  };
}

/**
 * The health of an object, with a word that its Argo CD has a check of its own for the kind: nothing here runs it
 * (drift.md 5.3).
 */
export function withOwnCheck(health: Health, live: JsonObject, argo?: ArgoSettings): Health {
  const { group } = parseApiVersion(String(live.apiVersion));
  const scopes = new Set([
    group === '' ? String(live.kind) : `${group}/${live.kind}`,
    `${group}/*`,
  ]);
  if (!argo?.customHealth.some(scope => scopes.has(scope))) return health;
  const told = 'Argo CD has a health check of its own for this kind; see there.';
  return { ...health, reason: health.reason === undefined ? told : `${health.reason} ${told}` };
}

/** Drift detection is off where a HelmRelease does not say. */
function correctionOf(controller: JsonObject | undefined): DriftInput['correction'] {
  if (controller?.kind !== 'HelmRelease') return undefined;
  const mode = textAt(controller, 'spec', 'driftDetection', 'mode');
  return mode === 'enabled' || mode === 'warn' ? mode : 'disabled';
}

const configMaps: ApiResource = {
  ...{ group: '', version: 'v1', kind: 'ConfigMap' },
  ...{ resource: 'configmaps', namespaced: true, verbs: ['get'] },
};

/**
 * What the environment's Argo CD is told for all Applications: as it runs, else as it is declared; undefined where
 * nobody knows, so that its defaults count. Rejects only when aborted.
 */
export async function readArgoSettings(
  { cluster, environment, signal }: EnvironmentInput,
  declared: readonly Declared[],
): Promise<ArgoSettings | undefined> {
  if (environment.engine !== 'argocd') return undefined;
  const controllers = environment.applications.flatMap(({ controller }) => controller ?? []);
  // Applications may stand in other namespaces than Argo CD itself.
  const namespaces = new Set(['argocd', ...controllers.map(({ namespace }) => namespace)]);
  for (const namespace of namespaces) {
    if (namespace === '') continue;
    const resource = { ...configMaps, namespace, name: 'argocd-cm' };
    const answer = await cluster.get(configMaps, resource, signal);
    if (answer.ok && answer.object) return argoSettings(answer.object);
  }
  const written = declared.find(
    ({ resource: { group, kind, name } }) =>
      group === '' && kind === 'ConfigMap' && name === 'argocd-cm',
  );
  return written && argoSettings(written.object.value);
}
