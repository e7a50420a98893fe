import type { EnvironmentsReport } from '../../core/actions/reports.ts';
import {
  type Application,
  type Environment,
  partsOf,
  type RenderSource,
} from '../../core/model/environment.ts';
import { type Place, placeText } from '../../core/model/source.ts';
import { engineNames } from '../../core/words/names.ts';
import { quantity } from '../../core/words/states.ts';
import { printable } from '../../core/words/values.ts';
import { styleFor } from '../style.ts';
import { pad, shortenMiddle, textWidth, widest, wrap } from './columns.ts';
import { factLines, layoutWidth, nameColumn } from './layout.ts';
import type { TextOptions } from './text-options.ts';

/** The environments for eyes: engine, cluster, version, applications with their sources, what is unresolved. */
export function environmentsText(report: EnvironmentsReport, options: TextOptions): string {
  const { environments, unresolved } = report;
  const laid = { ...options, width: layoutWidth(options.width) };
  const { bold } = styleFor(options.colour);
  const column = nameColumn(environments);
  const blocks = environments.map(environment => [
    ...factLines(environment.name, facts(environment), column, laid),
    ...clusterlessLines(environment.cluster, column, laid),
    ...applicationLines(environment.applications, column, laid),
    ...unresolvedLines(environment.unresolved, column, laid),
  ]);
  const loose = unresolved.length === 0 ? [] : [unresolvedLines(unresolved, 0, laid)];
  const totals = [bold(environmentsTotals(report))];
  return `${[...blocks, ...loose, totals].map(lines => lines.join('\n')).join('\n\n')}\n`;
}

/** `2 environments, 5 applications, 1 not resolved`. */
export function environmentsTotals({ environments, unresolved }: EnvironmentsReport): string {
  const count = environments.reduce((sum, { applications }) => sum + applications.length, 0);
  const open = environments.reduce((sum, one) => sum + unresolvedIn(one), unresolved.length);
  return [
    quantity(environments.length, 'environment'),
    quantity(count, 'application'),
    ...(open > 0 ? [`${open} not resolved`] : []),
  ].join(', ');
}

function unresolvedIn({ applications, unresolved }: Environment): number {
  const opaque = applications.filter(({ source }) =>
    partsOf(source).some(({ kind }) => kind === 'unresolved'),
  );
  return opaque.length + unresolved.length;
}

interface Rendering {
  how: string;
  path: string;
  /** Values of a chart, or why nothing can be rendered. */
  more: string;
}

function renderingOf(source: RenderSource): Rendering {
  if (source.kind === 'unresolved') return { how: '?', path: 'not resolved', more: source.reason };
  if (source.kind === 'several') {
    const parts = source.sources.map(renderingOf);
    const [path, more] = [parts.map(part => part.path), parts.flatMap(part => part.more || [])];
    return { how: 'sources', path: path.join(' + '), more: more.join('; ') };
  }
  const chart = source.kind === 'helm' && source.chart;
  const path = chart ? `${chart.name} ${chart.version} of ${chart.url}` : source.path || '.';
  if (source.kind !== 'helm') return { how: source.kind, path, more: '' };
  const files = source.values.flatMap(value =>
    value.kind === 'file' ? [within(source.path, value.path)] : [],
  );
  const inline = source.values.some(value => value.kind === 'inline');
  const values = [...files, ...(inline ? ['values written inline'] : [])];
  return { how: 'chart', path, more: values.length === 0 ? '' : `with ${values.join(', ')}` };
}

/** A file's path as seen from a folder, where it is below it. */
function within(folder: string, file: string): string {
  return file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file;
}

function facts(environment: Environment): string[] {
  const { engine, cluster, kubernetes, namespace } = environment;
  return [
    engineNames[engine],
    ...clusterFacts(cluster),
    ...(kubernetes === undefined ? [] : [`Kubernetes ${kubernetes}`]),
    ...(namespace === 'default' ? [] : [`namespace ${namespace}`]),
    ...(environment.protected ? ['protected'] : []),
    ...(environment.after === undefined ? [] : [`after ${environment.after}`]),
    placeText(environment.origin),
  ];
}

function clusterFacts(cluster: Environment['cluster']): string[] {
  if (cluster.kind === 'snapshot') return [`snapshot ${cluster.file}`];
  if (cluster.kind === 'none') return ['no cluster'];
  const pin = cluster.uid === undefined ? 'not pinned' : `pinned to ${cluster.uid.slice(0, 8)}`;
  return [`${cluster.context} (${pin})`];
}

function clusterlessLines(
  cluster: Environment['cluster'],
  column: number,
  options: TextOptions,
): string[] {
  if (cluster.kind !== 'none') return [];
  const { yellow } = styleFor(options.colour);
  const lines = wrap(printable(cluster.reason), options.width - column);
  return lines.map(line => ' '.repeat(column) + yellow(line));
}

/** Name, way of rendering, path; what does not fit beside the path stands below, the path stays whole. */
function applicationLines(
  applications: readonly Application[],
  column: number,
  options: TextOptions,
): string[] {
  const { dim, yellow } = styleFor(options.colour);
  const room = options.width - column;
  const names = widest(
    applications.map(({ name }) => printable(name)),
    room / 2,
  );
  return applications.flatMap(({ name, source }) => {
    const { how, path, more } = renderingOf(source);
    const safe = shortenMiddle(printable(name), room);
    const above = textWidth(safe) > names ? [safe] : [];
    const start = `${pad(above.length > 0 ? '' : safe, names)}  ${pad(how, 9)}  `;
    const open = source.kind === 'unresolved';
    const line = start + (open ? yellow(path) : printable(path));
    const about = printable(more);
    const beside = textWidth(line) + 2 + textWidth(about) <= room;
    const below = beside || more === '' ? [] : wrap(about, room - 4).map(rest => `    ${rest}`);
    const first = beside && more !== '' ? `${line}  ${dim(about)}` : line;
    const lines = [...above, first, ...below.map(dim)];
    return lines.map(text => ' '.repeat(column) + text);
  });
}

function unresolvedLines(
  unresolved: readonly { reason: string; place?: Place }[],
  column: number,
  options: TextOptions,
): string[] {
  const { yellow, cyan } = styleFor(options.colour);
  if (unresolved.length === 0) return [];
  const lines = unresolved.flatMap(({ reason, place }) => [
    ...wrap(printable(reason), options.width - column - 2).map(line => `  ${line}`),
    ...(place === undefined ? [] : [`    ${cyan(printable(placeText(place)))}`]),
  ]);
  return [yellow('not resolved'), ...lines].map(line => ' '.repeat(column) + line);
}
