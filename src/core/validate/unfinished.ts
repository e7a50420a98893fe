import { baseName, folderOf, foldersAbove } from '../manifests/paths.ts';
import type { RepositoryIndex } from '../manifests/repository-index.ts';
import type { RenderedSet } from './input.ts';

/**
 * True for a file that says by its name that it is a patch, though no kustomization takes it in: scaffolds leave many
 * of them beside the kustomization whose lines for them are commented out. What it does not say comes from elsewhere.
 */
export function isLoosePatch(path: string, index: RepositoryIndex): boolean {
  if (index.usersOf(path).length > 0) return false;
  const stem = baseName(path).replace(/\.\w+$/, '');
  if (stem === 'patch' || isBesidePatches(path, index)) return true;
  const isNamed = /(^|[_.-])patch([_.-]|$)/.test(stem) || baseName(folderOf(path)) === 'patches';
  return isNamed && foldersAbove(path).some(folder => index.kustomizations.has(folder));
}

/** Another patch of what a kustomization patches, which is left out of it at present. */
function isBesidePatches(path: string, index: RepositoryIndex): boolean {
  const kustomization = index.kustomizations.get(folderOf(path));
  const objects = index.file(path)?.objects ?? [];
  if (!kustomization || objects.length === 0) return false;
  const patched = kustomization.refersTo.flatMap(other =>
    index.file(other)?.role === 'patch' ? (index.file(other)?.objects ?? []) : [],
  );
  return objects.every(({ resource: { kind, name } }) =>
    patched.some(({ resource }) => resource.kind === kind && resource.name === name),
  );
}

/**
 * True for a build that makes templates and no objects, such as the source of a chart: its namespaces and names are
 * template expressions.
 */
export function makesTemplates({ objects }: Pick<RenderedSet, 'objects'>): boolean {
  return objects.some(({ resource: { name, namespace } }) => /\{\{/.test(`${namespace}${name}`));
}

/** A line on which another tool fills something in before it is YAML: `clusterIP: {PREFIX}.16`. */
export function isFilledLater(line: string): boolean {
  return /(^|[^{$])\{[A-Z][A-Z0-9_]*\}/.test(line);
}
