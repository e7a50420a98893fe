import { resolveReference } from '../../manifests/paths.ts';
import type { FluxBuild, RenderSource } from '../../model/environment.ts';
import { objectAt, objectsAt, textAt, textMapAt, textsAt } from '../../model/fields.ts';
import type { DeployedObject, DiscoveryContext } from '../context.ts';
import { type Draft, referenceKey } from '../drafts.ts';
import { folderExists } from '../folders.ts';
import { fluxIgnoreRules } from '../ignore-rules.ts';
import { kustomizeGroup } from './kinds.ts';
import { isKnown, type NamedObjects } from './named-objects.ts';
import { scatteredPlaces } from './scattered.ts';
import { type FluxSources, referenceOf } from './sources.ts';

/** The application that a Flux Kustomization is (`spec` of kustomize.toolkit.fluxcd.io/v1). */
export function kustomizationDraft(
  context: DiscoveryContext,
  sources: FluxSources,
  kustomization: DeployedObject,
  named: NamedObjects,
): Draft {
  const { resource, value, source: origin } = kustomization;
  return {
    application: {
      name: resource.name,
      engine: 'flux',
      source: kustomizationSource(context, sources, kustomization, named),
      owner: { mode: 'flux', manager: 'kustomize-controller' },
      namespace: textAt(value, 'spec', 'targetNamespace'),
      controller: resource,
      origin,
      ignore: fluxIgnoreRules(objectsAt(value, 'spec', 'ignore'), kustomization),
    },
    needs: objectsAt(value, 'spec', 'dependsOn').map(need =>
      referenceKey(
        kustomizeGroup,
        'Kustomization',
        { name: textAt(need, 'name'), namespace: textAt(need, 'namespace') },
        resource,
      ),
    ),
  };
}

function kustomizationSource(
  context: DiscoveryContext,
  sources: FluxSources,
  kustomization: DeployedObject,
  named: NamedObjects,
): RenderSource {
  const { resource, value, changedBy } = kustomization;
  const unresolved = (reason: string): RenderSource => ({ kind: 'unresolved', reason });
  if (changedBy !== undefined)
    return unresolved(
      `${changedBy} changes this Kustomization, which takes the renderer to follow`,
    );
  if (objectAt(value, 'spec', 'kubeConfig'))
    return unresolved('it is applied to another cluster (spec.kubeConfig)');
  const reference = referenceOf(objectAt(value, 'spec', 'sourceRef'));
  const found = sources.resolve(reference, resource);
  if ('reason' in found) return unresolved(found.reason);
  const written = textAt(value, 'spec', 'path') ?? './';
  const path = resolveReference(found.root, `./${written}`);
  if (path === undefined || !folderExists(context.index, path))
    return {
      kind: 'unresolved',
      reason: `its path ${written} is not in the repository`,
      missing: { kind: 'folder', written, path, place: kustomization.locate(['spec', 'path']) },
    };
  return { kind: 'kustomize', path, flux: fluxBuild(kustomization, named) };
}

/** What the controller adds to the build of the path. */
function fluxBuild(kustomization: DeployedObject, named: NamedObjects): FluxBuild {
  const { resource, value } = kustomization;
  const spec = objectAt(value, 'spec');
  const list = <T>(items: T[]): T[] | undefined => (items.length > 0 ? items : undefined);
  const metadata = objectAt(spec, 'commonMetadata');
  return {
    name: resource.name,
    namespace: resource.namespace,
    targetNamespace: textAt(spec, 'targetNamespace'),
    namePrefix: textAt(spec, 'namePrefix'),
    nameSuffix: textAt(spec, 'nameSuffix'),
    patches: list(objectsAt(spec, 'patches')),
    images: list(objectsAt(spec, 'images')),
    components: list(textsAt(spec, 'components')),
    ignoreMissingComponents: spec?.ignoreMissingComponents === true || undefined,
    buildMetadata: list(textsAt(spec, 'buildMetadata')),
    commonMetadata: metadata && {
      labels: textMapAt(metadata, 'labels'),
      annotations: textMapAt(metadata, 'annotations'),
    },
    postBuild: postBuildOf(kustomization, named),
    places: kustomization.scattered ? scatteredPlaces(kustomization, 'spec') : undefined,
  };
}

function postBuildOf(
  { resource, value }: DeployedObject,
  named: NamedObjects,
): FluxBuild['postBuild'] {
  const postBuild = objectAt(value, 'spec', 'postBuild');
  if (!postBuild) return undefined;
  const substituteFrom = objectsAt(postBuild, 'substituteFrom');
  const found = substituteFrom.map(({ kind, name }) =>
    named.find(String(kind), String(name), resource.namespace),
  );
  return {
    substitute: textMapAt(postBuild, 'substitute') ?? {},
    substituteFrom,
    substituteStrategy: textAt(postBuild, 'substituteStrategy'),
    known: found.filter(isKnown),
    unknown: found.flatMap(each => (isKnown(each) ? [] : [each])),
  };
}
