import { entryOf, textAt } from '../locate.ts';
import type { ListNode, ManifestDocument, MapEntry, MapNode, Node } from '../syntax.ts';

/**
 * The objects of a document: of a `List`, or a typed list such as `RoleBindingList`, its items; else the
 * document itself. Items of a typed list that leave out apiVersion or kind get the list's, as kubectl does.
 */
export function flattenList(document: ManifestDocument): ManifestDocument[] {
  const { root } = document;
  const items = itemsOf(root);
  if (!items || root?.kind !== 'map') return [document];
  return items.items.flatMap((item, at) =>
    flattenList({
      index: document.index,
      root: withType(item, root),
      start: item.start,
      end: item.end,
      within: [...document.within, 'items', at],
    }),
  );
}

function itemsOf(root: Node | undefined): ListNode | undefined {
  const kind = textAt(root, 'kind');
  if (kind === undefined || !kind.endsWith('List')) return undefined;
  const items = entryOf(root, 'items')?.node;
  return items?.kind === 'list' ? items : undefined;
}

function withType(item: Node, list: MapNode): Node {
  if (item.kind !== 'map' || textAt(list, 'kind') === 'List') return item;
  const missing: MapEntry[] = [];
  const apiVersion = entryOf(list, 'apiVersion');
  const kind = entryOf(list, 'kind');
  if (apiVersion && !entryOf(item, 'apiVersion')) missing.push(apiVersion);
  if (kind?.node.kind === 'scalar' && !entryOf(item, 'kind')) {
    const value = String(kind.node.value).slice(0, -'List'.length);
    missing.push({ ...kind, node: { ...kind.node, value } });
  }
  return missing.length === 0 ? item : { ...item, entries: [...missing, ...item.entries] };
}
