import { resolveReference } from '../../manifests/paths.ts';
import type {
  ChartReference,
  HelmSource,
  MissingPath,
  ValuesSource,
} from '../../model/environment.ts';
import { objectAt, textAt, textsAt } from '../../model/fields.ts';
import type { JsonObject, Resource } from '../../model/resource.ts';
import type { DeployedObject } from '../context.ts';
import type { ManifestIndex } from '../manifest-index.ts';
import { type FluxSources, referenceOf } from './sources.ts';

/** A chart's folder, or which chart from elsewhere it is, with the values that its source sets. */
type ReleaseChart =
  | (Pick<HelmSource, 'chart' | 'withoutDefaults' | 'values'> & { path?: string })
  | { reason: string; missing?: MissingPath };

/** The chart of a HelmRelease: of `spec.chart`, or of the source that `spec.chartRef` names. */
export function releaseChart(
  index: ManifestIndex,
  sources: FluxSources,
  release: DeployedObject,
): ReleaseChart {
  const { resource, value } = release;
  const chartRef = objectAt(value, 'spec', 'chartRef');
  if (!chartRef) return sourcedChart(index, sources, release, ['spec', 'chart', 'spec']);
  const reference = referenceOf(chartRef);
  const found = sources.find(reference, resource);
  if (!found) return { reason: `its ${reference.kind} ${reference.name} is not in the repository` };
  if (reference.kind === 'HelmChart') return sourcedChart(index, sources, found, ['spec']);
  if (reference.kind === 'OCIRepository') return artifactChart(found);
  return { reason: `its chart ${reference.kind} ${reference.name} is not in the repository` };
}

/** The artifact of an OCIRepository is the chart itself. */
function artifactChart({ resource, value }: DeployedObject): ReleaseChart {
  const [, folder, name] =
    /^(oci:\/\/.+)\/([^/]+?)\/?$/.exec(textAt(value, 'spec', 'url') ?? '') ?? [];
  if (folder === undefined || name === undefined)
    return { reason: `OCIRepository ${resource.name} has no address of a chart` };
  return { chart: { url: folder, name, version: artifactVersion(value) }, values: [] };
}

/** A tag beside a digest is the digest's own name; else Flux takes the digest, the range, the tag. */
function artifactVersion(value: JsonObject): string {
  const ref = objectAt(value, 'spec', 'ref');
  const [digest, semver, tag] = ['digest', 'semver', 'tag'].map(field => textAt(ref, field));
  if (digest !== undefined) return tag ?? digest;
  return semver ?? tag ?? 'latest';
}

/**
 * A chart as HelmReleases and HelmCharts name it at `fields`: its folder in a source, or its name in a
 * HelmRepository.
 */
function sourcedChart(
  index: ManifestIndex,
  sources: FluxSources,
  owner: DeployedObject,
  fields: string[],
): ReleaseChart {
  const from = owner.resource;
  const spec = objectAt(owner.value, ...fields);
  const chart = textAt(spec, 'chart') ?? '';
  const reference = referenceOf(objectAt(spec, 'sourceRef'));
  if (reference.kind === 'HelmRepository') return repositoryChart(sources, spec, from);
  const location = sources.resolve(reference, from);
  if ('reason' in location) return location;
  const path = resolveReference(location.root, `./${chart}`);
  if (path === undefined || !index.charts.has(path))
    return {
      reason: `its chart ${chart} is not in the repository`,
      missing: { kind: 'chart', written: chart, path, place: owner.locate([...fields, 'chart']) },
    };
  return { path, ...chartValues(path, spec, location.root) };
}

function repositoryChart(
  sources: FluxSources,
  spec: JsonObject | undefined,
  from: Resource,
): ReleaseChart {
  const reference = referenceOf(objectAt(spec, 'sourceRef'));
  const name = textAt(spec, 'chart') ?? '';
  const version = textAt(spec, 'version') ?? '*';
  const url = textAt(sources.find(reference, from)?.value, 'spec', 'url');
  if (url === undefined)
    return {
      reason: `chart ${name} ${version} is of HelmRepository ${reference.name}, which is not in the repository`,
    };
  if (textsAt(spec, 'valuesFiles').length > 0)
    return {
      reason: `its valuesFiles of chart ${name} replace the chart's values.yaml, which is not rendered here`,
    };
  const chart: ChartReference = { url: url.replace(/\/+$/, ''), name, version };
  return { chart, values: [] };
}

/**
 * The values files that a chart's source names take the place of the chart's own values.yaml
 * (source-controller, chart.LocalBuilder): they are named from the source's root, the later wins.
 */
function chartValues(
  path: string,
  spec: JsonObject | undefined,
  root: string,
): Pick<HelmSource, 'values' | 'withoutDefaults'> {
  const files = textsAt(spec, 'valuesFiles');
  if (files.length === 0) return { values: [] };
  const paths = files.map(file => resolveReference(root, `./${file}`) ?? file);
  const optional = spec?.ignoreMissingValuesFiles === true || undefined;
  const values = paths.map((file): ValuesSource => ({ kind: 'file', path: file, optional }));
  const [first, ...others] = values;
  // Which Helm reads anyhow.
  if (first?.kind === 'file' && first.path === `${path}/values.yaml`) return { values: others };
  return { values, withoutDefaults: true };
}
