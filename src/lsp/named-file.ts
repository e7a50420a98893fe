import { posix } from 'node:path';
import { offsetAt } from '../core/manifests/locate.ts';
import type { Node } from '../core/manifests/syntax.ts';
import type { Workspace } from '../core/workspace.ts';

/**
 * The file that a value names: `resources`, `patches`, `components` and generator inputs of a kustomization, the
 * `path`, `chart` and `valuesFiles` of Flux and Argo CD. A folder is its kustomization or chart. Undefined where the
 * value at the place (1-based) names nothing that is there.
 */
export function namedFile(
  { index, repository }: Workspace,
  file: string,
  { line, column }: { line: number; column: number },
): string | undefined {
  const parsed = index.file(file)?.parsed;
  if (!parsed) return undefined;
  const offset = offsetAt(parsed, line, column);
  const text = parsed.documents
    .map(({ root }) => root && textAround(root, offset))
    .find(found => found !== undefined);
  // `key=path`, as generators name their files.
  const name = text?.replace(/^[^/=]+=/, '');
  if (!name || /^[a-z+]+:\/\//.test(name) || name.startsWith('/')) return undefined;
  const here = posix.normalize(posix.join(posix.dirname(file), name));
  const atRoot = posix.normalize(name);
  // What stands in a kustomization is named from its folder, what engines read from the root.
  const isBare = !name.includes('/') && !index.kustomizations.has(posix.dirname(file));
  for (const path of isBare ? [here] : [here, atRoot]) {
    const found = fileAt({ index, repository }, path.replace(/\/$/, '').replace(/^\.$/, ''));
    if (found !== undefined && found !== file) return found;
  }
  return undefined;
}

function fileAt(
  { index, repository }: Pick<Workspace, 'index' | 'repository'>,
  path: string,
): string | undefined {
  if (path.startsWith('..')) return undefined;
  if (repository.files.includes(path)) return path;
  return (index.kustomizations.get(path) ?? index.charts.get(path))?.file;
}

/** The string whose text holds the offset. */
function textAround(node: Node, offset: number): string | undefined {
  if (node.kind === 'scalar') {
    const within = node.start <= offset && offset <= node.end;
    return within && typeof node.value === 'string' ? node.value : undefined;
  }
  const children = node.kind === 'list' ? node.items : node.entries.map(entry => entry.node);
  for (const child of children) {
    const found = textAround(child, offset);
    if (found !== undefined) return found;
  }
  return undefined;
}
