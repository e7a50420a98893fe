import { objectAt, textAt } from '../../model/fields.ts';
import type { JsonObject, Resource } from '../../model/resource.ts';
import type { EngineTarget } from '../engine.ts';
import { type Held, readObject } from '../target.ts';

const group = 'source.toolkit.fluxcd.io';

/**
 * What a Kustomization or HelmRelease is made from, in the order in which it is fetched (drift.md 6.2): of a
 * HelmRelease the source of its chart, then the chart. What Flux does not fetch is left out. A finished sentence
 * where one of them cannot be read.
 */
export async function sourcesOf(
  target: EngineTarget,
  { object, resource }: Held,
): Promise<Held[] | { reason: string }> {
  const spec = objectAt(object, 'spec') ?? {};
  const chart = objectAt(spec, 'chart', 'spec');
  if (chart) return chartOf(target, resource, object, chart);
  const reference = objectAt(spec, 'sourceRef') ?? objectAt(spec, 'chartRef');
  const source = await readReference(target, reference, resource);
  if ('reason' in source) return source;
  if (source.resource.kind !== 'HelmChart') return fetched([source]);
  const from = objectAt(source.object, 'spec', 'sourceRef');
  const below = await readReference(target, from, source.resource);
  return 'reason' in below ? below : fetched([below, source]);
}

/** The chart's object is helm-controller's own; before the first reconciliation there is none. */
async function chartOf(
  target: EngineTarget,
  release: Resource,
  object: JsonObject,
  chart: JsonObject,
): Promise<Held[] | { reason: string }> {
  const source = await readReference(target, objectAt(chart, 'sourceRef'), release);
  if ('reason' in source) return source;
  const [namespace = '', name = ''] = (
    textAt(object, 'status', 'helmChart') ??
    `${source.resource.namespace}/${release.namespace}-${release.name}`
  ).split('/');
  const made = await readObject(target, { group, kind: 'HelmChart', namespace, name });
  return fetched('reason' in made ? [source] : [source, made]);
}

async function readReference(
  target: EngineTarget,
  reference: JsonObject | undefined,
  from: Resource,
): Promise<Held | { reason: string }> {
  const kind = textAt(reference, 'kind') ?? '';
  const name = textAt(reference, 'name') ?? '';
  const namespace = textAt(reference, 'namespace') ?? from.namespace;
  return readObject(target, { group, kind, namespace, name });
}

/** A HelmRepository of OCI charts is only an address, and an ExternalArtifact is made by somebody else. */
function fetched(sources: Held[]): Held[] {
  return sources.filter(
    ({ resource: { kind }, object }) =>
      kind !== 'ExternalArtifact' &&
      !(kind === 'HelmRepository' && textAt(object, 'spec', 'type') === 'oci'),
  );
}
