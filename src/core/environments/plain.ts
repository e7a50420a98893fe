import { folderOf } from '../manifests/paths.ts';
import type { RepositoryIndex } from '../manifests/repository-index.ts';
import type { Application } from '../model/environment.ts';
import type { Discoverer } from './context.ts';
import {
  chartApplication,
  folderEnvironment,
  installableCharts,
  kustomizationLeaves,
  kustomizeApplication,
  plainApplication,
} from './folder-application.ts';
import { isWithin } from './folders.ts';
import { reach } from './reach.ts';

/** One environment of all that is deployable: kustomizations, charts, and the manifests that belong to neither. */
export const plain: Discoverer = {
  id: 'plain',
  async discover({ index }) {
    const applications = [
      ...kustomizationLeaves(index).map(kustomizeApplication),
      ...installableCharts(index).map(chart => chartApplication(chart, [])),
      ...plainApplications(index),
    ];
    if (applications.length === 0)
      return {
        environments: [],
        unresolved: [
          {
            reason: 'no Kubernetes manifests, kustomizations or charts were found',
            place: { file: '', line: 1, column: 1 },
          },
        ],
      };
    return { environments: [folderEnvironment('default', applications)], unresolved: [] };
  },
  async at({ index }, folder, name, origin) {
    const manifest = index
      .files()
      .find(file => file.role === 'manifest' && isWithin(folder, file.path));
    if (!manifest) return undefined;
    return folderEnvironment(name, [plainApplication(folder, true, manifest.path)], origin);
  },
};

/**
 * The manifests that no kustomization and no chart takes in, in as few folders as possible: a folder is
 * taken with all below it where nothing below it belongs to a kustomization or a chart.
 */
function plainApplications(index: RepositoryIndex): Application[] {
  const built = new Set(
    [...index.kustomizations.keys()].flatMap(path =>
      reach(index, path).map(({ file }) => file.path),
    ),
  );
  const manifests = index.files().filter(file => file.role === 'manifest');
  // What stands beside a kustomization and is not in it was left out on purpose.
  const free = manifests
    .map(file => file.path)
    .filter(path => !built.has(path) && !index.kustomizations.has(folderOf(path)));
  const blocked = [
    ...built,
    ...[...index.kustomizations.keys(), ...index.charts.keys()].map(path => `${path}/`),
  ];
  const known = new Map<string, boolean>();
  const isPure = (folder: string): boolean => {
    const pure = known.get(folder) ?? !blocked.some(path => isWithin(folder, path));
    known.set(folder, pure);
    return pure;
  };
  const roots = new Map<string, string>();
  for (const path of free) {
    let folder = folderOf(path);
    while (folder !== '' && isPure(folder) && isPure(folderOf(folder))) folder = folderOf(folder);
    if (!roots.has(folder)) roots.set(folder, path);
  }
  return [...roots].map(([folder, file]) => plainApplication(folder, isPure(folder), file));
}
