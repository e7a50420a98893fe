import type { KindName } from '../../links/field.ts';
import { referencesOf } from '../../links/references.ts';
import type { IndexedFile } from '../../manifests/index-types.ts';
import { entryOf, jsonOf, nodeAt, positionAt, textAt } from '../../manifests/locate.ts';
import { resourceOfNode } from '../../manifests/roles/resource-of.ts';
import type { Node, ParsedFile } from '../../manifests/syntax.ts';
import type { Pointer } from '../../model/path.ts';
import { isObject } from '../../model/resource.ts';
import { innerText } from './inner-text.ts';
import { type Spot, scalarSpot } from './spot.ts';

/** A place in a file that names an object. */
export interface NameUse {
  name: string;
  /** Undefined where the name is written in a way that cannot be replaced by itself; `start` is near then. */
  spot: Spot | undefined;
  /** Offset of the value, for who cannot replace it. */
  start: number;
  /** What it may be; empty for any. */
  kinds: readonly KindName[];
  /** As it is written; empty where nothing is said, undefined where any will do. */
  namespace: string | undefined;
  /**
   * definition: the object is written here. generator: a kustomization makes it. patch: a part of it is written here.
   * reference: another object, or a kustomization's transformer, names it.
   */
  role: 'definition' | 'generator' | 'patch' | 'reference';
  file: string;
  /** 1-based line on which the object begins that this stands in. */
  line: number;
}

const cache = new WeakMap<ParsedFile, NameUse[]>();

/** Every place of a file that names an object. */
export function nameUsesIn(file: IndexedFile): readonly NameUse[] {
  const known = cache.get(file.parsed);
  if (known) return known;
  const uses = readUses(file);
  cache.set(file.parsed, uses);
  return uses;
}

function readUses(file: IndexedFile): NameUse[] {
  if (file.role === 'kustomization') return kustomizationUses(file, file.parsed.documents[0]?.root);
  if (file.role !== 'manifest' && file.role !== 'patch') return [];
  return file.parsed.documents.flatMap(({ root }) => objectUses(file, root));
}

/** The name of an object, and the names of others in it. */
function objectUses(file: IndexedFile, root: Node | undefined): NameUse[] {
  const resource = resourceOfNode(root);
  const value = root && jsonOf(root);
  if (!root || !resource || !isObject(value)) return [];
  const { line } = positionAt(file.parsed, root.start);
  const about = { file: file.path, line };
  const { group, kind, namespace } = resource;
  const own = useAt(file, nodeAt(root, ['metadata', 'name']), {
    ...about,
    kinds: [{ group, kind }],
    namespace,
    role: file.role === 'patch' ? 'patch' : 'definition',
  });
  const named = referencesOf(value).flatMap(({ pointer, kinds, namespace: where }) =>
    useAt(file, nodeAt(root, pointer), { ...about, kinds, namespace: where, role: 'reference' }),
  );
  return [...own, ...named, ...engineUses(file, root, line)];
}

function useAt(
  file: IndexedFile,
  node: Node | undefined,
  about: Omit<NameUse, 'name' | 'spot' | 'start'>,
): NameUse[] {
  if (node?.kind !== 'scalar' || typeof node.value !== 'string' || node.value === '') return [];
  // A Service account may stand twice, once under its old name; an alias is named where it is written.
  if (node.alias !== undefined) return [];
  return [{ name: node.value, spot: scalarSpot(file, node), start: node.start, ...about }];
}

/** Patches that Flux and Argo CD make themselves. */
function engineUses(file: IndexedFile, root: Node, line: number): NameUse[] {
  const places: Pointer[] = [
    ['spec', 'patches'],
    ['spec', 'source', 'kustomize', 'patches'],
    ...itemsAt(root, ['spec', 'postRenderers']).map(
      (_, index): Pointer => ['spec', 'postRenderers', index, 'kustomize', 'patches'],
    ),
  ];
  return places.flatMap(place =>
    itemsAt(root, place).flatMap(patch => patchUses(file, patch, line)),
  );
}

