import { posix } from 'node:path';
import { foldersAbove } from '../manifests/paths.ts';
import { foldersOf, type RenderSource } from '../model/environment.ts';
import type { NotChecked } from '../model/finding.ts';
import type { UnusedIn } from '../validate/deployment/unused.ts';
import type { RenderedSet } from '../validate/validate.ts';
import type { Workspace } from '../workspace.ts';
import { unusedIn } from './unused.ts';

/** What is rendered, and what could not be. */
export interface Sets {
  sets: RenderedSet[];
  notChecked: NotChecked[];
  /** In the order of `sets`. */
  unused: UnusedIn[];
}

/** Kustomizations and charts that nothing deploys are final all the same: leaves that no other one uses. */
export async function renderRest(
  workspace: Workspace,
  deployed: readonly RenderedSet[],
  target: string,
  file?: string,
): Promise<Sets> {
  const read = new Set(deployed.flatMap(({ reads }) => reads));
  const sets: RenderedSet[] = [];
  const notChecked: NotChecked[] = [];
  const unused: UnusedIn[] = [];
  const all = leaves(workspace, read);
  const sources = file === undefined ? all : all.filter(mayRead(workspace, file));
  // The renderer has the next one to do while an answer is read here.
  const renders = await Promise.all(
    sources.map(async source => ({ source, rendered: await workspace.trace({ source }) })),
  );
  for (const { source, rendered } of renders) {
    const { objects, reads, failure, notChecked: uncertain } = rendered;
    unused.push(unusedIn(source, rendered));
    sets.push({
      source,
      target,
      objects,
      uncertain,
      reads,
      incomplete: isBase(source),
      ...(failure && { failure }),
    });
    if (failure) notChecked.push({ reason: failure.message, place: failure.place });
  }
  return { sets, notChecked, unused };
}

/** True for the sources that a file is built by, as far as kustomizations and charts name it. */
function mayRead({ index }: Workspace, file: string): (source: RenderSource) => boolean {
  const builders = new Set<string>();
  const follow = (path: string) => {
    for (const user of index.usersOf(path)) {
      if (builders.has(user.path)) continue;
      builders.add(user.path);
      follow(user.path);
    }
  };
  follow(file);
  for (const folder of foldersAbove(file)) {
    if (index.kustomizations.has(folder)) {
      builders.add(folder);
      follow(folder);
    }
    if (index.charts.has(folder)) builders.add(folder);
  }
  return source => foldersOf(source).some(folder => builders.has(folder));
}

/** A folder that says it is a base may be completed from another repository. */
function isBase(source: RenderSource): boolean {
  return foldersOf(source).some(folder => /(^|\/)_?bases?(\/|$)/.test(folder));
}

function leaves({ index }: Workspace, read: ReadonlySet<string>): RenderSource[] {
  const kustomizations = [...index.kustomizations.values()]
    .filter(({ kind, file }) => kind !== 'Component' && !read.has(file))
    .filter(({ path }) => index.usersOf(path).length === 0)
    .map(({ path }) => ({ kind: 'kustomize' as const, path }));
  const charts = [...index.charts.values()]
    .filter(({ type, file, path }) => type !== 'library' && !read.has(file) && !isSubchart(path))
    .map(({ path, name }) => ({
      kind: 'helm' as const,
      path,
      release: name,
      namespace: 'default',
      values: [],
      includeCrds: true,
    }));
  return [...kustomizations, ...charts];
}

function isSubchart(path: string): boolean {
  return posix.basename(posix.dirname(path)) === 'charts' && posix.dirname(path) !== 'charts';
}
