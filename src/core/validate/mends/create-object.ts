import { posix } from 'node:path';
import { entryOf } from '../../manifests/locate.ts';
import { folderOf } from '../../manifests/paths.ts';
import type { RepositoryIndex } from '../../manifests/repository-index.ts';
import { writeManifests } from '../../manifests/write.ts';
import type { FileEdit, Mend } from '../../model/finding.ts';
import type { JsonObject } from '../../model/resource.ts';
import { mendOf } from './mend.ts';

export interface MissingObject {
  /** `group/Kind`, or `Kind` of the core group. */
  kind: string;
  name: string;
  /** Where who refers says one itself; empty where the namespace comes from elsewhere. */
  namespace: string;
  /** Keys of its data that are referred to. */
  keys?: readonly string[];
}

/**
 * A new file beside the one that refers to an object, with a skeleton of it, named by the kustomization that names
 * that file. Undefined for kinds of which no skeleton makes sense, and for what a template refers to.
 */
export function creationOf(
  index: RepositoryIndex,
  file: string,
  missing: MissingObject,
): Mend | undefined {
  const content = skeletons[missing.kind]?.(missing);
  const role = index.file(file)?.role;
  const isName = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(missing.name);
  if (!content || !isName || (role !== 'manifest' && role !== 'patch')) return undefined;
  const path = freePath(index, folderOf(file), missing);
  const metadata = {
    name: missing.name,
    ...(missing.namespace !== '' && { namespace: missing.namespace }),
  };
  const { apiVersion, ...rest } = content;
  const text = writeManifests([
    { apiVersion: apiVersion ?? 'v1', kind: kindOf(missing), metadata, ...rest },
  ]).replace(/^---\n/, '');
  const created = { file: path, line: 1, column: 1, endLine: 1, endColumn: 1, text };
  const named = naming(index, file, path);
  if (!named) return undefined;
  return { title: `Create ${kindOf(missing)} ${missing.name}`, edits: [created, ...named] };
}

function kindOf({ kind }: MissingObject): string {
  return kind.slice(kind.lastIndexOf('/') + 1);
}

function freePath(index: RepositoryIndex, folder: string, missing: MissingObject): string {
  const prefix = folder === '' ? '' : `${folder}/`;
  const short = `${prefix}${missing.name}.yaml`;
  const names = [short, `${prefix}${kindOf(missing).toLowerCase()}-${missing.name}.yaml`];
  for (let number = 2; ; number++) {
    const free = names.find(name => !index.isListed(name));
    if (free !== undefined) return free;
    names.push(`${prefix}${kindOf(missing).toLowerCase()}-${missing.name}-${number}.yaml`);
  }
}

/** The edit that has the kustomization name the new file; none where there is no kustomization, undefined where it cannot be. */
function naming(index: RepositoryIndex, file: string, path: string): FileEdit[] | undefined {
  const user = index.usersOf(file)[0] ?? index.kustomizations.get(folderOf(file));
  const kustomization = user && index.file(user.file);
  if (!user || !kustomization) return [];
  const [document] = kustomization.parsed.documents;
  const resources = entryOf(document?.root, 'resources')?.node;
  const relative = posix.relative(user.path, path);
  if (!document?.root) return undefined;
  const items = resources?.kind === 'list' ? resources.items.length : 0;
  const mend =
    items > 0
      ? mendOf(kustomization, document, ['resources', items], { kind: 'add', value: relative })
      : mendOf(kustomization, document, ['resources'], { kind: 'add', value: [relative] });
  return mend?.edits;
}

/** The least of each kind; what is to be filled in is empty. */
const skeletons: Record<string, (missing: MissingObject) => JsonObject> = {
  ConfigMap: ({ keys = [] }) => ({ data: emptyOf(keys) }),
  Secret: ({ keys = [] }) => ({ type: 'Opaque', stringData: emptyOf(keys) }),
  ServiceAccount: () => ({}),
  PersistentVolumeClaim: () => ({
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }),
  Service: ({ name }) => ({
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  }),
  'rbac.authorization.k8s.io/Role': () => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
  }),
  'rbac.authorization.k8s.io/ClusterRole': () => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
  }),
  'scheduling.k8s.io/PriorityClass': () => ({
    apiVersion: 'scheduling.k8s.io/v1',
    value: 1000,
  }),
};

function emptyOf(keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.map(key => [key, '']));
}
