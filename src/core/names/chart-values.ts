import { posix } from 'node:path';
import { jsonOf } from '../manifests/locate.ts';
import { foldersAbove } from '../manifests/paths.ts';
import type { RepositoryIndex } from '../manifests/repository-index.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import { objectAt } from './facts.ts';
import { mapAbove, type Spot } from './spot.ts';
import type { Suggestion } from './suggestion.ts';

/** `.Values.image.` inside an action of a template: what the chart's own values.yaml has there. */
export function templateValues(
  index: RepositoryIndex,
  file: string,
  text: string,
  offset: number,
): Suggestion[] {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const typed = /\{\{(?:(?!\}\}).)*?(?<![\w)])\$?\.Values\.((?:\w+\.)*)(\w*)$/.exec(line);
  const chart = chartOf(index, file);
  if (!typed || chart === undefined) return [];
  const [, lead = '', last = ''] = typed;
  const steps = lead.split('.').filter(step => step !== '');
  const from = offset - last.length;
  return membersAt(index, chart, steps)
    .filter(({ label }) => /^\w+$/.test(label))
    .map(each => ({ ...each, from }));
}

/** Keys of a chart's values where they are overridden: in its other values files, and in engines' objects. */
export function valuesNames(spot: Spot): Suggestion[] {
  const { cursor, inventory } = spot;
  const overridden = overriddenBy(spot);
  if (cursor.part === 'value' || !overridden) return [];
  const steps = cursor.path.slice(overridden.within);
  if (steps.some(step => typeof step === 'number')) return [];
  const written = mapAbove(spot, 0);
  return membersAt(inventory.index, overridden.chart, steps.map(String))
    .filter(({ label }) => !Object.hasOwn(written, label))
    .map(each => ({ ...each, isKey: true }));
}

/** The chart whose values the place is among, and the number of steps to the values' root. */
function overriddenBy({
  inventory: { index },
  file,
  kind,
  path,
  object,
}: Spot): { chart: string; within: number } | undefined {
  if (index.file(file)?.role === 'chart-values') {
    const chart = chartOf(index, file);
    return chart === undefined || file === `${chart}/values.yaml`
      ? undefined
      : { chart, within: 0 };
  }
  const spec = objectAt(object, 'spec');
  if (kind === 'HelmRelease' && /^spec\.values(?:\.|$)/.test(path)) {
    const chart = known(index, objectAt(objectAt(spec, 'chart'), 'spec').chart);
    return chart === undefined ? undefined : { chart, within: 2 };
  }
  if (kind === 'Application' && /^spec\.source\.helm\.valuesObject(?:\.|$)/.test(path)) {
    const chart = known(index, objectAt(spec, 'source').path);
    return chart === undefined ? undefined : { chart, within: 4 };
  }
  return undefined;
}

function known(index: RepositoryIndex, path: Json | undefined): string | undefined {
  if (typeof path !== 'string') return undefined;
  const folder = posix.normalize(path).replace(/\/$/, '');
  return index.charts.has(folder) ? folder : undefined;
}

function chartOf(index: RepositoryIndex, file: string): string | undefined {
  return foldersAbove(file).find(folder => index.charts.has(folder));
}

/** Names and types of what values.yaml has at a place; its values are not told. */
function membersAt(index: RepositoryIndex, chart: string, steps: readonly string[]): Suggestion[] {
  const file = chart === '' ? 'values.yaml' : `${chart}/values.yaml`;
  const root = index.file(file)?.parsed.documents[0]?.root;
  let value: Json | undefined = root ? jsonOf(root) : undefined;
  for (const step of steps) value = isObject(value) ? value[step] : undefined;
  const members: JsonObject = isObject(value) ? value : {};
  return Object.entries(members).map(([label, member]) => ({
    label,
    detail: `${typeName(member)} in ${file}`,
    kind: 'text',
    rank: 0,
  }));
}

function typeName(value: Json): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? 'map' : typeof value;
}
