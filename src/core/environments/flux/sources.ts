import { resolveReference } from '../../manifests/paths.ts';
import { objectAt, objectsAt, textAt, valueAt } from '../../model/fields.ts';
import type { Json, JsonObject, Resource } from '../../model/resource.ts';
import { resourceKey } from '../../model/resource.ts';
import type { DeployedObject, DiscoveryContext } from '../context.ts';
import { writtenOfKind } from '../written.ts';

export interface SourceReference {
  kind: string;
  name: string;
  namespace?: string;
}

/** Where a Flux source's content lies: `root` is the repository's folder that is its root. */
export type SourceLocation = { root: string } | { reason: string };

/** The Flux sources of one environment. */
export interface FluxSources {
  /**
   * Source objects that the environment deploys; they win over those that merely stand in a file.
   */
  add(objects: readonly DeployedObject[]): void;
  resolve(reference: SourceReference, from: Resource): SourceLocation;
  /** The source object itself, where the repository has it. */
  find(reference: SourceReference, from: Resource): DeployedObject | undefined;
}

/** How `flux bootstrap` and FluxInstance name the source that is the repository itself. */
export const defaultBootstrap = {
  kind: 'GitRepository',
  name: 'flux-system',
  namespace: 'flux-system',
};

const sourceGroup = 'source.toolkit.fluxcd.io';
const groups: Record<string, string> = {
  ExternalArtifact: sourceGroup,
  ArtifactGenerator: 'source.extensions.fluxcd.io',
};

/**
 * Tells which sources are this repository. `bootstrap` names the source that Flux was started with:
 * it is this repository, as the object that names it lies in it.
 */
export function fluxSources(
  context: DiscoveryContext,
  bootstrap: SourceReference & { namespace: string },
): FluxSources {
  const declared = new Map<string, DeployedObject>();
  const keyOf = ({ kind, name }: SourceReference, namespace: string) =>
    resourceKey({ group: groups[kind] ?? sourceGroup, kind, namespace, name });
  const bootstrapKey = keyOf(bootstrap, bootstrap.namespace);

  const find = (reference: SourceReference, from: Resource): DeployedObject | undefined => {
    const namespace = reference.namespace ?? from.namespace;
    const group = groups[reference.kind] ?? sourceGroup;
    const written = writtenOfKind(context.index, group, reference.kind).filter(
      ({ resource }) => resource.name === reference.name,
    );
    return (
      declared.get(keyOf(reference, namespace)) ??
      written.find(({ resource }) => resource.namespace === namespace) ??
      written.find(({ resource }) => resource.namespace === '')
    );
  };

  const resolveGit = (reference: SourceReference, from: Resource): SourceLocation => {
    const text = `GitRepository ${reference.namespace ?? from.namespace}/${reference.name}`;
    const source = find(reference, from);
    if (!source) return { reason: `its source ${text} is not in the repository` };
    const url = textAt(source.value, 'spec', 'url') ?? '';
    if (!context.isThisRepository(url))
      return { reason: `its source ${text} is another repository (${url})` };
    const revision = revisionOf(objectAt(source.value, 'spec', 'ref'));
    if (context.isThisRevision(revision)) return { root: '' };
    return {
      reason: `its source ${text} is revision ${revision} of this repository, not what is read here`,
    };
  };

  const resolveArtifact = (reference: SourceReference, from: Resource): SourceLocation => {
    const namespace = reference.namespace ?? from.namespace;
    const generators = [
      ...declared.values(),
      ...writtenOfKind(context.index, 'source.extensions.fluxcd.io', 'ArtifactGenerator'),
    ].filter(({ resource }) => resource.kind === 'ArtifactGenerator');
    for (const generator of generators) {
      const artifact = objectsAt(generator.value, 'spec', 'artifacts').find(
        ({ name }) => name === reference.name,
      );
      if (artifact && generator.resource.namespace === namespace)
        return artifactRoot(artifact, generator, resolve);
    }
    return {
      reason: `no ArtifactGenerator of the repository makes its source ExternalArtifact ${namespace}/${reference.name}`,
    };
  };

  const resolve = (reference: SourceReference, from: Resource): SourceLocation => {
    const namespace = reference.namespace ?? from.namespace;
    if (keyOf(reference, namespace) === bootstrapKey) return { root: '' };
    if (reference.kind === 'GitRepository') return resolveGit(reference, from);
    if (reference.kind === 'ExternalArtifact') return resolveArtifact(reference, from);
    const url = textAt(find(reference, from)?.value, 'spec', 'url');
    return {
      reason: `its source ${reference.kind} ${namespace}/${reference.name} is not this repository${url === undefined ? '' : ` (${url})`}`,
    };
  };

  return {
    add: objects => {
      for (const object of objects) declared.set(resourceKey(object.resource), object);
    },
    find,
    resolve,
  };
}

/** Flux's precedence: commit, name, semver, tag, branch. */
function revisionOf(ref: JsonObject | undefined): string | undefined {
  for (const field of ['commit', 'name', 'semver', 'tag', 'branch']) {
    const found = textAt(ref, field);
    if (found !== undefined) return found.replace(/^refs\/(heads|tags)\//, '');
  }
  return undefined;
}

/**
 * The repository's folder that an artifact's root stands for, where every copy keeps the layout
 * below it: `@repo/apps/base/**` to `@artifact/base/` and `@repo/apps/staging/**` to
 * `@artifact/staging/` make `apps`.
 */
function artifactRoot(
  artifact: JsonObject,
  generator: DeployedObject,
  resolve: FluxSources['resolve'],
): SourceLocation {
  const name = `ExternalArtifact ${textAt(artifact, 'name') ?? ''}`;
  const roots = objectsAt(artifact, 'copy').map(copy => copyRoot(copy, generator, resolve));
  const [first] = roots;
  if (first === undefined || first === null || roots.some(root => root !== first))
    return {
      reason: `its source ${name} is put together from files in other places than the repository's`,
    };
  return { root: first };
}

function copyRoot(
  copy: JsonObject,
  generator: DeployedObject,
  resolve: FluxSources['resolve'],
): string | undefined {
  const from = /^@([^/]+)\/(.*?)\/?\*\*$/.exec(textAt(copy, 'from') ?? '');
  const to = /^@artifact\/?(.*?)\/?$/.exec(textAt(copy, 'to') ?? '');
  if (!from || !to || isListed(valueAt(copy, 'exclude'))) return undefined;
  const source = objectsAt(generator.value, 'spec', 'sources').find(
    ({ alias }) => alias === from[1],
  );
  const location = source && resolve(referenceOf(source), generator.resource);
  if (!location || 'reason' in location) return undefined;
  const [folder, target] = [from[2] as string, to[1] as string];
  if (target !== '' && folder !== target && !folder.endsWith(`/${target}`)) return undefined;
  const root = target === '' ? folder : folder.slice(0, folder.length - target.length);
  return resolveReference(location.root, `./${root}`);
}

/** A `sourceRef`, `chartRef` or the like; empty where there is none. */
export function referenceOf(value: JsonObject | undefined): SourceReference {
  return {
    kind: textAt(value, 'kind') ?? '',
    name: textAt(value, 'name') ?? '',
    namespace: textAt(value, 'namespace'),
  };
}

function isListed(value: Json | undefined): boolean {
  return Array.isArray(value) && value.length > 0;
}
