import { folderOf } from '../../manifests/paths.ts';
import type { Application } from '../../model/environment.ts';
import type { Discoverer } from '../context.ts';
import { firstLine } from '../drafts.ts';
import {
  chartApplication,
  fileApplication,
  folderEnvironment,
  installableCharts,
  kustomizationLeaves,
  kustomizeApplication,
  plainApplication,
} from '../folder-application.ts';
import { isWithin } from '../folders.ts';
import type { ManifestIndex } from '../manifest-index.ts';
import { reach } from '../reach.ts';

/**
 * One environment of all that is deployable: kustomizations, charts, and the manifests that belong
 * to neither.
 */
export const plain: Discoverer = {
  id: 'plain',
  async discover({ index }) {
    const applications = applicationsBelow(index, '');
    if (applications.length > 0)
      return { environments: [folderEnvironment('default', applications)], unresolved: [] };
    const reason = 'no Kubernetes manifests, kustomizations or charts were found';
    return { environments: [], unresolved: [{ reason, place: firstLine('') }] };
  },
  async at({ index }, folder, name, origin) {
    const applications = index.file(folder)
      ? [fileApplication(folder)]
      : applicationsBelow(index, folder);
    return applications.length === 0 ? undefined : folderEnvironment(name, applications, origin);
  },
};

function applicationsBelow(index: ManifestIndex, folder: string): Application[] {
  const below = ({ path }: { path: string }) => isWithin(folder, path);
  return [
    ...kustomizationLeaves(index).filter(below).map(kustomizeApplication),
    ...installableCharts(index)
      .filter(below)
      .map(chart => chartApplication(chart, [])),
    ...plainApplications(index, folder),
  ];
}

/**
 * The manifests below a folder that no kustomization and no chart takes in, in as few folders as
 * possible: a folder is taken with all below it where nothing below it belongs to a kustomization
 * or a chart.
 */
function plainApplications(index: ManifestIndex, top: string): Application[] {
  const kustomized = [...index.kustomizations.keys()];
  const built = new Set(
    kustomized.flatMap(path => reach(index, path).map(({ file }) => file.path)),
  );
  // What stands beside a kustomization and is not in it was left out on purpose.
  const free = index
    .files()
    .filter(({ role, path }) => role === 'manifest' && isWithin(top, path))
    .map(({ path }) => path)
    .filter(path => !built.has(path) && !index.kustomizations.has(folderOf(path)));
  const taken = [...built, ...[...kustomized, ...index.charts.keys()].map(path => `${path}/`)];
  const known = new Map<string, boolean>();
  const isPure = (folder: string): boolean => {
    const pure = known.get(folder) ?? !taken.some(path => isWithin(folder, path));
    known.set(folder, pure);
    return pure;
  };
  const roots = new Map<string, string>();
  for (const path of free) {
    let folder = folderOf(path);
    while (folder !== top && isPure(folder) && isPure(folderOf(folder))) folder = folderOf(folder);
    if (!roots.has(folder)) roots.set(folder, path);
  }
  const others = namesakes(index);
  return [...roots].map(([folder, file]) =>
    plainApplication(
      folder,
      isPure(folder),
      file,
      others.filter(path => isWithin(folder, path)),
    ),
  );
}

/**
 * Files that only look like manifests (skaffold.yaml, a kubeconfig), or that are no YAML at all.
 */
function namesakes(index: ManifestIndex): string[] {
  return index
    .files()
    .filter(
      file => file.role !== 'manifest' && file.objects.length + file.parsed.problems.length > 0,
    )
    .map(({ path }) => path);
}
