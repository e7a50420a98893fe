import { labelsOf, selectorsOf } from '../../links/selectors.ts';
import type { IndexedFile } from '../../manifests/index-types.ts';
import { entryOf, jsonOf, nodeAt } from '../../manifests/locate.ts';
import type { RepositoryIndex } from '../../manifests/repository-index.ts';
import type { MapNode, Node, ParsedFile } from '../../manifests/syntax.ts';
import type { Pointer } from '../../model/path.ts';
import { isObject } from '../../model/resource.ts';
import type { Workspace } from '../../workspace.ts';
import { deployedBy, meet } from './deployed.ts';
import { innerText } from './inner-text.ts';
import { holds, type Spot, scalarSpot } from './spot.ts';

/** A place at which a label has a value, or a selector asks for it. */
export interface LabelUse {
  key: string;
  value: string;
  spot: Spot | undefined;
  file: string;
  start: number;
  role: 'label' | 'selector';
}

const cache = new WeakMap<ParsedFile, LabelUse[]>();

/** Every label of a file's objects and of their pods, and every value that a selector asks for. */
export function labelUsesIn(file: IndexedFile): readonly LabelUse[] {
  const known = cache.get(file.parsed);
  if (known) return known;
  const uses = readUses(file);
  cache.set(file.parsed, uses);
  return uses;
}

function readUses(file: IndexedFile): LabelUse[] {
  if (file.role === 'kustomization') return kustomizationUses(file, file.parsed.documents[0]?.root);
  if (file.role !== 'manifest' && file.role !== 'patch') return [];
  return file.parsed.documents.flatMap(({ root }) => objectUses(file, root));
}

function objectUses(file: IndexedFile, root: Node | undefined): LabelUse[] {
  const value = root && jsonOf(root);
  if (!root || !isObject(value)) return [];
  const mapsOf = (pointers: readonly Pointer[], role: LabelUse['role']) =>
    pointers.flatMap(pointer => mapUses(file, nodeAt(root, pointer), role));
  const selectors = selectorsOf(value).map(({ pointer }) => pointer);
  return [
    ...mapsOf(
      labelsOf(value).map(({ pointer }) => pointer),
      'label',
    ),
    ...mapsOf(selectors, 'selector'),
    ...selectors.flatMap(pointer => expressionUses(file, root, pointer)),
  ];
}

function mapUses(file: IndexedFile, node: Node | undefined, role: LabelUse['role']): LabelUse[] {
  if (node?.kind !== 'map' || node.alias !== undefined) return [];
  return ownEntries(node).flatMap(({ key, node: value }) => valueUse(file, key, value, role));
}

function ownEntries(node: MapNode) {
  return node.entries.filter(({ merged }) => !merged);
}

function valueUse(file: IndexedFile, key: string, node: Node, role: LabelUse['role']): LabelUse[] {
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || node.alias !== undefined)
    return [];
  const spot = scalarSpot(file, node);
  return [{ key, value: node.value, spot, file: file.path, start: node.start, role }];
}

/** The values of `matchExpressions` beside `matchLabels`. */
function expressionUses(file: IndexedFile, root: Node, pointer: Pointer): LabelUse[] {
  if (pointer.at(-1) !== 'matchLabels') return [];
  const expressions = nodeAt(root, [...pointer.slice(0, -1), 'matchExpressions']);
  if (expressions?.kind !== 'list') return [];
  return expressions.items.flatMap(item => {
    const key = entryOf(item, 'key')?.node;
    const values = entryOf(item, 'values')?.node;
    if (key?.kind !== 'scalar' || values?.kind !== 'list') return [];
    return values.items.flatMap(value => valueUse(file, String(key.value), value, 'selector'));
  });
}

/** `commonLabels`, `labels[].pairs`, and the labels in inline patches. */
function kustomizationUses(file: IndexedFile, root: Node | undefined): LabelUse[] {
  const items = (key: string) => {
    const node = nodeAt(root, [key]);
    return node?.kind === 'list' ? node.items : [];
  };
  const patches = [
    ...items('patches').map(item => entryOf(item, 'patch')?.node),
    ...items('patchesStrategicMerge'),
  ];
  return [
    ...mapUses(file, nodeAt(root, ['commonLabels']), 'label'),
    ...items('labels').flatMap(item => mapUses(file, entryOf(item, 'pairs')?.node, 'label')),
    ...patches.flatMap(patch => inlineUses(file, patch)),
  ];
}

function inlineUses(file: IndexedFile, node: Node | undefined): LabelUse[] {
  const inner = node?.kind === 'scalar' ? innerText(file, node) : undefined;
  if (!node || !inner) return [];
  return inner.file.parsed.documents.flatMap(({ root }) =>
    objectUses(inner.file, root).map(use => {
      const spot = use.spot && inner.outside(use.spot);
      return { ...use, spot, start: spot?.start ?? node.start };
    }),
  );
}

export interface LabelLinks {
  key: string;
  value: string;
  uses: readonly LabelUse[];
}

export function labelUseAt(
  index: RepositoryIndex,
  path: string,
  offset: number,
): LabelUse | undefined {
  const file = index.file(path);
  return file && labelUsesIn(file).find(({ spot }) => spot && holds(spot, offset));
}

/** Every place that has, or asks for, the same value of a label, in files that are applied together. */
export async function labelLinks(workspace: Workspace, first: LabelUse): Promise<LabelLinks> {
  const { key, value } = first;
  const deployed = await deployedBy(workspace);
  const same = workspace.index
    .files()
    .flatMap(labelUsesIn)
    .filter(use => use.key === key && use.value === value);
  const files = new Set([first.file]);
  const rest = new Set(same.map(({ file }) => file));
  for (let size = -1; size !== files.size; ) {
    size = files.size;
    for (const file of rest)
      if ([...files].some(each => meet(deployed.rootsOf(each), deployed.rootsOf(file))))
        files.add(file);
  }
  return { key, value, uses: same.filter(({ file }) => files.has(file)) };
}
