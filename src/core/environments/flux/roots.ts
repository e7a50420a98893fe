import { baseName, folderOf, resolveReference } from '../../manifests/paths.ts';
import { objectAt, textAt } from '../../model/fields.ts';
import type { DeployedObject, DiscoveryContext } from '../context.ts';
import { environmentPart, folderExists, isWithin } from '../folders.ts';
import type { ManifestIndex } from '../manifest-index.ts';
import { reach } from '../reach.ts';
import { writtenObjects, writtenOfKind } from '../written.ts';
import { isKustomization, kustomizeGroup } from './kinds.ts';
import { defaultBootstrap, type FluxSources, fluxSources, referenceOf } from './sources.ts';

/**
 * Kustomizations that no other Kustomization deploys and that are not among `deployed`, nor below
 * those; of such as deploy each other in a circle the first.
 */
export function rootKustomizations(
  context: DiscoveryContext,
  deployed: readonly DeployedObject[],
): DeployedObject[] {
  const all = writtenOfKind(context.index, kustomizeGroup, 'Kustomization');
  const sources = fluxSources(context, bootstrapOf(context));
  const children = new Map(all.map(object => [object, deployedBy(context, sources, object)]));
  const seen = new Set<DeployedObject>();
  const mark = (object: DeployedObject): void => {
    if (seen.has(object)) return;
    seen.add(object);
    for (const child of children.get(object) ?? []) mark(child);
  };
  for (const object of deployed) mark(object);
  const claimed = new Set(
    [...children].flatMap(([owner, objects]) => objects.filter(object => object !== owner)),
  );
  const roots = all.filter(object => !claimed.has(object) && !seen.has(object));
  for (const root of roots) mark(root);
  for (const object of all.filter(object => !seen.has(object)))
    if (!seen.has(object)) {
      roots.push(object);
      mark(object);
    }
  return roots;
}

/**
 * The source that is the repository itself where no bootstrap file says so: `flux-system`, or else
 * the one GitRepository that is made outside and whose Kustomizations all name folders that exist
 * here.
 */
export function bootstrapOf(context: DiscoveryContext): typeof defaultBootstrap {
  const sources = fluxSources(context, defaultBootstrap);
  const outside = writtenOfKind(context.index, kustomizeGroup, 'Kustomization').flatMap(
    ({ resource, value }) => {
      const reference = referenceOf(objectAt(value, 'spec', 'sourceRef'));
      const isMade = reference.kind !== 'GitRepository' || sources.find(reference, resource);
      const folder = resolveReference('', `./${textAt(value, 'spec', 'path') ?? ''}`);
      const isHere = folder !== undefined && folder !== '' && folderExists(context.index, folder);
      const namespace = reference.namespace ?? resource.namespace;
      return isMade ? [] : [{ ...reference, namespace, isHere }];
    },
  );
  const groups = Map.groupBy(outside, ({ namespace, name }) => `${namespace}/${name}`);
  if (groups.has(`${defaultBootstrap.namespace}/${defaultBootstrap.name}`)) return defaultBootstrap;
  const [only, ...others] = [...groups.values()].filter(group =>
    group.every(({ isHere }) => isHere),
  );
  const [source] = only ?? [];
  return source && others.length === 0
    ? { kind: source.kind, name: source.name, namespace: source.namespace }
    : defaultBootstrap;
}

/**
 * The Kustomizations that one Kustomization's path holds as it is written, where it is in this
 * repository.
 */
function deployedBy(
  context: DiscoveryContext,
  sources: FluxSources,
  { resource, value }: DeployedObject,
): DeployedObject[] {
  const reference = referenceOf(objectAt(value, 'spec', 'sourceRef'));
  const location = sources.resolve(reference, resource);
  if ('reason' in location) return [];
  const folder = resolveReference(location.root, `./${textAt(value, 'spec', 'path') ?? ''}`);
  if (folder === undefined || !folderExists(context.index, folder)) return [];
  return kustomizationsBelow(context.index, folder);
}

/** The Kustomizations that building a folder takes in. */
export function kustomizationsBelow(index: ManifestIndex, folder: string): DeployedObject[] {
  return reach(index, folder)
    .flatMap(({ file }) => writtenObjects(file))
    .filter(({ resource }) => isKustomization(resource));
}

/** The folder that names a root's cluster: by convention, else the one all such roots share. */
export function clusterFolder(file: string, roots: readonly DeployedObject[]): string {
  const folder = folderOf(file);
  const part = environmentPart(folder);
  if (part)
    return folder
      .split('/')
      .slice(0, part.at + 1)
      .join('/');
  const others = roots
    .map(root => folderOf(root.source.file))
    .filter(other => !environmentPart(other));
  return commonFolder(others);
}

function commonFolder(folders: readonly string[]): string {
  let [common = ''] = folders;
  while (!folders.every(folder => isWithin(common, folder))) common = folderOf(common);
  return baseName(common) === 'flux-system' ? folderOf(common) : common;
}
