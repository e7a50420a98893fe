import type { IndexedFile } from './index-types.ts';
import { textAt } from './locate.ts';
import { resourceOfNode } from './roles/resource-of.ts';
import type { ManifestDocument, MapEntry, Node } from './syntax.ts';

/** A part of a file that people look for: an object, or a field of one. Offsets into the file's text. */
export interface OutlineEntry {
  name: string;
  /** Beside the name: an object's namespace, a field's value. */
  detail: string;
  kind: 'object' | 'map' | 'list' | 'item' | 'value' | 'template';
  start: number;
  end: number;
  /** Of its name, within `start` and `end`. */
  nameStart: number;
  nameEnd: number;
  children: OutlineEntry[];
}

/** Scalars that people look for; of others only what holds them is listed. */
const tellingFields = new Set([
  'chart',
  'host',
  'hostname',
  'image',
  'interval',
  'namePrefix',
  'nameSuffix',
  'namespace',
  'newTag',
  'path',
  'port',
  'project',
  'replicas',
  'schedule',
  'serviceAccountName',
  'serviceName',
  'storageClassName',
  'suspend',
  'tag',
  'targetPort',
  'type',
  'url',
  'version',
]);

/** What a server writes, and the object's own name. */
const untold = new Set(['apiVersion', 'kind', 'status', 'managedFields']);

const deepest = 8;

/** The objects of a file with their important fields; of other YAML its keys, of a chart's template what it defines. */
export function outlineOf(file: IndexedFile): OutlineEntry[] {
  if (file.role === 'chart-template') return definesOf(file.text);
  return file.parsed.documents.flatMap(document => documentEntry(document));
}

function documentEntry({ root }: ManifestDocument): OutlineEntry[] {
  if (root?.kind !== 'map') return [];
  const resource = resourceOfNode(root);
  const children = childrenOf(root, 0);
  if (!resource) return children;
  const { kind, name, namespace } = resource;
  const [first] = root.entries;
  return [
    {
      name: name === '' ? kind : `${kind} ${name}`,
      detail: namespace,
      kind: 'object',
      start: root.start,
      end: root.end,
      nameStart: first?.keyStart ?? root.start,
      nameEnd: Math.min(first?.node.end ?? root.start, root.end),
      children,
    },
  ];
}

function childrenOf(node: Node, depth: number): OutlineEntry[] {
  if (depth > deepest || node.alias !== undefined) return [];
  if (node.kind === 'map')
    return node.entries
      .filter(({ key, merged }) => !merged && !(depth === 0 && untold.has(key)))
      .flatMap(entry => fieldEntry(entry, depth));
  if (node.kind === 'list')
    return node.items.flatMap((item, index) => itemEntry(item, index, depth));
  return [];
}

function fieldEntry({ key, keyStart, keyEnd, node }: MapEntry, depth: number): OutlineEntry[] {
  const isHolding = node.kind !== 'scalar';
  if (!isHolding && !tellingFields.has(key)) return [];
  const isOwn = node.alias === undefined && node.end > keyEnd;
  return [
    {
      name: key === '' ? '""' : key,
      detail: isHolding ? '' : shortText(node.value),
      kind: node.kind === 'scalar' ? 'value' : node.kind,
      start: keyStart,
      end: isOwn ? node.end : keyEnd,
      nameStart: keyStart,
      nameEnd: keyEnd,
      children: isPlainMap(key) ? [] : childrenOf(node, depth + 1),
    },
  ];
}

/** Maps whose keys are a person's own, and no fields. */
function isPlainMap(key: string): boolean {
  return key === 'labels' || key === 'annotations' || key === 'matchLabels';
}

/** Items that have a name, and the parts of those that have none. */
function itemEntry(item: Node, index: number, depth: number): OutlineEntry[] {
  if (item.kind !== 'map' || item.alias !== undefined) return [];
  const name = nameOf(item);
  return [
    {
      name: name ?? `[${index}]`,
      detail: '',
      kind: 'item',
      start: item.start,
      end: item.end,
      nameStart: item.start,
      nameEnd: Math.min(item.entries[0]?.node.end ?? item.end, item.end),
      children: childrenOf(item, depth + 1),
    },
  ];
}

function nameOf(item: Node): string | undefined {
  const names = ['name', 'host', 'path', 'key', 'kind'].map(key => textAt(item, key));
  return names.find(name => name !== undefined && name !== '');
}

function shortText(value: unknown): string {
  const text = String(value);
  return text.length > 60 || text.includes('\n') ? `${text.slice(0, 59).split('\n')[0]}…` : text;
}

function definesOf(text: string): OutlineEntry[] {
  const found: OutlineEntry[] = [];
  for (const match of text.matchAll(/\{\{-?\s*define\s+"([^"\n]+)"\s*-?\}\}/g)) {
    const { index, 0: whole, 1: name = '' } = match;
    const nameStart = index + whole.indexOf(name);
    found.push({
      ...{ name, detail: 'define', kind: 'template', children: [] },
      ...{ start: index, end: index + whole.length, nameStart, nameEnd: nameStart + name.length },
    });
  }
  return found;
}
