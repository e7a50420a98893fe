import { resolveReference } from '../../manifests/paths.ts';
import type { RenderSource, ValuesSource } from '../../model/environment.ts';
import { objectAt, objectsAt, textAt, textsAt } from '../../model/fields.ts';
import type { JsonObject, Resource } from '../../model/resource.ts';
import type { DeployedObject, DiscoveryContext } from '../context.ts';
import { type Draft, referenceKey } from '../drafts.ts';
import { fluxIgnoreRules } from '../ignore-rules.ts';
import type { ManifestIndex } from '../manifest-index.ts';
import { type FluxSources, referenceOf } from './sources.ts';
import { valuesFrom } from './values-from.ts';

export const helmGroup = 'helm.toolkit.fluxcd.io';

/** The application that a HelmRelease is (`spec` of helm.toolkit.fluxcd.io/v2). */
export function releaseDraft(
  context: DiscoveryContext,
  sources: FluxSources,
  deployed: readonly DeployedObject[],
  release: DeployedObject,
): Draft {
  const { resource, value, source: origin } = release;
  const ignored = objectsAt(value, 'spec', 'driftDetection', 'ignore');
  return {
    application: {
      name: resource.name,
      engine: 'flux',
      source: releaseSource(context, sources, deployed, release),
      owner: { mode: 'ssa', manager: 'helm-controller' },
      namespace: targetNamespace(release),
      controller: resource,
      origin,
      ignore: fluxIgnoreRules(ignored, release),
    },
    needs: objectsAt(value, 'spec', 'dependsOn').map(need =>
      referenceKey(
        helmGroup,
        'HelmRelease',
        { name: textAt(need, 'name'), namespace: textAt(need, 'namespace') },
        resource,
      ),
    ),
  };
}

function targetNamespace({ resource, value }: DeployedObject): string {
  return textAt(value, 'spec', 'targetNamespace') ?? resource.namespace;
}

function releaseSource(
  context: DiscoveryContext,
  sources: FluxSources,
  deployed: readonly DeployedObject[],
  release: DeployedObject,
): RenderSource {
  const { resource, value, changedBy } = release;
  const reason = changedBy
    ? `${changedBy} changes this HelmRelease, which takes the renderer to follow`
    : unrenderable(value);
  if (reason !== undefined) return { kind: 'unresolved', reason };
  const chart = chartFolder(context.index, sources, release);
  if ('reason' in chart) return { kind: 'unresolved', reason: chart.reason };
  const values = valuesFrom(context.index, deployed, release);
  if ('reason' in values) return { kind: 'unresolved', reason: values.reason };
  const prefix = textAt(value, 'spec', 'targetNamespace');
  const inline = objectAt(value, 'spec', 'values');
  const own: ValuesSource[] = inline
    ? [{ kind: 'inline', values: inline, place: release.locate(['spec', 'values']) }]
    : [];
  return {
    kind: 'helm',
    path: chart.path,
    release:
      textAt(value, 'spec', 'releaseName') ??
      (prefix === undefined ? resource.name : `${prefix}-${resource.name}`),
    namespace: targetNamespace(release),
    values: [...chart.values, ...values.values, ...own],
    // Helm never changes a CRD of a chart's crds folder on upgrade, unless the release says so.
    includeCrds: textAt(value, 'spec', 'upgrade', 'crds') === 'CreateReplace',
  };
}

function unrenderable(value: JsonObject): string | undefined {
  if (objectAt(value, 'spec', 'kubeConfig'))
    return 'it is applied to another cluster (spec.kubeConfig)';
  if (objectsAt(value, 'spec', 'postRenderers').length > 0)
    return 'its spec.postRenderers are not rendered here';
  if (objectAt(value, 'spec', 'commonMetadata'))
    return 'its spec.commonMetadata is not rendered here';
  return undefined;
}

type ChartPlace = { path: string; values: ValuesSource[] } | { reason: string };

function chartFolder(
  index: ManifestIndex,
  sources: FluxSources,
  { resource, value }: DeployedObject,
): ChartPlace {
  const chartRef = objectAt(value, 'spec', 'chartRef');
  if (!chartRef)
    return sourcedChart(index, sources, objectAt(value, 'spec', 'chart', 'spec'), resource);
  const reference = referenceOf(chartRef);
  const found = sources.find(reference, resource);
  if (reference.kind === 'HelmChart' && found)
    return sourcedChart(index, sources, objectAt(found.value, 'spec'), found.resource);
  const from = [textAt(found?.value, 'spec', 'url'), versionOf(found)].filter(text => text);
  const details = from.length === 0 ? '' : ` (${from.join(' ')})`;
  return {
    reason: `its chart ${reference.kind} ${reference.name}${details} is not in the repository`,
  };
}

function versionOf(source: DeployedObject | undefined): string | undefined {
  const ref = objectAt(source?.value, 'spec', 'ref');
  return textAt(ref, 'digest') ?? textAt(ref, 'semver') ?? textAt(ref, 'tag');
}

/**
 * A chart as HelmReleases and HelmCharts name it: its folder in a source, or its name in a
 * HelmRepository.
 */
function sourcedChart(
  index: ManifestIndex,
  sources: FluxSources,
  spec: JsonObject | undefined,
  from: Resource,
): ChartPlace {
  const chart = textAt(spec, 'chart') ?? '';
  const reference = referenceOf(objectAt(spec, 'sourceRef'));
  if (reference.kind === 'HelmRepository') {
    const version = textAt(spec, 'version') ?? '*';
    return {
      reason: `chart ${chart} ${version} of HelmRepository ${reference.name} is not in the repository`,
    };
  }
  const location = sources.resolve(reference, from);
  if ('reason' in location) return location;
  const path = resolveReference(location.root, `./${chart}`);
  if (path === undefined || !index.charts.has(path))
    return { reason: `its chart ${chart} is not in the repository` };
  return chartValues(path, textsAt(spec, 'valuesFiles'), location.root);
}

/**
 * The chart with the values files that its source names. They take the place of the chart's own
 * values.yaml, which Helm always reads: only a list that begins with that file can be rendered.
 */
function chartValues(path: string, files: readonly string[], root: string): ChartPlace {
  if (files.length === 0) return { path, values: [] };
  const paths = files.map(file => resolveReference(root, `./${file}`) ?? file);
  const [first, ...others] = paths;
  if (first !== `${path}/values.yaml`)
    return {
      reason: `its valuesFiles replace the chart's values.yaml, which is not rendered here`,
    };
  return { path, values: others.map(file => ({ kind: 'file', path: file })) };
}
