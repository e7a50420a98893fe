import type { IndexedObject } from '../../manifests/index-types.ts';
import type { RepositoryIndex } from '../../manifests/repository-index.ts';

/** An editor shows so many; who wants another one types more of its name. */
const mostObjects = 500;

/**
 * The objects of a repository's manifests whose `kind namespace/name` has the letters of a query in their order;
 * those whose name begins with it first.
 */
export function findObjects(index: RepositoryIndex, query: string): IndexedObject[] {
  const wanted = query.toLowerCase().replace(/[\s/]+/g, '');
  const found = index.objects().flatMap(object => {
    const { kind, namespace, name } = object.resource;
    if (name === '') return [];
    const rank = rankOf(wanted, { name: name.toLowerCase(), kind: kind.toLowerCase(), namespace });
    return rank === undefined ? [] : [{ object, rank }];
  });
  return found
    .sort((a, b) => a.rank - b.rank)
    .slice(0, mostObjects)
    .map(({ object }) => object);
}

function rankOf(
  wanted: string,
  { name, kind, namespace }: { name: string; kind: string; namespace: string },
): number | undefined {
  if (name.startsWith(wanted)) return 0;
  if (name.includes(wanted)) return 1;
  if (kind.startsWith(wanted)) return 2;
  return hasInOrder(`${kind}${namespace.toLowerCase()}${name}`, wanted) ||
    hasInOrder(`${name}${kind}`, wanted)
    ? 3
    : undefined;
}

function hasInOrder(text: string, letters: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
