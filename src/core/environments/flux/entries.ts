import { folderOf, resolveReference } from '../../manifests/paths.ts';
import { objectAt, textAt } from '../../model/fields.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import type { DeployedObject, DiscoveryContext } from '../context.ts';
import { firstLine } from '../drafts.ts';
import { folderExists } from '../folders.ts';
import type { ManifestIndex } from '../manifest-index.ts';
import { writtenObjects, writtenOfKind } from '../written.ts';
import { isKustomization, kustomizeGroup } from './kinds.ts';
import { bootstrapOf, clusterFolder, kustomizationsBelow, rootKustomizations } from './roots.ts';
import type { SourceReference } from './sources.ts';

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

/**
 * Where Flux starts: what `flux bootstrap` wrote (`flux-system/gotk-sync.yaml` in the cluster's
 * folder), a FluxInstance that syncs this repository, and Kustomizations that no other
 * Kustomization deploys.
 */
export function fluxEntries(context: DiscoveryContext): FluxEntry[] {
  const { index } = context;
  const started = [
    ...syncFiles(index).map(file => bootstrapEntry(index, file)),
    ...instanceEntries(context),
  ];
  const known = new Set(started.map(entry => entry.folder));
  const first = [...known].flatMap(folder => started.find(entry => entry.folder === folder) ?? []);
  const deployed = first.flatMap(entry => [
    ...entry.roots,
    ...kustomizationsBelow(index, entry.folder),
  ]);
  const roots = rootKustomizations(context, deployed);
  const groups = Map.groupBy(roots, root => clusterFolder(root.source.file, roots));
  const others = [...groups].flatMap(([folder, members]) =>
    known.has(folder) ? [] : rootEntry(context, folder, members),
  );
  return [...first, ...others];
}

/**
 * The entry that one folder is: by its gotk-sync.yaml, or by the Kustomizations that building it
 * deploys.
 */
export function entriesOf(context: DiscoveryContext, folder: string): FluxEntry | undefined {
  const { index } = context;
  const sync = syncFiles(index).find(file => folderOf(folderOf(file)) === folder);
  if (sync !== undefined) return bootstrapEntry(index, sync);
  const members = kustomizationsBelow(index, folder);
  return members.length === 0 ? undefined : rootEntry(context, folder, members);
}

function syncFiles(index: ManifestIndex): string[] {
  return index
    .files()
    .map(file => file.path)
    .filter(path => /(^|\/)flux-system\/gotk-sync\.ya?ml$/.test(path));
}

/**
 * `flux bootstrap` leaves a Kustomization of the cluster's folder; templates have the file without
 * it.
 */
function bootstrapEntry(index: ManifestIndex, file: string): FluxEntry {
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

function rootEntry(context: DiscoveryContext, folder: string, roots: DeployedObject[]): FluxEntry {
  const [first] = roots as [DeployedObject, ...DeployedObject[]];
  return { folder, origin: first.source, roots, known: [], bootstrap: bootstrapOf(context) };
}

function sourceOf({ resource, value }: DeployedObject): SourceReference & { namespace: string } {
  return {
    kind: textAt(value, 'spec', 'sourceRef', 'kind') ?? 'GitRepository',
    name: textAt(value, 'spec', 'sourceRef', 'name') ?? 'flux-system',
    namespace: textAt(value, 'spec', 'sourceRef', 'namespace') ?? resource.namespace,
  };
}
