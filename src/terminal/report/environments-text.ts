import type { Application, Environment, RenderSource } from '../../core/model/environment.ts';
import { type Place, placeText } from '../../core/model/source.ts';
import { styleFor } from '../style.ts';
import { pad, shortenMiddle, textWidth, wrap } from './columns.ts';
import { engineNames, factLines, layoutWidth, nameColumn } from './layout.ts';
import { quantity } from './states.ts';
import type { EnvironmentsReport, TextOptions } from './types.ts';
import { printable } from './values.ts';

/** The environments for eyes: engine, cluster, version, applications with their sources, what is unresolved. */
export function environmentsText(report: EnvironmentsReport, options: TextOptions): string {
  const { environments, unresolved } = report;
  const laid = { ...options, width: layoutWidth(options.width) };
  const { bold } = styleFor(options.colour);
  const column = nameColumn(environments);
  const blocks = environments.map(environment => [
    ...factLines(environment.name, facts(environment), column, laid),
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
  const open = environments.reduce((sum, one) => sum + one.unresolved.length, unresolved.length);
  return [
    quantity(environments.length, 'environment'),
    quantity(count, 'application'),
    ...(open > 0 ? [`${open} not resolved`] : []),
  ].join(', ');
}

/** What is rendered, as a place in the repository and a word for how. */
export function sourceText(source: RenderSource): { path: string; how: string } {
  if (source.kind === 'unresolved') return { path: 'not resolved', how: source.reason };
  const path = source.path === '' ? '.' : source.path;
  if (source.kind === 'plain') return { path, how: 'plain manifests' };
  if (source.kind === 'kustomize') return { path, how: 'kustomize' };
  const files = source.values.flatMap(value =>
    value.kind === 'file' ? [within(source.path, value.path)] : [],
  );
  const inline = source.values.some(value => value.kind === 'inline');
  const values = [...files, ...(inline ? ['inline values'] : [])];
  return { path, how: values.length === 0 ? 'chart' : `chart with ${values.join(', ')}` };
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
  if (cluster.kind === 'none') return [`no cluster: ${cluster.reason}`];
  const pin = cluster.uid === undefined ? 'not pinned' : `pinned to ${cluster.uid.slice(0, 8)}`;
  return [`${cluster.context} (${pin})`];
}

function applicationLines(
  applications: readonly Application[],
  column: number,
  options: TextOptions,
): string[] {
  const rows = applications.map(({ name, source }) => ({
    name: printable(name),
    ...sourceText(source),
  }));
  const room = options.width - column;
  const names = columnOf(
    rows.map(({ name }) => name),
    room / 3,
  );
  const paths = columnOf(
    rows.map(({ path }) => path),
    room / 2,
  );
  return rows.flatMap(({ name, path, how }) => {
    const start = `${pad(shortenMiddle(name, room), names)}  ${printable(path)}`;
    const line = `${pad(start, names + 2 + paths)}  ${printable(how)}`;
    const lines =
      textWidth(line) <= room
        ? [line]
        : [start, ...wrap(printable(how), room - 4).map(rest => `    ${rest}`)];
    return lines.map(text => ' '.repeat(column) + text);
  });
}

/** As wide as the widest text that is not unusually long. */
function columnOf(texts: readonly string[], most: number): number {
  return Math.max(0, ...texts.map(textWidth).filter(width => width <= most));
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
