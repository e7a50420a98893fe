import { jsonOf } from '../manifests/locate.ts';
import { parseManifests } from '../manifests/parse.ts';
import type { ChartReference } from '../model/environment.ts';
import type { Repository } from '../model/repository.ts';
import { isObject } from '../model/resource.ts';
import { archiveName, isFileName, isFullVersion } from './names.ts';

/**
 * The copy of one version, in full, of a chart that the repository carries: an archive of that name, or a folder
 * that is clearly a copy. A chart of the repository's own that has the same name is not what is deployed.
 */
export async function copyIn(
  repository: Repository,
  reference: ChartReference,
): Promise<string | undefined> {
  const { name, version } = reference;
  if (!isFileName(name) || !isFullVersion(version)) return undefined;
  const { archives, folders } = chartsIn(repository.files);
  const packed = archives.get(archiveName(reference, version));
  if (packed !== undefined) return packed;
  const names = new Set([name, `${name}-${version}`, version]);
  for (const path of folders) {
    if (!names.has(path.slice(path.lastIndexOf('/') + 1))) continue;
    const text = Buffer.from(await repository.read(`${path}/Chart.yaml`)).toString();
    if (isThat(text, name, version) && (isPlaceOfCopies(path, version) || isPacked(text)))
      return path;
  }
  return undefined;
}

interface ChartsIn {
  /** Name of an archive → the first path of that name. */
  archives: Map<string, string>;
  /** Folders with a chart. */
  folders: string[];
}

/** Edits keep the list of files: what it says is worked out once. */
const known = new WeakMap<readonly string[], ChartsIn>();

function chartsIn(files: readonly string[]): ChartsIn {
  const found: ChartsIn = known.get(files) ?? { archives: new Map(), folders: [] };
  if (known.has(files)) return found;
  for (const file of files) {
    const name = file.slice(file.lastIndexOf('/') + 1);
    if (name.endsWith('.tgz') && !found.archives.has(name)) found.archives.set(name, file);
    if (file.endsWith('/Chart.yaml')) found.folders.push(file.slice(0, -'/Chart.yaml'.length));
  }
  known.set(files, found);
  return found;
}

function isThat(text: string, name: string, version: string): boolean {
  const root = parseManifests(text).documents[0]?.root;
  const value = root && jsonOf(root);
  return isObject(value) && value.name === name && value.version === version;
}

/** A folder for other people's work, or one that has the version in its name. */
function isPlaceOfCopies(path: string, version: string): boolean {
  const parts = path.split('/');
  return (
    parts.some(part => /^(vendor|vendored|third[_-]party|upstream|external)$/.test(part)) ||
    (parts.at(-1) ?? '').endsWith(version)
  );
}

/**
 * A `Chart.yaml` as `helm package` writes it: no comments, its keys in alphabetical order, where people begin with
 * the name.
 */
function isPacked(text: string): boolean {
  const keys = text
    .split('\n')
    .map(line => /^(\w+):/.exec(line)?.[1])
    .filter(key => key !== undefined);
  const sorted = keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key);
  return sorted && keys.indexOf('name') > 1 && !/^\s*#/m.test(text);
}
