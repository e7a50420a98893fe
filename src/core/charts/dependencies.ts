import { jsonOf } from '../manifests/locate.ts';
import { parseManifests } from '../manifests/parse.ts';
import { resolveReference } from '../manifests/paths.ts';
import type { ChartDependency } from '../model/chart.ts';
import { objectsAt, textAt } from '../model/fields.ts';
import type { Repository } from '../model/repository.ts';
import type { Json, JsonObject } from '../model/resource.ts';
import { isFullVersion, sameAddress } from './names.ts';

/**
 * Where the dependencies of a chart's folder come from, by `Chart.yaml` and, for their versions, `Chart.lock`, as
 * `helm dependency build` gets them. `address` finds the repository that the person calls so (`@name`).
 */
export async function dependenciesOf(
  repository: Repository,
  folder: string,
  names: readonly string[],
  address: (name: string) => Promise<string | undefined>,
): Promise<ChartDependency[]> {
  const below = (name: string) => (folder === '' ? name : `${folder}/${name}`);
  const declared = objectsAt(await readFileOf(repository, below('Chart.yaml')), 'dependencies');
  const locked = objectsAt(await readFileOf(repository, below('Chart.lock')), 'dependencies');
  const isNamed = (name: string) => declared.some(each => textAt(each, 'name') === name);
  const wanted = declared.filter(each => names.includes(textAt(each, 'name') ?? ''));
  const found = wanted.map(entry => {
    const version = versionOf(entry, declared, locked);
    return dependencyOf(repository, folder, entry, { version, address });
  });
  const undeclared = names
    .filter(name => !isNamed(name))
    .map(name => unknown(name, `Chart.yaml does not say where ${name} comes from`));
  return [...(await Promise.all(found)), ...undeclared];
}

/** Names of the dependencies that `Chart.yaml` declares and the charts folder has not. */
export async function missingDependencies(
  repository: Repository,
  folder: string,
): Promise<string[]> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const chart = await readFileOf(repository, `${prefix}Chart.yaml`);
  const names = objectsAt(chart, 'dependencies').flatMap(each => textAt(each, 'name') ?? []);
  const present = repository.files.filter(file => file.startsWith(`${prefix}charts/`));
  return [...new Set(names)].filter(name => {
    const copy = `${prefix}charts/${name}`;
    return !present.some(
      file =>
        file === `${copy}/Chart.yaml` ||
        (file.startsWith(copy) && /^-v?\d.*\.tgz$/.test(file.slice(copy.length))),
    );
  });
}

async function dependencyOf(
  { files }: Repository,
  folder: string,
  entry: JsonObject,
  {
    version,
    address,
  }: { version: string | undefined; address: (name: string) => Promise<string | undefined> },
): Promise<ChartDependency> {
  const name = textAt(entry, 'name') ?? '';
  const written = textAt(entry, 'repository') ?? '';
  if (written === '') return unknown(name, `${name} has no repository, so it must be in charts/`);
  if (written.startsWith('file://')) {
    const path = resolveReference(folder, written.slice('file://'.length));
    if (path !== undefined && files.includes(path === '' ? 'Chart.yaml' : `${path}/Chart.yaml`))
      return { name, kind: 'folder', path };
    return unknown(name, `there is no chart at ${written}`);
  }
  const alias = /^(?:@|alias:)(.+)$/.exec(written)?.[1];
  const url = alias === undefined ? written : await address(alias);
  if (url === undefined)
    return unknown(name, `Helm here knows no repository ${alias} (\`helm repo add ${alias} …\`)`);
  if (!/^(https?|oci):\/\//.test(url))
    return unknown(name, `${url} is no address of a chart repository`);
  if (version === undefined)
    return unknown(
      name,
      `Chart.lock has another version of ${name} than Chart.yaml (\`helm dependency update\`)`,
    );
  return { name, kind: 'reference', reference: { url, name, version } };
}

/**
 * The locked version; undefined where the lock contradicts an exact version. A chart may depend on several versions
 * of another one, which the lock has in the same order.
 */
function versionOf(
  entry: JsonObject,
  declared: JsonObject[],
  locked: JsonObject[],
): string | undefined {
  const asked = textAt(entry, 'version') ?? '';
  const alike = (each: JsonObject) =>
    textAt(each, 'name') === textAt(entry, 'name') &&
    sameAddress(textAt(each, 'repository') ?? '', textAt(entry, 'repository') ?? '');
  const lock = locked.filter(alike)[declared.filter(alike).indexOf(entry)];
  const version = textAt(lock, 'version');
  if (version === undefined || version === asked) return asked;
  return isFullVersion(asked) && asked.replace(/^v/, '') !== version.replace(/^v/, '')
    ? undefined
    : version;
}

async function readFileOf(repository: Repository, file: string): Promise<Json | undefined> {
  if (!repository.files.includes(file)) return undefined;
  const text = Buffer.from(await repository.read(file)).toString();
  const root = parseManifests(text).documents[0]?.root;
  return root && jsonOf(root);
}

function unknown(name: string, reason: string): ChartDependency {
  return { name, kind: 'unknown', reason };
}
