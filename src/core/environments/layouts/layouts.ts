import type { ChartFolder, KustomizationFile } from '../../manifests/index-types.ts';
import { baseName } from '../../manifests/paths.ts';
import type { Application, Unresolved } from '../../model/environment.ts';
import type { Discoverer } from '../context.ts';
import {
  chartApplication,
  folderEnvironment,
  installableCharts,
  kustomizationLeaves,
  kustomizeApplication,
} from '../folder-application.ts';
import { environmentPart, isBase, isContainer } from '../folders.ts';
import type { ManifestIndex } from '../manifest-index.ts';
import { chartValues } from './chart-layouts.ts';

/**
 * Environments by convention: `overlays/<env>` and the like, and a values file for each environment
 * of a chart.
 */
export const layouts: Discoverer = {
  id: 'layouts',
  async discover({ index }) {
    const leaves = kustomizationLeaves(index);
    const placed = [...overlays(leaves), ...releases(index)];
    const groups = Map.groupBy(placed, ({ environment }) => environment);
    const environments = [...groups].map(([name, members]) =>
      folderEnvironment(
        name,
        members.map(({ application }) => application),
      ),
    );
    const unresolved = environments.length === 0 ? [] : leftOver(index, leaves);
    return { environments, unresolved };
  },
  async at({ index }, folder, name, origin) {
    const kustomization = index.kustomizations.get(folder);
    if (kustomization)
      return folderEnvironment(name, [kustomizeApplication(kustomization)], origin);
    const chart = index.charts.get(folder);
    if (!chart) return undefined;
    const values = chartValues(index).filter(
      found => found.chart === chart && found.environment === name,
    );
    return folderEnvironment(
      name,
      [
        chartApplication(
          chart,
          values.map(({ file }) => file),
        ),
      ],
      origin,
    );
  },
};

interface Placed {
  environment: string;
  application: Application;
}

function overlays(leaves: readonly KustomizationFile[]): Placed[] {
  return leaves.flatMap(leaf => {
    const part = environmentPart(leaf.path);
    if (!part) return [];
    // What is left of the path without `overlays/<env>` tells the application from its neighbours.
    const parts = leaf.path.split('/');
    const before = parts.slice(0, part.at).filter(name => !isContainer(name));
    const name = [...before, ...parts.slice(part.at + 1)].join('/');
    return [{ environment: part.name, application: { ...kustomizeApplication(leaf), name } }];
  });
}

function releases(index: ManifestIndex): Placed[] {
  const groups = Map.groupBy(
    chartValues(index),
    ({ chart, environment }) => `${chart.path}\n${environment}`,
  );
  return [...groups.values()].flatMap(members => {
    const [first] = members;
    if (!first) return [];
    const application = chartApplication(
      first.chart,
      members.map(({ file }) => file),
    );
    return [{ environment: first.environment, application }];
  });
}

/** Kustomizations and charts that look deployable and that no convention gives an environment. */
function leftOver(index: ManifestIndex, leaves: readonly KustomizationFile[]): Unresolved[] {
  const used = new Set(chartValues(index).map(({ chart }) => chart));
  const folders: (KustomizationFile | ChartFolder)[] = [
    ...leaves.filter(({ path }) => !environmentPart(path) && !isBase(baseName(path))),
    ...installableCharts(index).filter(chart => !used.has(chart)),
  ];
  return folders.map(({ path, file }) => ({
    reason: `${path === '' ? 'the root' : path} belongs to no environment: name it as a source in driftline.yaml if it is deployed`,
    place: { file, line: 1, column: 1 },
  }));
}
