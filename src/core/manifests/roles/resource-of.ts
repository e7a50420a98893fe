import { parseApiVersion, type Resource } from '../../model/resource.ts';
import { entryOf, textAt } from '../locate.ts';
import type { Node } from '../syntax.ts';

/**
 * The identity of a document's object, read without unfolding it; undefined when it has no apiVersion or
 * kind, or neither name nor generateName. An object with generateName only has an empty name.
 */
export function resourceOfNode(root: Node | undefined): Resource | undefined {
  const apiVersion = textAt(root, 'apiVersion');
  const kind = textAt(root, 'kind');
  const metadata = entryOf(root, 'metadata')?.node;
  const generated = textAt(metadata, 'generateName') === undefined ? undefined : '';
  const name = textAt(metadata, 'name') ?? generated;
  if (apiVersion === undefined || kind === undefined || name === undefined) return undefined;
  return {
    ...parseApiVersion(apiVersion),
    kind,
    namespace: textAt(metadata, 'namespace') ?? '',
    name,
  };
}
