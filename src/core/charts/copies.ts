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
  const archive = archiveName(reference, version);
  const packed = repository.files.find(file => file === archive || file.endsWith(`/${archive}`));
  if (packed !== undefined) return packed;
  const names = new Set([name, `${name}-${version}`, version]);
  for (const file of repository.files) {
    if (!file.endsWith('/Chart.yaml')) continue;
    const path = file.slice(0, -'/Chart.yaml'.length);
    if (!names.has(path.slice(path.lastIndexOf('/') + 1))) continue;
    const text = Buffer.from(await repository.read(file)).toString();
    if (isThat(text, name, version) && (isPlaceOfCopies(path, version) || isPacked(text)))
      return path;
  }
  return undefined;
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
