import { resolveReference } from '../../manifests/paths.ts';
import type { FluxBuild, RenderSource } from '../../model/environment.ts';
import { objectAt, objectsAt, textAt, textMapAt, textsAt } from '../../model/fields.ts';
import type { Resource } from '../../model/resource.ts';
import type { DeployedObject, DiscoveryContext } from '../context.ts';
import { type Draft, referenceKey } from '../drafts.ts';
import { folderExists } from '../folders.ts';
import { fluxIgnoreRules } from '../ignore-rules.ts';
import { type FluxSources, referenceOf } from './sources.ts';

export const kustomizeGroup = 'kustomize.toolkit.fluxcd.io';

export function isKustomization({ group, kind }: Resource): boolean {
  return group === kustomizeGroup && kind === 'Kustomization';
}

/** The application that a Flux Kustomization is (`spec` of kustomize.toolkit.fluxcd.io/v1). */
export function kustomizationDraft(
  context: DiscoveryContext,
  sources: FluxSources,
  kustomization: DeployedObject,
): Draft {
  const { resource, value, source: origin } = kustomization;
  return {
    application: {
      name: resource.name,
      engine: 'flux',
      source: kustomizationSource(context, sources, kustomization),
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
  { resource, value, changedBy }: DeployedObject,
): RenderSource {
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
    return unresolved(`its path ${written} is not in the repository`);
  return { kind: 'kustomize', path, flux: fluxBuild({ resource, value }) };
}

/** What the controller adds to the build of the path. */
export function fluxBuild({
  resource,
  value,
}: Pick<DeployedObject, 'resource' | 'value'>): FluxBuild {
  const spec = objectAt(value, 'spec');
  const patches = objectsAt(spec, 'patches');
  const images = objectsAt(spec, 'images');
  const components = textsAt(spec, 'components');
  const metadata = objectAt(spec, 'commonMetadata');
  const postBuild = objectAt(spec, 'postBuild');
  return {
    name: resource.name,
    namespace: resource.namespace,
    targetNamespace: textAt(spec, 'targetNamespace'),
    namePrefix: textAt(spec, 'namePrefix'),
    nameSuffix: textAt(spec, 'nameSuffix'),
    patches: patches.length > 0 ? patches : undefined,
    images: images.length > 0 ? images : undefined,
    components: components.length > 0 ? components : undefined,
    commonMetadata: metadata && {
      labels: textMapAt(metadata, 'labels'),
      annotations: textMapAt(metadata, 'annotations'),
    },
    postBuild: postBuild && {
      substitute: textMapAt(postBuild, 'substitute') ?? {},
      substituteFrom: objectsAt(postBuild, 'substituteFrom'),
    },
  };
}
