import type { DriftPath, DriftResult } from '../../core/model/drift.ts';
import type { Resource } from '../../core/model/resource.ts';
import { placeText } from '../../core/model/source.ts';
import { causeReason, shortWhyText } from '../../core/words/causes.ts';
import { changeText, remarks } from '../../core/words/change.ts';
import { shortPaths } from '../../core/words/short-path.ts';
import { isSecret, maskPath, printable } from '../../core/words/values.ts';
import { type Style, styleFor } from '../style.ts';
import { pad, shortenMiddle, textWidth, widest, wrapParts } from './columns.ts';
import { shortenPair } from './shorten-pair.ts';
import type { TextOptions } from './text-options.ts';

/** Columns that the fields of one environment share, so that the eye finds each thing in its place. */
export interface FieldColumns {
  name: number;
  change: number;
}

/** As wide as the widest name and change among those that are not unusually long. */
export function fieldColumns(
  results: readonly Pick<DriftResult, 'resource' | 'paths'>[],
  { width, now }: TextOptions,
): FieldColumns {
  const rows = results.flatMap(({ resource, paths }) => toRows(resource, paths, now));
  const names = rows.map(({ name }) => name);
  return {
    name: Math.max(12, widest(names, Math.round(width * 0.4))),
    change: Math.max(8, widest(rows.map(oneLine), 24)),
  };
}

/**
 * The lines about an object's fields: each path with what the repository says → what runs, who made
 * it so and when, and below it the line of the repository that decides.
 */
export function fieldLines(
  { resource, paths }: Pick<DriftResult, 'resource' | 'paths'>,
  columns: FieldColumns,
  options: TextOptions,
): string[] {
  return toRows(resource, paths, options.now).flatMap(row => rowLines(row, columns, options));
}

interface Row {
  name: string;
  desired: string;
  live: string;
  /** Secret values: one text says all. */
  single?: string;
  by: string;
  remarks: string[];
  source: string;
  sourceText: string;
}

const indent = 4;
const detailIndent = 6;

function toRows(resource: Resource, paths: readonly DriftPath[], now: Date): Row[] {
  const names = shortPaths(paths.map(({ path }) => path));
  return paths.map(path => toRow(resource, path, names.get(path.path) ?? path.path, now));
}

function toRow(resource: Resource, path: DriftPath, name: string, now: Date): Row {
  const safe = maskPath(resource, path);
  const hidden = isSecret(resource, path.path);
  return {
    name,
    ...changeText(resource, path),
    ...(hidden && path.kind === 'changed' && { single: '••• (changed)' }),
    by: shortWhyText(path, now),
    remarks: [causeReason(path.cause), ...remarks(path, resource)].filter(text => text !== ''),
    source: path.source === undefined ? '' : printable(placeText(path.source)),
    sourceText: printable(safe.sourceText ?? ''),
  };
}

function rowLines(row: Row, columns: FieldColumns, options: TextOptions): string[] {
  const style = styleFor(options.colour);
  const beside = textWidth(row.name) <= columns.name;
  const at = beside ? indent + columns.name + 2 : detailIndent + 2;
  const values = valueLines(row, { room: options.width - at, change: columns.change }, style);
  const [first = '', ...more] = values.map(line => ' '.repeat(at) + line);
  const name = ' '.repeat(indent) + shortenMiddle(row.name, options.width - indent);
  const lines = beside ? [pad(name, at) + first.slice(at), ...more] : [name, first, ...more];
  return [...lines, ...sourceLines(row, options, style)];
}

/** The values on one line with who made them, else beside the arrow on two, shortened as need be. */
function valueLines(row: Row, size: { room: number; change: number }, style: Style): string[] {
  const about = [...(row.by === '' ? [] : [row.by]), ...row.remarks];
  const plain = oneLine(row);
  const width = textWidth(plain);
  const painted = row.single ?? `${row.desired} ${style.dim('→')} ${style.bold(row.live)}`;
  const gap = size.room - width - textWidth(about.join(' · '));
  if (about.length === 0 && gap >= 0) return [painted];
  if (gap >= 3) {
    const column = Math.max(3, Math.min(gap, size.change + 3 - width));
    return [painted + ' '.repeat(column) + style.dim(about.join(' · '))];
  }
  const below = wrapParts(about, ' · ', size.room).map(style.dim);
  if (width <= size.room) return [painted, ...below];
  const [desired, live] = shortenPair(row.desired, row.live, size.room - 2);
  return [`  ${desired}`, `${style.dim('→')} ${style.bold(live)}`, ...below];
}

function oneLine({ single, desired, live }: Row): string {
  return single ?? `${desired} → ${live}`;
}

function sourceLines({ source, sourceText }: Row, { width }: TextOptions, style: Style): string[] {
  if (source === '') return [];
  const room = width - detailIndent;
  const start = ' '.repeat(detailIndent);
  // A shortened place is none: what one clicks or copies stays whole, even past the edge.
  const left = room - textWidth(source) - 2;
  if (sourceText === '' || left < 8) return [start + style.cyan(source)];
  return [`${start}${style.cyan(source)}  ${style.dim(shortenMiddle(sourceText, left))}`];
}
