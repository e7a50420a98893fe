import { type Charts, chartText, type FoundChart } from '../model/chart.ts';
import type { HelmSource } from '../model/environment.ts';
import type { Repository } from '../model/repository.ts';
import type { Place } from '../model/source.ts';
import type { Elsewhere } from './elsewhere.ts';
import { lineWhere } from './locate.ts';
import type { RenderContext, RenderedSource } from './renderer.ts';

/** What a release is rendered from besides the repository's own files. */
export interface Laid {
  /** Path of a file → hash of its content. */
  files: Record<string, string>;
  contents: Map<string, Uint8Array>;
  elsewhere: Elsewhere[];
}

/** Charts that were looked for, and what was found. */
export type UsedCharts = NonNullable<RenderedSource['charts']>;

/** The folder or archive of a release's chart; `reason` where it is not here. */
export async function chartPath(
  { path, chart }: HelmSource,
  context: RenderContext,
  used: UsedCharts,
): Promise<{ path: string; laid: Laid } | { reason: string }> {
  const laid: Laid = { files: {}, contents: new Map(), elsewhere: [] };
  if (!chart) return { path, laid };
  const found = await context.charts.find(chart, context.repository);
  used.push({ reference: chart, found: identityOf(found) });
  if (found.kind === 'missing') return found;
  const place = context.origin ?? { file: '', line: 1, column: 1 };
  if (found.kind === 'archive') {
    // No folder of a repository has such a name.
    const at = `.driftline:/${found.file}`;
    await lay(laid, at, found);
    laid.elsewhere.push({ prefix: at, title: found.file, place });
    return { path: at, laid };
  }
  if (found.path.endsWith('.tgz'))
    laid.elsewhere.push({ prefix: `${found.path}/`, title: found.path, place });
  return { path: found.path, laid };
}

/**
 * Lays what is missing of a chart's dependencies over its charts folder; answers why where one is not here, as
 * part of a sentence.
 */
export async function layDependencies(
  folder: string,
  names: readonly string[],
  context: RenderContext,
  { laid, used }: { laid: Laid; used: UsedCharts },
): Promise<string | undefined> {
  const { charts, program, repository } = context;
  for (const dependency of await charts.dependencies(folder, names, repository)) {
    const { name } = dependency;
    const at = `${folder === '' ? '' : `${folder}/`}charts/${name}`;
    if (dependency.kind === 'unknown') return dependency.reason;
    if (dependency.kind === 'folder') {
      await layFolder(laid, at, dependency.path, context);
      continue;
    }
    const { reference } = dependency;
    const found = await charts.find(reference, repository);
    used.push({ reference, found: identityOf(found) });
    if (found.kind === 'missing') return found.reason;
    if (found.kind === 'copy' && !found.path.endsWith('.tgz')) {
      await layFolder(laid, at, found.path, context);
      continue;
    }
    const title = found.kind === 'copy' ? found.path : found.file;
    const file = `${at}-${title.slice(title.lastIndexOf('-') + 1)}`;
    if (found.kind === 'archive') await lay(laid, file, found);
    else laid.files[file] = (await program.hashes(repository)).get(found.path) ?? '';
    laid.elsewhere.push({ prefix: file, title, place: await placeOf(folder, name, repository) });
  }
  return undefined;
}

/** The line of `Chart.yaml` that names a dependency. */
async function placeOf(folder: string, name: string, repository: Repository): Promise<Place> {
  const file = folder === '' ? 'Chart.yaml' : `${folder}/Chart.yaml`;
  const text = repository.files.includes(file) ? await repository.read(file) : '';
  const line = lineWhere(Buffer.from(text).toString(), each => isNamed(each, name)) ?? 1;
  return { file, line, column: 1 };
}

/** True for a line of `Chart.yaml` that names one of its dependencies so. */
export function isNamed(line: string, name: string): boolean {
  return /^\s*-?\s*name:\s*/.test(line) && line.includes(name);
}

/** True where the charts that a kept render was made of are still what is found. */
export async function areStillFound(
  { charts: used = [] }: RenderedSource,
  charts: Charts,
  repository: Repository,
): Promise<boolean> {
  for (const { reference, found } of used)
    if (identityOf(await charts.find(reference, repository)) !== found) return false;
  return true;
}

/** Where there is nowhere to look. */
export const noCharts: Charts = {
  find: async reference => ({ kind: 'missing', reason: `${chartText(reference)} is not here` }),
  dependencies: async (_folder, names) =>
    names.map(name => ({ name, kind: 'unknown', reason: `${name} is not here` })),
};

function identityOf(found: FoundChart): string {
  if (found.kind === 'archive') return found.digest;
  return found.kind === 'copy' ? found.path : found.reason;
}

async function lay(
  { files, contents }: Laid,
  at: string,
  found: Extract<FoundChart, { kind: 'archive' }>,
): Promise<void> {
  files[at] = found.digest;
  contents.set(found.digest, await found.read());
}

/** The same files at another path: their places are those of the folder. */
async function layFolder(
  laid: Laid,
  at: string,
  folder: string,
  { repository, program }: RenderContext,
): Promise<void> {
  const hashes = await program.hashes(repository);
  for (const file of repository.files) {
    const hash = hashes.get(file);
    if (file.startsWith(`${folder}/`) && hash)
      laid.files[`${at}${file.slice(folder.length)}`] = hash;
  }
  laid.elsewhere.push({ prefix: `${at}/`, path: `${folder}/` });
}