function itemsAt(root: Node | undefined, pointer: Pointer): readonly Node[] {
  const node = nodeAt(root, pointer);
  return node?.kind === 'list' ? node.items : [];
}

/** Names in a kustomization, by kustomize's API (kustomize.config.k8s.io/v1beta1). */
function kustomizationUses(file: IndexedFile, root: Node | undefined): NameUse[] {
  const items = (key: string) => itemsAt(root, [key]);
  const generated = (key: string, kind: string) =>
    items(key).flatMap(item =>
      useAt(file, entryOf(item, 'name')?.node, {
        file: file.path,
        line: positionAt(file.parsed, item.start).line,
        kinds: [{ group: '', kind }],
        namespace: textAt(item, 'namespace') ?? '',
        role: isMerging(item) ? 'patch' : 'generator',
      }),
    );
  const select = (node: Node | undefined) => targetUses(file, node);
  return [
    ...generated('configMapGenerator', 'ConfigMap'),
    ...generated('secretGenerator', 'Secret'),
    ...['patches', 'patchesJson6902'].flatMap(key =>
      items(key).flatMap(patch => patchUses(file, patch, 1)),
    ),
    ...items('patchesStrategicMerge').flatMap(patch => inlineUses(file, patch)),
    ...items('replicas').flatMap(item => targetUses(file, item, workloads)),
    ...items('replacements').flatMap(item => [
      ...select(entryOf(item, 'source')?.node),
      ...itemsAt(item, ['targets']).flatMap(target => [
        ...select(entryOf(target, 'select')?.node),
        ...itemsAt(target, ['reject']).flatMap(select),
      ]),
    ]),
    ...items('vars').flatMap(item => select(entryOf(item, 'objref')?.node)),
  ];
}

const workloads: readonly KindName[] = [
  { group: 'apps', kind: 'Deployment' },
  { group: 'apps', kind: 'ReplicaSet' },
  { group: 'apps', kind: 'StatefulSet' },
  { group: '', kind: 'ReplicationController' },
];

/** A generator that adds to, or replaces, what a base generates. */
function isMerging(generator: Node): boolean {
  const behavior = textAt(generator, 'behavior');
  return behavior === 'merge' || behavior === 'replace';
}

function patchUses(file: IndexedFile, patch: Node, line: number): NameUse[] {
  const target = entryOf(patch, 'target')?.node;
  return [
    ...targetUses(file, target).map(use => ({ ...use, line })),
    ...inlineUses(file, entryOf(patch, 'patch')?.node),
  ];
}

/** `group`, `kind`, `name` and `namespace` of what is meant. */
function targetUses(
  file: IndexedFile,
  node: Node | undefined,
  otherwise: readonly KindName[] = [],
): NameUse[] {
  if (!node) return [];
  const kind = textAt(node, 'kind');
  const version = textAt(node, 'apiVersion');
  const group =
    textAt(node, 'group') ??
    (version === undefined ? undefined : version.slice(0, Math.max(version.indexOf('/'), 0)));
  // Without a group, the kind of any group is meant.
  const kinds = kind === undefined ? otherwise : [{ group: group ?? anyGroup, kind }];
  return useAt(file, entryOf(node, 'name')?.node, {
    file: file.path,
    line: positionAt(file.parsed, node.start).line,
    kinds,
    namespace: textAt(node, 'namespace') ?? '',
    role: 'reference',
  });
}

/** Stands for every group where a kind alone is said. */
export const anyGroup = '*';

function inlineUses(file: IndexedFile, node: Node | undefined): NameUse[] {
  const inner = node?.kind === 'scalar' ? innerText(file, node) : undefined;
  if (!node || !inner) return [];
  const { line } = positionAt(file.parsed, node.start);
  return inner.file.parsed.documents.flatMap(({ root }) =>
    objectUses(inner.file, root).map(use => {
      const spot = use.spot && inner.outside(use.spot);
      return { ...use, spot, start: spot?.start ?? node.start, line };
    }),
  );
}
