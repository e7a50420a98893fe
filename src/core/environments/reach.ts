import type { IndexedFile, KustomizationFile } from '../manifests/index-types.ts';
import { isWithin } from './folders.ts';
import type { ManifestIndex } from './manifest-index.ts';

/** A manifest file that building a folder takes in. */
export interface ReachedFile {
  file: IndexedFile;
  /** The kustomizations on the way, the outermost first; empty where Flux makes its own. */
  through: KustomizationFile[];
}

/**
 * The manifests that building a folder takes in: what its kustomization names, and what those name;
 * without a kustomization every manifest below it, as Flux and `kubectl apply -R` do.
 */
export function reach(index: ManifestIndex, folder: string): ReachedFile[] {
  const found = new Map<string, ReachedFile>();
  const visited = new Set<string>();
  const visit = (path: string, through: KustomizationFile[]): void => {
    if (visited.has(path)) return;
    visited.add(path);
    const kustomization = index.kustomizations.get(path);
    if (kustomization) visitReferences(kustomization, [...through, kustomization]);
    else visitFolder(path, through);
  };
  const visitReferences = (
    kustomization: KustomizationFile,
    through: KustomizationFile[],
  ): void => {
    for (const reference of kustomization.refersTo) {
      const file = index.file(reference);
      if (!file) visit(reference, through);
      else if (file.role === 'manifest') add(file, through);
    }
  };
  const visitFolder = (path: string, through: KustomizationFile[]): void => {
    const inner = outermost(index, path);
    for (const folder of inner) visit(folder, through);
    for (const file of index.files())
      if (
        file.role === 'manifest' &&
        isWithin(path, file.path) &&
        !inner.some(folder => isWithin(folder, file.path))
      )
        add(file, through);
  };
  const add = (file: IndexedFile, through: KustomizationFile[]): void => {
    if (!found.has(file.path)) found.set(file.path, { file, through });
  };
  visit(folder, []);
  return [...found.values()];
}

/** The kustomization folders below a path that lie in no other kustomization folder below it. */
function outermost(index: ManifestIndex, path: string): string[] {
  const below = [...index.kustomizations.keys()].filter(
    folder => folder !== path && isWithin(path, folder),
  );
  return below.filter(folder => !below.some(other => other !== folder && isWithin(other, folder)));
}
