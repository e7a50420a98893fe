import type { ChartFolder } from '../../manifests/index-types.ts';
import { baseName, folderOf } from '../../manifests/paths.ts';
import { installableCharts } from '../folder-application.ts';
import { environmentPart, isStageName, isWithin } from '../folders.ts';
import type { ManifestIndex } from '../manifest-index.ts';

/** A values file that makes a chart's release of one environment. */
export interface ChartValues {
  chart: ChartFolder;
  environment: string;
  file: string;
}

/**
 * Values files named after environments: `values-<env>.yaml` and its spellings beside a chart,
 * `values/<env>.yaml` in it, and `environments/<env>/values.yaml` or
 * `environments/<env>/<chart>.yaml` anywhere.
 */
export function chartValues(index: ManifestIndex): ChartValues[] {
  const charts = installableCharts(index);
  const found: ChartValues[] = [];
  for (const { path } of index.files()) {
    if (!/\.ya?ml$/.test(path)) continue;
    const chart = charts.filter(({ path: folder }) => isWithin(folder, path)).sort(deepestFirst)[0];
    const beside = chart && besideChart(chart, path);
    if (chart && beside !== undefined) found.push({ chart, environment: beside, file: path });
    else found.push(...inEnvironmentFolder(charts, chart, path));
  }
  return charts.flatMap(chart => {
    const own = found.filter(values => values.chart === chart);
    return meantAsEnvironments(own.map(({ environment }) => environment)) ? own : [];
  });
}

function deepestFirst(a: ChartFolder, b: ChartFolder): number {
  return b.path.length - a.path.length;
}

/**
 * `values-ha.yaml` alone is a variant of the chart; `values-prod.yaml`, or several, are
 * environments.
 */
function meantAsEnvironments(names: readonly string[]): boolean {
  return new Set(names).size > 1 || names.some(isStageName);
}

function besideChart(chart: ChartFolder, path: string): string | undefined {
  const inside = chart.path === '' ? path : path.slice(chart.path.length + 1);
  const match =
    /^values[-_.]([\w.-]+)\.ya?ml$/.exec(inside) ??
    /^([\w.-]+)[-_.]values\.ya?ml$/.exec(inside) ??
    /^values\/(?:values[-_.])?([\w.-]+)\.ya?ml$/.exec(inside);
  const name = match?.[1];
  return name === undefined || /^(schema|default|defaults|base|common|example|values)$/.test(name)
    ? undefined
    : name;
}

function inEnvironmentFolder(
  charts: readonly ChartFolder[],
  around: ChartFolder | undefined,
  path: string,
): ChartValues[] {
  const stem = baseName(path).replace(/\.ya?ml$/, '');
  const part = environmentPart(folderOf(path));
  const alone = around ?? (charts.length === 1 ? charts[0] : undefined);
  if (!part) {
    const direct = environmentPart(`${folderOf(path)}/${stem}`);
    const isValues = direct !== undefined && /(^|\/)(environments?|envs?)$/.test(folderOf(path));
    return isValues && alone ? [{ chart: alone, environment: direct.name, file: path }] : [];
  }
  const rest = path.split('/').slice(part.at + 1);
  const named = charts.find(
    ({ name }) =>
      (rest.length === 1 &&
        (stem === name || stem === `${name}-values` || stem === `values-${name}`)) ||
      (rest.length === 2 && rest[0] === name && stem === 'values'),
  );
  const chart = named ?? (rest.length === 1 && stem === 'values' ? alone : undefined);
  return chart ? [{ chart, environment: part.name, file: path }] : [];
}
