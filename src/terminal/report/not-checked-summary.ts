import type { NotChecked } from '../../core/model/finding.ts';
import { resourceText } from '../../core/model/resource.ts';
import { placeText } from '../../core/model/source.ts';
import { printable } from '../../core/words/values.ts';
import { styleFor } from '../style.ts';
import { pad, wrap, wrapParts } from './columns.ts';
import { byReason } from './reasons.ts';
import type { TextOptions } from './text-options.ts';

/**
 * What was not checked, summed by reason, the most frequent first: the number, the reason, and below it the names or the first places
 * in one or two lines. `--verbose` lists every place.
 */
export function notCheckedSummary(
  notChecked: readonly NotChecked[],
  options: TextOptions,
): string[] {
  const style = styleFor(options.colour);
  const groups = byReason(notChecked, { whole: options.verbose });
  const column = Math.max(0, ...groups.map(({ entries }) => `${entries.length}`.length)) + 4;
  const room = options.width - column;
  return groups.flatMap(({ says, entries, names }) => {
    const [first = '', ...more] = wrap(printable(says), room);
    const indent = ' '.repeat(column);
    return [
      `  ${pad(`${entries.length}`, column - 2)}${first}`,
      ...more.map(line => indent + line),
      ...(options.verbose
        ? places(entries).map(place => indent + style.cyan(place))
        : few(names.length > 0 ? names.map(printable) : places(entries), room).map(
            line => indent + style.dim(line),
          )),
    ];
  });
}

function places(entries: readonly NotChecked[]): string[] {
  return [...new Set(entries.map(placeOf))].filter(place => place !== '');
}

function placeOf({ place, object, environment }: NotChecked): string {
  if (place !== undefined) return printable(placeText(place));
  if (object !== undefined) return printable(resourceText(object));
  return printable(environment ?? '');
}

const mostLines = 3;

/** As many names as three lines hold; what is left is counted. */
function few(names: readonly string[], room: number): string[] {
  for (let shown = Math.min(names.length, 40); shown > 0; shown--) {
    const left = names.length - shown;
    const more = left > 0 ? [`${left} more (--verbose lists all)`] : [];
    const lines = wrapParts([...names.slice(0, shown), ...more], ', ', room);
    if (lines.length <= mostLines || shown === 1) return lines;
  }
  return [];
}
