import type { TracedField, TracedObject, TraceReport } from '../../core/actions/reports.ts';
import { resourceText } from '../../core/model/resource.ts';
import { placeText } from '../../core/model/source.ts';
import { shortPath } from '../../core/words/short-path.ts';
import { isSecret, masked, printable, valueText } from '../../core/words/values.ts';
import { type Style, styleFor } from '../style.ts';
import { justify, pad, shortenMiddle, textWidth, widest } from './columns.ts';
import { sentenceLines } from './drift-object.ts';
import { layoutWidth } from './layout.ts';
import { reachBlocks } from './reach-text.ts';
import type { TextOptions } from './text-options.ts';

/** Where fields come from, or what a line reaches, for eyes. */
export function traceText(report: TraceReport, options: TextOptions): string {
  const laid = { ...options, width: layoutWidth(options.width) };
  const blocks =
    report.kind === 'reaches'
      ? reachBlocks(report, laid)
      : [...report.objects.map(object => objectLines(object, laid)), ...openBlock(report, laid)];
  return `${blocks.map(lines => lines.join('\n')).join('\n\n')}\n`;
}

interface Row {
  field: TracedField;
  name: string;
  value: string;
  /** What took it further, the outermost last. */
  through: string[];
  /** Places whose value it replaces. */
  replaces: string[];
}

/** The fields of an object by the file they come from, in the order of its lines. */
function objectLines(traced: TracedObject, options: TextOptions): string[] {
  const style = styleFor(options.colour);
  const name = style.bold(printable(resourceText(traced.object)));
  const where = style.dim(printable(traced.environment ?? ''));
  const rows = traced.fields.map(field => rowOf(traced, field));
  const names = Math.min(widest(rows.map(row => row.name)), Math.round(options.width * 0.45));
  const groups = Map.groupBy(rows, ({ field, through }) => [field.file, ...through].join('\0'));
  return [
    (where === '' ? undefined : justify(name, where, options.width)) ?? name,
    ...[...groups.values()].flatMap(group => [
      ...fileLines(group, style),
      ...[...group].sort(byLine).flatMap(row => rowLines(row, names, options.width, style)),
    ]),
  ];
}

function rowOf({ object }: TracedObject, field: TracedField): Row {
  const hidden = isSecret(object, field.path);
  const value = hidden ? masked : printable(valueText(field.value));
  const steps = [...field.via].reverse();
  const isReplaced = (step: string) => step.endsWith(overwritten);
  return {
    ...{ field, name: shortPath(field.path), value },
    through: steps.filter(step => !isReplaced(step)),
    replaces: steps.filter(isReplaced).map(step => step.slice(0, -overwritten.length)),
  };
}

/** How a link of a chain says that the value there has no part any more. */
const overwritten = ' overwritten';

function fileLines([first]: readonly Row[], { cyan, dim }: Style): string[] {
  if (first === undefined) return [];
  const steps = first.through.map(step => dim(`      → ${printable(step)}`));
  return [`  ${cyan(printable(first.field.file))}`, ...steps];
}

function rowLines(row: Row, names: number, width: number, style: Style): string[] {
  const replaced = row.replaces.map(place => style.dim(`          instead of ${printable(place)}`));
  return [rowLine(row, names, width, style), ...replaced];
}

function rowLine(row: Row, names: number, width: number, { dim }: Style): string {
  const { field, value } = row;
  const start = `${`${field.line}`.padStart(6)}  ${pad(shortenMiddle(row.name, names), names)}  `;
  const how = howWords[field.how];
  const room = width - textWidth(start) - (how === '' ? 0 : textWidth(how) + 2);
  const line = start + shortenMiddle(value, room);
  return how === '' ? line : (justify(line, dim(how), width) ?? line);
}

function byLine({ field: a }: Row, { field: b }: Row): number {
  return a.line - b.line || a.column - b.column;
}

const howWords: Record<TracedField['how'], string> = {
  exact: '',
  transformed: 'made by this line',
  template: 'this template',
  unknown: 'near here',
};

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
