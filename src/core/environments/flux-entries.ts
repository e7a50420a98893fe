import { baseName, folderOf, resolveReference } from '../manifests/paths.ts';
import type { RepositoryIndex } from '../manifests/repository-index.ts';
import type { JsonObject } from '../model/resource.ts';
import type { Place } from '../model/source.ts';
import type { DeployedObject, DiscoveryContext } from './context.ts';
import { firstLine } from './drafts.ts';
import { objectAt, textAt } from './fields.ts';
import { kustomizeGroup } from './flux-kustomization.ts';
import { fluxSources, type SourceReference } from './flux-sources.ts';
import { environmentPart, folderExists, isWithin } from './folders.ts';
import { reach } from './reach.ts';
import { writtenObjects, writtenOfKind } from './written.ts';

/** Where Flux starts on one cluster. */
export interface FluxEntry {
  /** The cluster's folder; its end names the environment. */
  folder: string;
  origin: Place;
  /** The Kustomizations it starts with. */
  roots: DeployedObject[];
  /** Source objects that stand beside them. */
  known: DeployedObject[];
  /** The source that is this repository. */
  bootstrap: SourceReference & { namespace: string };
}

/** How `flux bootstrap` and FluxInstance name the source that is the repository itself. */
const defaultBootstrap = { kind: 'GitRepository', name: 'flux-system', namespace: 'flux-system' };

/**
 * Where Flux starts: what `flux bootstrap` wrote (`flux-system/gotk-sync.yaml` in the cluster's folder), a
 * FluxInstance that syncs this repository, and Kustomizations that no other Kustomization deploys.
 */
export function fluxEntries(context: DiscoveryContext): FluxEntry[] {
  const { index } = context;
  const started = [
    ...syncFiles(index).map(file => bootstrapEntry(index, file)),
    ...instanceEntries(context),
  ];
  const known = new Set(started.map(entry => entry.folder));
  const first = [...known].flatMap(folder => started.find(entry => entry.folder === folder) ?? []);
  const roots = rootKustomizations(context, first);
  const groups = Map.groupBy(roots, root => clusterFolder(root.source.file, roots));
  const others = [...groups].flatMap(([folder, members]) =>
    known.has(folder) ? [] : rootEntry(folder, members),
  );
  return [...first, ...others];
}

/** The entry that one folder is: by its gotk-sync.yaml, or by the Kustomizations that building it deploys. */
export function entriesOf(index: RepositoryIndex, folder: string): FluxEntry | undefined {
  const sync = syncFiles(index).find(file => folderOf(folderOf(file)) === folder);
  if (sync !== undefined) return bootstrapEntry(index, sync);
  const members = kustomizationsBelow(index, folder);
  return members.length === 0 ? undefined : rootEntry(folder, members);
}

function syncFiles(index: RepositoryIndex): string[] {
  return [...index.files()]
    .map(file => file.path)
    .filter(path => /(^|\/)flux-system\/gotk-sync\.ya?ml$/.test(path));
}

/** `flux bootstrap` leaves a Kustomization of the cluster's folder; templates have the file without it. */
function bootstrapEntry(index: RepositoryIndex, file: string): FluxEntry {
  const folder = folderOf(folderOf(file));
  const indexed = index.file(file);
  const written = indexed ? writtenObjects(indexed) : [];
  const sync = written.find(({ resource }) => isKustomization(resource));
  const root = sync ?? impliedKustomization('flux-system', folder, firstLine(file));
  return {
    folder,
    origin: root.source,
    roots: [root],
    known: written,
    bootstrap: sourceOf(root),
  };
}

function instanceEntries({ index, isThisRepository }: DiscoveryContext): FluxEntry[] {
  return writtenOfKind(index, 'fluxcd.controlplane.io', 'FluxInstance').flatMap(instance => {
    const sync = objectAt(instance.value, 'spec', 'sync');
    const folder = resolveReference('', `./${textAt(sync, 'path') ?? ''}`);
    if (folder === undefined || !isThisRepository(textAt(sync, 'url') ?? '')) return [];
    if (!folderExists(index, folder)) return [];
    const namespace = instance.resource.namespace || 'flux-system';
    const root = impliedKustomization(namespace, folder, instance.source, textAt(sync, 'kind'));
    return [
      { folder, origin: instance.source, roots: [root], known: [], bootstrap: sourceOf(root) },
    ];
  });
}

/** The Kustomization that bootstrap and FluxInstance make for a cluster's folder. */
function impliedKustomization(
  namespace: string,
  folder: string,
  source: Place,
  kind = 'GitRepository',
): DeployedObject {
  const name = 'flux-system';
  const value: JsonObject = {
    apiVersion: `${kustomizeGroup}/v1`,
    kind: 'Kustomization',
    metadata: { name, namespace },
    spec: { path: `./${folder}`, prune: true, sourceRef: { kind, name } },
  };
  const resource = { group: kustomizeGroup, version: 'v1', kind: 'Kustomization', namespace, name };
  return { resource, value, source, locate: () => source };
}

function rootEntry(folder: string, roots: DeployedObject[]): FluxEntry {
  const [first] = roots as [DeployedObject, ...DeployedObject[]];
  return { folder, origin: first.source, roots, known: [], bootstrap: defaultBootstrap };
}

function sourceOf({ resource, value }: DeployedObject): SourceReference & { namespace: string } {
  return {
    kind: textAt(value, 'spec', 'sourceRef', 'kind') ?? 'GitRepository',
    name: textAt(value, 'spec', 'sourceRef', 'name') ?? 'flux-system',
    namespace: textAt(value, 'spec', 'sourceRef', 'namespace') ?? resource.namespace,
  };
}

function isKustomization({ group, kind }: DeployedObject['resource']): boolean {
  return group === kustomizeGroup && kind === 'Kustomization';
}

/**
 * Kustomizations that neither an entry nor another Kustomization deploys; of those that deploy each
 * other in a circle the first.
 */
function rootKustomizations(
  context: DiscoveryContext,
  entries: readonly FluxEntry[],
): DeployedObject[] {
  const all = writtenOfKind(context.index, kustomizeGroup, 'Kustomization');
  const children = new Map(all.map(object => [object, deployedBy(context, object)]));
  const seen = new Set<DeployedObject>();
  const mark = (object: DeployedObject): void => {
    if (seen.has(object)) return;
    seen.add(object);
    for (const child of children.get(object) ?? []) mark(child);
  };
  for (const entry of entries)
    for (const object of [...entry.roots, ...kustomizationsBelow(context.index, entry.folder)])
      mark(object);
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
  const location = sources.resolve(
    {
      kind: textAt(value, 'spec', 'sourceRef', 'kind') ?? '',
      name: textAt(value, 'spec', 'sourceRef', 'name') ?? '',
      namespace: textAt(value, 'spec', 'sourceRef', 'namespace'),
    },
    resource,
  );
  if ('reason' in location) return [];
  const folder = resolveReference(location.root, `./${textAt(value, 'spec', 'path') ?? ''}`);
  if (folder === undefined || !folderExists(context.index, folder)) return [];
  return kustomizationsBelow(context.index, folder);
}

function kustomizationsBelow(index: RepositoryIndex, folder: string): DeployedObject[] {
  return reach(index, folder)
    .flatMap(({ file }) => writtenObjects(file))
    .filter(({ resource }) => isKustomization(resource));
}

/** The folder that names a root's cluster: by convention, else the one all such roots share. */
function clusterFolder(file: string, roots: readonly DeployedObject[]): string {
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
