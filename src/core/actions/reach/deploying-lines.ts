import type { IndexedFile } from '../../manifests/index-types.ts';
import { entryOf, nodeAt, positionAt } from '../../manifests/locate.ts';
import type { Application } from '../../model/environment.ts';

/** Where Flux and Argo CD objects name what is deployed, and where to. */
const naming = [
  ...['path', 'sourceRef', 'targetNamespace', 'chart', 'chartRef', 'releaseName', 'sources'].map(
    field => ['spec', field],
  ),
  ...['path', 'repoURL', 'targetRevision', 'chart'].map(field => ['spec', 'source', field]),
  ['spec', 'destination'],
];

/** The lines of a file with which an application says what it deploys; empty where it is declared elsewhere. */
export function deployingLines({ origin, controller }: Application, source: IndexedFile): number[] {
  if (origin.file !== source.path || !controller) return [];
  const declared = source.objects.findLast(each => each.line <= origin.line);
  const isIt = declared?.resource.kind === controller.kind;
  if (!declared || !isIt || declared.resource.name !== controller.name) return [];
  return naming.flatMap(path => {
    const parent = nodeAt(declared.document.root, path.slice(0, -1));
    const entry = entryOf(parent, path.at(-1) ?? '');
    if (!entry || entry.merged) return [];
    const from = positionAt(source.parsed, entry.keyStart).line;
    const to = positionAt(source.parsed, Math.max(entry.keyEnd, entry.node.end - 1)).line;
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}
