import type { EngineId } from '../../model/environment.ts';
import { type JsonObject, type Resource, resourceOf } from '../../model/resource.ts';
import type { Tracking } from '../prepare/prepare.ts';
import { metadataMap } from '../values.ts';

export const argoTrackingId = 'argocd.argoproj.io/tracking-id';

/** What deploys an object: the Flux Kustomization, Argo CD Application or Helm release. */
export interface Deployer {
  engine: EngineId;
  name: string;
  namespace: string;
  /** Argo CD, where `argocd-cm` is known: how it marks what it applied, and with which label. */
  tracking?: 'annotation' | 'label';
  instanceLabel?: string;
  /** Flux: false where the Kustomization says `prune: false`. */
  prunes?: boolean;
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
 * The labels and annotations that Argo CD and Helm add on apply (drift.md 2.5); Flux' are rendered.
 * They count only where the deployer has evidently applied the live object: then a changed or removed
 * one is drift, while an object that was applied in another way does not lack them.
 */
export function trackingOf(deployer: Deployer, resource: Resource, live: JsonObject): Tracking {
  const { engine, name, namespace } = deployer;
  const annotations = metadataMap(live, 'annotations');
  if (engine === 'argocd' && deployer.tracking === 'label') {
    const label = deployer.instanceLabel ?? 'app.kubernetes.io/instance';
    return { labels: { [label]: name }, annotations: {} };
  }
  if (
    engine === 'argocd' &&
    (deployer.tracking === 'annotation' || argoTrackingId in annotations)
  ) {
    // An Application outside of Argo CD's own namespace stands there with its namespace.
    const own = [name, `${namespace}_${name}`].map(each => trackingId(each, resource));
    const id = own.find(each => each === annotations[argoTrackingId]) ?? own[0] ?? '';
    return { labels: {}, annotations: { [argoTrackingId]: id } };
  }
  if (engine === 'helm' && helmMark in annotations)
    return {
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { [helmMark]: name, [helmNamespace]: namespace },
    };
  return { labels: {}, annotations: {} };
}

/** True when an Application's name in a tracking id is this deployer's. */
export function isApplication(deployer: Deployer, application: string): boolean {
  const { name, namespace } = deployer;
  return application === name || application === `${namespace}_${name}`;
}

export const fluxName = 'kustomize.toolkit.fluxcd.io/name';
export const fluxNamespace = 'kustomize.toolkit.fluxcd.io/namespace';
export const helmMark = 'meta.helm.sh/release-name';
export const helmNamespace = 'meta.helm.sh/release-namespace';
