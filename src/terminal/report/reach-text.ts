import { countOf, type Reach } from '../../core/actions/reach/reach.ts';
import type { ReachReport } from '../../core/actions/reports.ts';
import { resourceKey, resourceText } from '../../core/model/resource.ts';
import { placeText } from '../../core/model/source.ts';
import { shortPaths } from '../../core/words/short-path.ts';
import { quantity } from '../../core/words/states.ts';
import { printable } from '../../core/words/values.ts';
import { type Style, styleFor } from '../style.ts';
import { justify, shortenMiddle, textWidth, wrap, wrapParts } from './columns.ts';
import { factLines, nameColumn } from './layout.ts';
import { liveEditLines, notComparedBlock } from './live-edit.ts';
import type { TextOptions } from './text-options.ts';

/** What a line reaches, environment by environment; the totals last, which is read first. */
export function reachBlocks(report: ReachReport, options: TextOptions): string[][] {
  const { reaches, place, why, notCompared } = report;
  const { bold } = styleFor(options.colour);
  const at = printable(placeText({ ...place, column: 1 }));
  if (reaches.length === 0)
    return [
      [
        ...wrap(`${at} reaches nothing that an environment runs.`, options.width).map(bold),
        ...sentence(why, options),
      ],
    ];
  const environments = [...Map.groupBy(reaches, ({ environment }) => environment)];
  const column = nameColumn(environments.map(([name]) => ({ name })));
  const blocks = environments.map(([name, reached]) => [
    ...factLines(name, factsOf(name, reached, report), column, options),
    ...objectsOf(reached, options),
  ]);
  const { objects, liveEdits } = countOf(place.line, reaches);
  const count = `${quantity(objects, 'object')} in ${quantity(environments.length, 'environment')}`;
  const overwritten =
    liveEdits === 0 ? [] : [`${quantity(liveEdits, 'live edit')} would be overwritten`];
  const unasked =
    notCompared.length === 0 ? [] : [`${quantity(notCompared.length, 'environment')} not compared`];
  const said = [`reaches ${count}`, ...overwritten, ...unasked].join(' · ');
  const beside = textWidth(`${at} ${said}`) <= options.width;
  const totals = beside
    ? [`${at} ${said}`]
    : [at, ...wrapParts(said.split(' · '), ' · ', options.width)];
  return [...blocks, ...notComparedBlock(report.notCompared, options), totals.map(bold)];
}

/** `2 objects`, `3 fields`, `1 live edit`. */
function factsOf(name: string, reached: readonly Reach[], { compared }: ReachReport): string[] {
  const { objects, liveEdits } = countOf(0, reached);
  const fields = reached.filter(({ path }) => path !== '').length;
  const edits = compared.includes(name)
    ? [liveEdits === 0 ? 'no live edit' : quantity(liveEdits, 'live edit')]
    : [];
  return [
    quantity(objects, 'object'),
    ...(fields > 0 ? [quantity(fields, 'field')] : []),
    ...edits,
  ];
}

/** As many as one reads; `--verbose` shows all. */
const shownObjects = 12;
const shownFields = 6;

function objectsOf(reached: readonly Reach[], options: TextOptions): string[] {
  const style = styleFor(options.colour);
  const objects = [...Map.groupBy(reached, ({ object }) => resourceKey(object)).values()].sort(
    (a, b) => Number(isEdited(b)) - Number(isEdited(a)),
  );
  const shown = options.verbose ? objects : objects.slice(0, shownObjects);
  return [
    ...shown.flatMap(each => objectLines(each, options, style)),
    ...more(objects.length - shown.length, 'object', 2, style),
  ];
}

const isEdited = (reached: readonly Reach[]) => reached.some(({ liveEdit }) => liveEdit);

function more(count: number, noun: string, indent: number, { dim }: Style): string[] {
  if (count === 0) return [];
  return [
    ' '.repeat(indent) + dim(`and ${quantity(count, `more ${noun}`)} (--verbose lists them)`),
  ];
}

function objectLines(reached: readonly Reach[], options: TextOptions, style: Style): string[] {
  const [first] = reached;
  if (first === undefined) return [];
  const name = shortenMiddle(printable(resourceText(first.object)), options.width - 2);
  const fields = reached
    .filter(({ path }) => path !== '')
    .toSorted((a, b) => Number(!a.liveEdit) - Number(!b.liveEdit));
  const names = shortPaths(fields.map(({ path }) => path));
  const shown = options.verbose ? fields : fields.slice(0, shownFields);
  const ofWhole = reached.filter(({ path, liveEdit }) => path === '' && liveEdit);
  return [
    `  ${name}`,
    ...ofWhole.flatMap(({ object, liveEdit }) => liveEditLines(object, liveEdit, options)),
    ...shown.flatMap(({ path, how, object, liveEdit }) => [
      fieldLine(names.get(path) ?? path, how, options.width, style),
      ...liveEditLines(object, liveEdit, options),
    ]),
    ...more(fields.length - shown.length, 'field', 4, style),
  ];
}

function fieldLine(name: string, how: Reach['how'], width: number, { dim }: Style): string {
  if (how === 'decides') return `    ${shortenMiddle(name, width - 4)}`;
  const room = width - 4 - how.length - 2;
  const line = `    ${shortenMiddle(name, room)}`;
  return justify(line, dim(how), width) ?? line;
}

function sentence(text: string | undefined, { width }: TextOptions): string[] {
  if (text === undefined) return [];
  return wrap(printable(text), width - 2).map(line => `  ${line}`);
}
