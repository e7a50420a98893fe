import { printable } from '../../core/words/values.ts';
import { styleFor } from '../style.ts';
import { pad, shortenMiddle, textWidth, widest, wrapParts } from './columns.ts';
import type { TextOptions } from './text-options.ts';

/** Narrower cannot be read in columns; wider, the eye loses the line. */
export function layoutWidth(width: number): number {
  return Math.min(Math.max(width, 40), 100);
}

/** Where headers begin after the environments' names; a longer name has its own line. */
export function nameColumn(named: readonly { name: string }[]): number {
  const names = named.map(({ name }) => printable(name));
  return Math.max(8, widest(names, 20)) + 3;
}

/** An environment's name with facts beside it, wrapped between the facts. */
export function factLines(
  name: string,
  facts: readonly string[],
  column: number,
  options: TextOptions,
): string[] {
  const style = styleFor(options.colour);
  const lines = wrapParts(facts.map(printable), ' · ', options.width - column);
  const safe = shortenMiddle(printable(name), options.width);
  const beside = textWidth(safe) <= column - 2;
  const [first = '', ...more] = lines;
  const rest = (beside ? more : lines).map(line => ' '.repeat(column) + line);
  return [beside ? style.bold(pad(safe, column)) + first : style.bold(safe), ...rest];
}
