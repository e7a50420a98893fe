import { resourceText } from '../../core/model/resource.ts';
import { placeText } from '../../core/model/source.ts';
import { type Style, styleFor } from '../style.ts';
import { justify, pad, shortenMiddle, textWidth } from './columns.ts';
import { sentenceLines } from './drift-object.ts';
import { layoutWidth } from './layout.ts';
import { shortPath } from './short-path.ts';
import { quantity } from './states.ts';
import type { Reached, TextOptions, TracedField, TracedObject, TraceReport } from './types.ts';
import { isSecret, masked, printable, valueText } from './values.ts';

/** Where fields come from, or what a line reaches, for eyes. */
export function traceText(report: TraceReport, options: TextOptions): string {
  const laid = { ...options, width: layoutWidth(options.width) };
  const blocks =
    report.kind === 'reaches'
      ? reachBlocks(report, laid)
      : [...report.objects.map(object => objectLines(object, laid)), ...openBlock(report, laid)];
  return `${blocks.map(lines => lines.join('\n')).join('\n\n')}\n`;
}

function objectLines(traced: TracedObject, options: TextOptions): string[] {
  const style = styleFor(options.colour);
  const name = style.bold(printable(resourceText(traced.object)));
  const where = style.dim(printable(traced.environment ?? ''));
  const rows = traced.fields.map(field => ({
    field,
    name: shortPath(field.path),
    value: isSecret(traced.object, field.path) ? masked : printable(valueText(field.value)),
  }));
  const names = column(
    rows.map(row => row.name),
    Math.round(options.width * 0.45),
  );
  const values = column(
    rows.map(row => row.value),
    Math.round(options.width * 0.3),
  );
  return [
    (where === '' ? undefined : justify(name, where, options.width)) ?? name,
    ...rows.flatMap(row => fieldLines(row, names, values, options.width, style)),
  ];
}

function fieldLines(
  { field, name, value }: { field: TracedField; name: string; value: string },
  names: number,
  values: number,
  width: number,
  style: Style,
): string[] {
  const start = `  ${pad(shortenMiddle(name, names), names)}  ${pad(shortenMiddle(value, values), values)}`;
  const place = printable(placeText(field));
  const how = field.how === 'exact' ? '' : ` ${howWords[field.how]}`;
  const beside = textWidth(start) + 2 + textWidth(place + how) <= width;
  const source = style.cyan(place) + style.dim(how);
  const lines = beside ? [`${start}  ${source}`] : [start.trimEnd(), `      ${source}`];
  return [...lines, ...field.via.map(step => style.dim(`      via ${printable(step)}`))];
}

const howWords: Record<TracedField['how'], string> = {
  exact: '',
  transformed: '(made by this line)',
  template: '(this template)',
  unknown: '(near here)',
};

function reachBlocks(
  { place, reaches }: { place: { file: string; line: number }; reaches: Reached[] },
  options: TextOptions,
): string[][] {
  const style = styleFor(options.colour);
  const at = style.bold(printable(`${place.file}:${place.line}`));
  if (reaches.length === 0) return [[`${at} reaches nothing that an environment runs.`]];
  const environments = Map.groupBy(reaches, ({ environment }) => environment);
  const blocks = [...environments].map(([environment, reached]) => [
    style.bold(printable(environment)),
    ...reached.map(one => reachedLine(one, options.width, style)),
  ]);
  const objects = new Set(reaches.map(one => `${one.environment}\0${resourceText(one.object)}`));
  const count = `${quantity(objects.size, 'object')} in ${quantity(environments.size, 'environment')}`;
  return [...blocks, [`${at} reaches ${count}.`]];
}

function reachedLine({ object, path }: Reached, width: number, style: Style): string {
  const name = printable(resourceText(object));
  const field = path === '' ? '' : `  ${shortPath(path)}`;
  return `  ${shortenMiddle(name, width - 2)}${style.dim(field)}`;
}

function openBlock(
  { notChecked }: Extract<TraceReport, { kind: 'objects' }>,
  options: TextOptions,
): string[][] {
  if (notChecked.length === 0) return [];
  const { bold } = styleFor(options.colour);
  const reasons = notChecked.map(({ reason, place }) =>
    place === undefined ? reason : `${reason} (${placeText(place)})`,
  );
  return [[bold('not traced'), ...sentenceLines(reasons, options)]];
}

function column(texts: readonly string[], most: number): number {
  return Math.min(most, Math.max(0, ...texts.map(textWidth)));
}
