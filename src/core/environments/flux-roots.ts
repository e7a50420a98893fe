import { baseName, folderOf, resolveReference } from '../manifests/paths.ts';
import type { RepositoryIndex } from '../manifests/repository-index.ts';
import type { DeployedObject, DiscoveryContext } from './context.ts';
import { objectAt, textAt } from './fields.ts';
import { isKustomization, kustomizeGroup } from './flux-kustomization.ts';
import { defaultBootstrap, fluxSources, referenceOf } from './flux-sources.ts';
import { environmentPart, folderExists, isWithin } from './folders.ts';
import { reach } from './reach.ts';
import { writtenObjects, writtenOfKind } from './written.ts';

/**
 * Kustomizations that no other Kustomization deploys and that are not among `deployed`, nor below those;
 * of such as deploy each other in a circle the first.
 */
export function rootKustomizations(
  context: DiscoveryContext,
  deployed: readonly DeployedObject[],
): DeployedObject[] {
  const all = writtenOfKind(context.index, kustomizeGroup, 'Kustomization');
  const children = new Map(all.map(object => [object, deployedBy(context, object)]));
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

/** The Kustomizations that one Kustomization's path holds as it is written, where it is in this repository. */
function deployedBy(
  context: DiscoveryContext,
  { resource, value }: DeployedObject,
): DeployedObject[] {
  const sources = fluxSources(context, defaultBootstrap);
  const reference = referenceOf(objectAt(value, 'spec', 'sourceRef'));
  const location = sources.resolve(reference, resource);
  if ('reason' in location) return [];
  const folder = resolveReference(location.root, `./${textAt(value, 'spec', 'path') ?? ''}`);
  if (folder === undefined || !folderExists(context.index, folder)) return [];
  return kustomizationsBelow(context.index, folder);
}

/** The Kustomizations that building a folder takes in. */
export function kustomizationsBelow(index: RepositoryIndex, folder: string): DeployedObject[] {
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
