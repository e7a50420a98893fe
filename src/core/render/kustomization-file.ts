import type { Repository } from '../model/repository.ts';

/** The kustomization of a folder; the folder itself where it has none. */
export function kustomizationFile(repository: Repository, folder: string): string {
  const files = new Set(repository.files);
  const paths = names.map(name => (folder === '' ? name : `${folder}/${name}`));
  return paths.find(path => files.has(path)) ?? folder;
}

/** What kustomize accepts, in its order. */
const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
