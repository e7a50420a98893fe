import type { NotCompared } from '../../core/actions/reports.ts';
import type { DriftPath } from '../../core/model/drift.ts';
import type { Resource } from '../../core/model/resource.ts';
import { changeText, ownersText } from '../../core/words/change.ts';
import { isSecret, printable } from '../../core/words/values.ts';
import { styleFor } from '../style.ts';
import { justify, wrap } from './columns.ts';
import { shortenPair } from './shorten-pair.ts';
import type { TextOptions } from './text-options.ts';

/** `live edit  3 → 5    kubectl-scale, 3 h ago`: what applying takes back. */
export function liveEditLines(
  object: Resource,
  edit: DriftPath | undefined,
  { width, now, colour }: TextOptions,
): string[] {
  if (edit === undefined) return [];
  const { yellow, dim, bold } = styleFor(colour);
  const { desired, live } = changeText(object, edit);
  const by = ownersText(edit.by, now);
  const word = 'live edit';
  const room = width - indent - word.length - 2;
  const [from, to] = shortenPair(desired, live, Math.max(16, room - by.length - 6));
  const said = isSecret(object, edit.path) ? live : `${from} ${dim('→')} ${bold(to)}`;
  const line = `${' '.repeat(indent)}${yellow(word)}  ${said}`;
  const beside = justify(line, dim(by), width);
  if (beside !== undefined) return [beside];
  return [line, ...wrap(by, width - indent - 2).map(text => ' '.repeat(indent + 2) + dim(text))];
}

const indent = 6;

/** Why live edits are not known, where something is reached or changed. */
export function notComparedBlock(
  notCompared: readonly NotCompared[],
  { width, colour }: TextOptions,
): string[][] {
  if (notCompared.length === 0) return [];
  const said = notCompared.flatMap(({ environment, reason }) =>
    wrap(printable(`${environment}: ${reason}`), width - 2).map(line => `  ${line}`),
  );
  return [[styleFor(colour).bold('live edits not known'), ...said]];
}
