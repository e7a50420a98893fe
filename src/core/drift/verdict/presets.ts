import type { DriftPath, PresetHint } from '../../model/drift.ts';
import { parsePath } from '../../model/path.ts';
import { isObject, type JsonObject, type Resource, resourceText } from '../../model/resource.ts';
import { metadataMap, own } from '../values.ts';

/** What is known of the object whose difference is looked at. */
export interface PresetSides {
  desired: JsonObject;
  live: JsonObject;
  /** The HorizontalPodAutoscaler or ScaledObject that scales it, where one is known. */
  scaledBy?: Resource;
}

/**
 * The ready-made ignore rule that fits a difference, where a controller is known to make it: autoscalers,
 * injected CA bundles, aggregated roles (drift.md 2.8).
 */
export function presetFor(
  path: Pick<DriftPath, 'path' | 'kind' | 'by'>,
  sides: PresetSides,
): PresetHint | undefined {
  if (path.kind === 'order') return undefined;
  return scaled(path, sides) ?? injected(path, sides) ?? aggregated(path, sides);
}

function scaled(
  { path, by }: Pick<DriftPath, 'path' | 'by'>,
  { desired, scaledBy }: PresetSides,
): PresetHint | undefined {
  if (path !== '.spec.replicas') return undefined;
  const kind = String(desired.kind);
  if (scaledBy) {
    const preset = scaledBy.kind === 'ScaledObject' ? 'keda-replicas' : 'hpa-replicas';
    return { preset, because: `${resourceText(scaledBy)} scales this ${kind}.` };
  }
  const scaler = by.find(({ subresource }) => subresource === 'scale')?.manager ?? '';
  if (scaler.startsWith('keda'))
    return { preset: 'keda-replicas', because: `KEDA (${scaler}) scaled this ${kind}.` };
  // The controller of HorizontalPodAutoscalers runs in it, and nothing else of it scales by this way.
  return scaler === 'kube-controller-manager'
    ? {
        preset: 'hpa-replicas',
        because: `A HorizontalPodAutoscaler (${scaler}) scaled this ${kind}.`,
      }
    : undefined;
}

/** Annotations by which a controller is told to fill a CA bundle in. */
const injection =
  /^(cert-manager\.io\/inject-|certmanager\.k8s\.io\/inject-|service\.(alpha|beta)\.openshift\.io\/inject-cabundle)/;
const injectors = /cainjector|^service-ca|^olm$|^catalog$|operator-lifecycle-manager/;

function injected(
  { path, by }: Pick<DriftPath, 'path' | 'by'>,
  { desired, live }: PresetSides,
): PresetHint | undefined {
  if (parsePath(path).at(-1) !== 'caBundle') return undefined;
  const mark = [desired, live]
    .flatMap(side => Object.keys(metadataMap(side, 'annotations')))
    .find(key => injection.test(key));
  if (mark !== undefined)
    return { preset: 'ca-injection', because: `A controller fills it in (annotation ${mark}).` };
  const manager = by.find(owner => injectors.test(owner.manager))?.manager;
  if (manager !== undefined) return { preset: 'ca-injection', because: `${manager} fills it in.` };
  return Object.keys(metadataMap(live, 'labels')).some(key => key.startsWith('olm.'))
    ? { preset: 'ca-injection', because: 'Operator Lifecycle Manager fills it in (label olm.…).' }
    : undefined;
}

function aggregated(
  { path }: Pick<DriftPath, 'path'>,
  { desired, live }: PresetSides,
): PresetHint | undefined {
  if (desired.kind !== 'ClusterRole' || parsePath(path)[0] !== 'rules') return undefined;
  return [desired, live].some(side => isObject(own(side, 'aggregationRule')))
    ? {
        preset: 'aggregated-rules',
        because: 'Its rules are gathered from other roles (aggregationRule).',
      }
    : undefined;
}
