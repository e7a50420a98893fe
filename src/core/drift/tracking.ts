import type { EngineId } from '../model/environment.ts';
import { type JsonObject, type Resource, resourceOf } from '../model/resource.ts';
import { managedEntries } from './fields.ts';
import type { Tracking } from './prepare.ts';
import { metadataMap } from './values.ts';

export const argoTrackingId = 'argocd.argoproj.io/tracking-id';

/** What deploys an object: the Flux Kustomization, Argo CD Application or Helm release. */
export interface Deployer {
  engine: EngineId;
  name: string;
  namespace: string;
  /** Argo CD: `annotation` when `argocd-cm` says so or the object shows it. */
  tracking?: 'annotation' | 'label';
}

/** `<application>:<group>/<kind>:<namespace>/<name>`. */
export function trackingId(application: string, resource: Resource): string {
  const { group, kind, namespace, name } = resource;
  return `${application}:${group}/${kind}:${namespace}/${name}`;
}

/** The application an object's tracking id names, when the id is the object's own and not copied along. */
export function selfTracked(live: JsonObject): string | undefined {
  const id = metadataMap(live, 'annotations')[argoTrackingId];
  const resource = resourceOf(live);
  if (id === undefined || resource === undefined) return undefined;
  const application = id.slice(0, id.indexOf(':'));
  return id === trackingId(application, resource) ? application : undefined;
}

/**
 * The labels and annotations that the deployer adds on apply (drift.md 2.5). They count only where the
 * deployer has evidently applied the live object: then a changed or removed one is drift, while an
 * object that was applied in another way does not lack them.
 */
export function trackingOf(deployer: Deployer, resource: Resource, live: JsonObject): Tracking {
  const { name, namespace } = deployer;
  if (deployer.engine === 'flux' && appliedBy(live, 'kustomize-controller', fluxName))
    return { labels: { [fluxName]: name, [fluxNamespace]: namespace }, annotations: {} };
  if (deployer.engine === 'argocd' && tracksByAnnotation(deployer, live))
    return { labels: {}, annotations: { [argoTrackingId]: trackingId(name, resource) } };
  if (deployer.engine === 'helm' && helmMark in metadataMap(live, 'annotations'))
    return {
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { [helmMark]: name, 'meta.helm.sh/release-namespace': namespace },
    };
  return { labels: {}, annotations: {} };
}

export const fluxName = 'kustomize.toolkit.fluxcd.io/name';
export const fluxNamespace = 'kustomize.toolkit.fluxcd.io/namespace';
const helmMark = 'meta.helm.sh/release-name';

function appliedBy(live: JsonObject, manager: string, label: string): boolean {
  return (
    label in metadataMap(live, 'labels') ||
    managedEntries(live).some(entry => entry.manager === manager && entry.operation === 'Apply')
  );
}

function tracksByAnnotation(deployer: Deployer, live: JsonObject): boolean {
  if (deployer.tracking !== undefined) return deployer.tracking === 'annotation';
  return argoTrackingId in metadataMap(live, 'annotations');
}
