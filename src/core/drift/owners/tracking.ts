import type { EngineId } from '../../model/environment.ts';
import { type JsonObject, type Resource, resourceOf } from '../../model/resource.ts';
import type { Tracking } from '../prepare/prepare.ts';
import { metadataMap } from '../values.ts';

export const argoTrackingId = 'argocd.argoproj.io/tracking-id';
export const argoInstallation = 'argocd.argoproj.io/installation-id';

/** What deploys an object: the Flux Kustomization, Argo CD Application or Helm release. */
export interface Deployer {
  engine: EngineId;
  name: string;
  namespace: string;
  /** Argo CD, where `argocd-cm` is known: how it marks what it applied, and with which label. */
  tracking?: 'annotation' | 'label' | 'annotation+label';
  instanceLabel?: string;
  /** Tells several installations of Argo CD apart; stands in an annotation beside the tracking id. */
  installation?: string;
  /** Flux: false where the Kustomization says `prune: false`. */
  prunes?: boolean;
  /** Argo CD: the sync option by which the Application keeps what is removed, `Prune=false` or `Prune=confirm`. */
  keeps?: string | undefined;
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
  if (engine === 'argocd') return argoTracking(deployer, resource, live);
  if (engine === 'helm' && helmMark in annotations)
    return {
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { [helmMark]: name, [helmNamespace]: namespace },
    };
  return { labels: {}, annotations: {} };
}

function argoTracking(
  { name, namespace, tracking, instanceLabel, installation }: Deployer,
  resource: Resource,
  live: JsonObject,
): Tracking {
  const annotations = metadataMap(live, 'annotations');
  const marks: Tracking = { labels: {}, annotations: {} };
  // An Application outside of Argo CD's own namespace stands there with its namespace.
  const names = [name, `${namespace}_${name}`];
  if (tracking === 'label' || tracking === 'annotation+label') {
    const label = instanceLabel || usualLabel;
    const [usual = name, other] = tracking === 'label' ? names : names.map(shortLabel);
    marks.labels[label] = metadataMap(live, 'labels')[label] === other ? (other ?? usual) : usual;
  }
  const byId = tracking === undefined ? argoTrackingId in annotations : tracking !== 'label';
  // An older Argo CD marked it by its label only, which is as good.
  const older =
    !(argoTrackingId in annotations) &&
    metadataMap(live, 'labels')[instanceLabel || usualLabel] !== undefined;
  if (!byId || older) return marks;
  const ids = names.map(each => trackingId(each, resource));
  const found = ids.find(each => each === annotations[argoTrackingId]);
  marks.annotations[argoTrackingId] = found ?? ids[0] ?? '';
  if (installation) marks.annotations[argoInstallation] = installation;
  return marks;
}

/** Where `application.instanceLabelKey` says no other. */
export const usualLabel = 'app.kubernetes.io/instance';

/** What fits into a label, as Argo CD cuts it. */
function shortLabel(text: string): string {
  return text.length <= 63 ? text : text.slice(0, 63).replace(/[^A-Za-z0-9]+$/, '');
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
