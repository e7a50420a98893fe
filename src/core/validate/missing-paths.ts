import type { IndexedFile } from '../manifests/index-types.ts';
import { foldersAbove } from '../manifests/paths.ts';
import { type MissingPath, partsOf } from '../model/environment.ts';
import { nearestName } from '../schemas/nearest.ts';
import type { Scope } from './across.ts';
import { isAside } from './aside.ts';
import { rangeAtPlace } from './places/place.ts';

/**
 * Folders, charts and values files of this repository that an engine's object names and that are not there: Flux
 * and Argo CD refuse to build it.
 */
export function checkMissingPaths({ checks, environments }: Scope): void {
  const { index, repository, unresolved = [] } = checks.input;
  const found = environments.flatMap(({ name, applications, unresolved: own }) => [
    ...applications.flatMap(({ engine, source }) =>
      partsOf(source).flatMap(part =>
        part.kind === 'unresolved' && part.missing
          ? [{ missing: part.missing, engine, names: [name] }]
          : [],
      ),
    ),
    ...own.flatMap(({ missing = [] }) =>
      missing.map(each => ({ missing: each, engine: 'argocd', names: [name] })),
    ),
  ]);
  const others = unresolved.flatMap(({ missing = [] }) =>
    missing.map(each => ({ missing: each, engine: 'argocd', names: [] as string[] })),
  );
  if (found.length + others.length === 0) return;
  const files = repository?.files ?? index.files().map(({ path }) => path);
  const folders = new Set(files.flatMap(foldersAbove));
  for (const { missing, engine, names } of [...found, ...others]) {
    const { kind, path, place, written } = missing;
    if (isAside(place.file) || /\{\{|\$\{/.test(written)) continue;
    // Folders with nothing but other files are there as well.
    if (path !== undefined && kind === 'folder' && folders.has(path)) continue;
    const near = path === undefined ? undefined : nearPath(path, kind === 'file' ? files : folders);
    const suggested = near === undefined ? undefined : asWritten(missing, near);
    checks.findings.add({
      rule: `${engine === 'argocd' ? 'argo' : 'flux'}-missing-path`,
      severity: 'error',
      file: place.file,
      ...rangeOf(index.file(place.file), missing),
      message: messageOf(missing, folders, suggested),
      environments: names,
      ...(suggested === undefined ? {} : { fix: `Write ${suggested}.` }),
    });
  }
}

function rangeOf(file: IndexedFile | undefined, { place }: MissingPath) {
  return rangeAtPlace(file, place, 'value', false);
}

function messageOf(
  { kind, path, written }: MissingPath,
  folders: ReadonlySet<string>,
  near: string | undefined,
): string {
  const hint = near === undefined ? '.' : `; did you mean ${near}?`;
  if (kind === 'chart' && path !== undefined && folders.has(path))
    return `${written} has no Chart.yaml, so there is no chart in it${hint}`;
  const what = { folder: 'folder', chart: 'chart', file: 'file' }[kind];
  const where =
    path === undefined ? 'leads out of this repository' : 'does not exist in this repository';
  return `The ${what} ${written} ${where}${hint}`;
}

/** The path that differs in one part only, by a near name; the one that shares the longest beginning. */
function nearPath(path: string, known: Iterable<string>): string | undefined {
  const parts = path.split('/');
  const alike: string[] = [];
  for (const other of known) {
    const others = other.split('/');
    if (others.length !== parts.length) continue;
    const different = parts.flatMap((part, at) => (part === others[at] ? [] : [at]));
    const [only = 0] = different;
    if (different.length === 1 && nearestName(parts[only] ?? '', [others[only] ?? '']))
      alike.push(other);
  }
  return nearestName(path, alike) ?? alike[0];
}

/** With the `./` and the beginning that the path was written with. */
function asWritten({ written, path = '' }: MissingPath, near: string): string {
  const plain = written.replace(/\/+$/, '');
  return plain.endsWith(path) ? `${plain.slice(0, plain.length - path.length)}${near}` : near;
}
