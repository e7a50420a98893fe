import type { IndexedFile } from '../../manifests/index-types.ts';
import { entryOf, nodeAt } from '../../manifests/locate.ts';
import { folderOf, resolveReference } from '../../manifests/paths.ts';
import type { RepositoryIndex } from '../../manifests/repository-index.ts';
import type { Node, ScalarNode } from '../../manifests/syntax.ts';
import { type Spot, scalarSpot } from './spot.ts';

/** Every place of a kustomization, or of an object of Flux or Argo CD, that names a file or the folder that it stands for. */
export function pathUses(index: RepositoryIndex, target: string): Spot[] {
  const meant = new Set([target]);
  const folder = folderOf(target);
  const stands = index.kustomizations.get(folder) ?? index.charts.get(folder);
  if (stands?.file === target) meant.add(folder);
  const kustomizations = [...index.kustomizations.values()].flatMap(({ file, path }) => {
    const indexed = index.file(file);
    const root = indexed?.parsed.documents[0]?.root;
    return indexed && root ? namesIn(indexed, root, meant, path) : [];
  });
  return [...kustomizations, ...engineUses(index, meant)];
}

function namesIn(
  file: IndexedFile,
  root: Node,
  meant: ReadonlySet<string>,
  folder: string,
): Spot[] {
  return scalarsOf(root).flatMap(node => {
    const text = String(node.value);
    if (text.includes('\n') || text === '') return [];
    // `key=path`, as generators name their files.
    const path = resolveReference(folder, text.replace(/^[^/=]+=/, ''));
    const spot = path !== undefined && meant.has(path) ? scalarSpot(file, node) : undefined;
    return spot ? [spot] : [];
  });
}

function scalarsOf(node: Node): ScalarNode[] {
  if (node.alias !== undefined) return [];
  if (node.kind === 'scalar') return typeof node.value === 'string' ? [node] : [];
  const parts = node.kind === 'list' ? node.items : node.entries.map(entry => entry.node);
  return parts.flatMap(scalarsOf);
}

const enginePaths: readonly { group: string; kind: string; at: readonly (readonly string[])[] }[] =
  [
    { group: 'kustomize.toolkit.fluxcd.io', kind: 'Kustomization', at: [['spec', 'path']] },
    {
      group: 'helm.toolkit.fluxcd.io',
      kind: 'HelmRelease',
      at: [['spec', 'chart', 'spec', 'chart']],
    },
    { group: 'argoproj.io', kind: 'Application', at: [['spec', 'source', 'path']] },
  ];

/** Paths that engines read from the root of the repository. */
function engineUses(index: RepositoryIndex, meant: ReadonlySet<string>): Spot[] {
  return enginePaths.flatMap(({ group, kind, at }) =>
    index.ofKind(group, kind).flatMap(({ file, document }) => {
      const indexed = index.file(file);
      const sources = entryOf(nodeAt(document.root, ['spec']), 'sources')?.node;
      const nodes = [
        ...at.map(path => nodeAt(document.root, [...path])),
        ...(sources?.kind === 'list' ? sources.items.map(item => entryOf(item, 'path')?.node) : []),
      ];
      return nodes.flatMap(node => {
        if (!indexed || node?.kind !== 'scalar' || node.alias !== undefined) return [];
        const path = resolveReference('', String(node.value).replace(/^\//, ''));
        const spot = path !== undefined && meant.has(path) ? scalarSpot(indexed, node) : undefined;
        return spot ? [spot] : [];
      });
    }),
  );
}
