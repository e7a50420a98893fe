import { createHash } from 'node:crypto';
import type { FluxRelease, RenderSource, ValuesSource } from '../../model/environment.ts';
import { objectAt, objectsAt, textAt, textMapAt } from '../../model/fields.ts';
import type { DeployedObject, DiscoveryContext } from '../context.ts';
import { type Draft, referenceKey } from '../drafts.ts';
import { fluxIgnoreRules } from '../ignore-rules.ts';
import { helmGroup } from './kinds.ts';
import type { NamedObjects } from './named-objects.ts';
import { releaseChart } from './release-chart.ts';
import { scatteredPlaces } from './scattered.ts';
import type { FluxSources } from './sources.ts';
import { valuesFrom } from './values-from.ts';

/** The application that a HelmRelease is (`spec` of helm.toolkit.fluxcd.io/v2). */
export function releaseDraft(
  context: DiscoveryContext,
  sources: FluxSources,
  named: NamedObjects,
  release: DeployedObject,
): Draft {
  const { resource, value, source: origin } = release;
  const ignored = objectsAt(value, 'spec', 'driftDetection', 'ignore');
  return {
    application: {
      name: resource.name,
      engine: 'flux',
      source: releaseSource(context, sources, named, release),
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
  named: NamedObjects,
  release: DeployedObject,
): RenderSource {
  const { value, changedBy } = release;
  const reason = changedBy
    ? `${changedBy} changes this HelmRelease, which takes the renderer to follow`
    : objectAt(value, 'spec', 'kubeConfig') && 'it is applied to another cluster (spec.kubeConfig)';
  if (reason !== undefined) return { kind: 'unresolved', reason };
  const chart = releaseChart(context.index, sources, release);
  if ('reason' in chart) return { kind: 'unresolved', ...chart };
  return {
    kind: 'helm',
    path: '',
    ...chart,
    release: releaseName(release),
    namespace: targetNamespace(release),
    values: [...chart.values, ...valuesFrom(release, named), ...ownValues(release)],
    // Helm never changes a CRD of a chart's crds folder on upgrade, unless the release says so.
    includeCrds: textAt(value, 'spec', 'upgrade', 'crds') === 'CreateReplace',
    skipSchema: ['install', 'upgrade'].every(
      action => objectAt(value, 'spec', action)?.disableSchemaValidation === true,
    ),
    flux: fluxRelease(release),
  };
}

/** A name that is longer than Helm's is cut, with its hash (helm-controller, release.ShortenName). */
function releaseName({ resource, value }: DeployedObject): string {
  const target = textAt(value, 'spec', 'targetNamespace');
  const name =
    textAt(value, 'spec', 'releaseName') ??
    (target === undefined ? resource.name : `${target}-${resource.name}`);
  if (name.length <= 53) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${name.slice(0, 40)}-${hash}`;
}

function ownValues(release: DeployedObject): ValuesSource[] {
  const values = objectAt(release.value, 'spec', 'values');
  if (!values) return [];
  const { file, line, column } = release.locate(['spec', 'values']);
  const own: ValuesSource = { kind: 'inline', values, place: { file, line, column } };
  if (!release.scattered) return [own];
  const prefix = '/spec/values';
  const places = Object.entries(scatteredPlaces(release, 'spec', 'values')).map(
    ([pointer, place]) => [pointer.slice(prefix.length), place] as const,
  );
  return [{ ...own, places: Object.fromEntries(places) }];
}

function fluxRelease(release: DeployedObject): FluxRelease {
  const { resource, value } = release;
  const metadata = objectAt(value, 'spec', 'commonMetadata');
  return {
    postRenderers: objectsAt(value, 'spec', 'postRenderers'),
    postRenderStrategy: textAt(value, 'spec', 'postRenderStrategy'),
    commonMetadata: metadata && {
      labels: textMapAt(metadata, 'labels'),
      annotations: textMapAt(metadata, 'annotations'),
    },
    places: release.scattered
      ? {
          ...scatteredPlaces(release, 'spec', 'postRenderers'),
          ...scatteredPlaces(release, 'spec', 'commonMetadata'),
        }
      : undefined,
    name: resource.name,
    namespace: resource.namespace,
  };
}
