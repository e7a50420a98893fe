import type {
  EnvironmentEffect,
  FieldEffect,
  ObjectEffect,
} from '../../core/actions/effect/effect.ts';
import { countObjects } from '../../core/actions/effect/text.ts';
import type { EffectReport } from '../../core/actions/reports.ts';
import type { DriftPath } from '../../core/model/drift.ts';
import { resourceText } from '../../core/model/resource.ts';
import { quantity } from '../../core/words/states.ts';
import { printable } from '../../core/words/values.ts';
import { type Style, styleFor } from '../style.ts';
import { justify, shortenMiddle, wrapParts } from './columns.ts';
import { fieldColumns, fieldLines } from './drift-fields.ts';
import { factLines, layoutWidth, nameColumn } from './layout.ts';
import { liveEditLines, notComparedBlock } from './live-edit.ts';
import { notCheckedLines } from './not-checked.ts';
import type { TextOptions } from './text-options.ts';

/**
 * What the files change against a revision: each environment with its objects, before → after; with `--verbose` also
 * the rendered lines.
 */
export function effectReportText(report: EffectReport, options: TextOptions): string {
  const laid = { ...options, width: layoutWidth(options.width) };
  const { bold } = styleFor(options.colour);
  const { environments, since, notCompared } = report;
  const column = nameColumn(environments.map(({ environment }) => ({ name: environment })));
  const blocks = environments.map(each => [
    ...factLines(each.environment, facts(each), column, laid),
    '',
    ...each.objects.flatMap(object => objectLines(object, laid)),
    ...notCheckedLines([], each.notChecked, laid),
  ]);
  const totals = wrapParts(totalsOf(environments, since), ' · ', laid.width).map(bold);
  const all = [...blocks, ...notComparedBlock(notCompared, laid), totals];
  return `${all.map(lines => lines.join('\n')).join('\n\n')}\n`;
}

function facts({ objects, notChecked, protected: isProtected }: EnvironmentEffect): string[] {
  return [
    ...(isProtected ? ['protected'] : []),
    ...(objects.length > 0 ? [countObjects(objects)] : []),
    ...editFacts(objects),
    ...(notChecked.length > 0 ? [`${notChecked.length} not checked`] : []),
  ];
}

function editFacts(objects: readonly ObjectEffect[]): string[] {
  const edits = objects.reduce((sum, { liveEdits }) => sum + liveEdits.length, 0);
  return edits === 0 ? [] : [`${quantity(edits, 'live edit')} would be overwritten`];
}

function totalsOf(environments: readonly EnvironmentEffect[], since: string): string[] {
  const objects = environments.flatMap(each => each.objects);
  const open = environments.reduce((sum, { notChecked }) => sum + notChecked.length, 0);
  const where = ` in ${quantity(environments.filter(each => each.objects.length > 0).length, 'environment')}`;
  return [
    `since ${printable(since)}`,
    objects.length === 0 ? 'no rendered object changes' : countObjects(objects) + where,
    ...editFacts(objects),
    ...(open > 0 ? [`${open} not checked`] : []),
  ];
}

const words: Record<ObjectEffect['change'], { word: string; colour: keyof Style }> = {
  create: { word: 'created', colour: 'green' },
  change: { word: 'changed', colour: 'yellow' },
  remove: { word: 'removed', colour: 'red' },
};

function objectLines(effect: ObjectEffect, options: TextOptions): string[] {
  const { object, change, fields, liveEdits } = effect;
  const { word, colour } = words[change];
  const style = styleFor(options.colour);
  const room = options.width - word.length - 4;
  const name = `  ${shortenMiddle(printable(resourceText(object)), room)}`;
  const paths = fields.map(asPath);
  const columns = fieldColumns([{ resource: object, paths }], options);
  const shown = options.verbose ? fields : fields.slice(0, mostFields);
  const more = fields.length - shown.length;
  return [
    justify(name, style[colour](word), options.width) ?? name,
    ...shown.flatMap(field => [
      ...fieldLines({ resource: object, paths: [asPath(field)] }, columns, options),
      ...liveEditLines(object, field.liveEdit, options),
    ]),
    ...(more > 0
      ? [style.dim(`    and ${quantity(more, 'more field')} (--verbose lists them)`)]
      : []),
    ...(change === 'remove' ? liveEdits.flatMap(edit => liveEditLines(object, edit, options)) : []),
    ...(options.verbose ? diffLines(effect, style) : []),
  ];
}

const mostFields = 12;

/** What was and what will be, as the drift report writes what is wanted and what runs. */
function asPath({ path, before, after, place }: FieldEffect): DriftPath {
  return {
    ...{ path, kind: 'changed', by: [] },
    ...(before !== undefined && { desired: before }),
    ...(after !== undefined && { live: after }),
    ...(place && { source: place }),
  };
}

function diffLines({ diff }: ObjectEffect, { red, green, dim }: Style): string[] {
  if (diff === undefined) return ['    too much differs for a diff'];
  return diff.map(line => {
    const paint = line.startsWith('@@')
      ? dim
      : line.startsWith('+')
        ? green
        : line.startsWith('-')
          ? red
          : plain;
    return `    ${paint(line)}`.trimEnd();
  });
}

const plain = (line: string) => line;
