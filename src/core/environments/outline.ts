import type { IndexedFile } from '../manifests/index-types.ts';
import { resourceKey } from '../model/resource.ts';
import { isDeployer } from './deployed.ts';
import type { ManifestIndex } from './manifest-index.ts';

/**
 * What of a repository's files its environments are made of: of most manifests only which objects they hold, of all
 * others the file as it is.
 */
export type Outline = readonly (IndexedFile | string)[];

/** The outline of an index as it is now; milliseconds for thousands of files. */
export function outlineOf(index: Pick<ManifestIndex, 'files'>): Outline {
  return index.files().map(entryOf);
}

/** True where the same environments are found in both, as far as files tell it. */
export function isSameOutline(a: Outline, b: Outline): boolean {
  return a.length === b.length && a.every((entry, at) => entry === b[at]);
}

const known = new WeakMap<IndexedFile, { role: string; entry: IndexedFile | string }>();

/** The index makes a new file for a new text, but gives it its role later. */
function entryOf(file: IndexedFile): IndexedFile | string {
  const before = known.get(file);
  if (before?.role === file.role) return before.entry;
  const entry = isOrdinary(file) ? `${file.path} ${file.objects.map(identity).join(' ')}` : file;
  known.set(file, { role: file.role, entry });
  return entry;
}

const identity = ({ resource }: IndexedFile['objects'][number]) =>
  `${resource.version} ${resourceKey(resource)}`;

/**
 * Objects that deploy nothing and give nothing to what deploys; a build of them alone may fail, but says nothing of
 * environments.
 */
function isOrdinary({ role, parsed, objects }: IndexedFile): boolean {
  return (
    role === 'manifest' &&
    parsed.problems.length === 0 &&
    objects.length > 0 &&
    parsed.documents.every(({ root }) => root === undefined || root.kind === 'map') &&
    objects.every(({ resource: { group, kind, name } }) => {
      const isData = group === '' && (kind === 'ConfigMap' || kind === 'Secret');
      return name !== '' && !isDeployer(group) && !isData && !toolGroup.test(group);
    })
  );
}

/** Kustomize's own objects, and ours. */
const toolGroup = /^kustomize\.config\.k8s\.io$|^driftline\.dev$/;
