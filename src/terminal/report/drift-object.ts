import { sentence } from '../../core/lib/sentence.ts';
import type { DriftResult } from '../../core/model/drift.ts';
import { resourceText } from '../../core/model/resource.ts';
import { placeText } from '../../core/model/source.ts';
import { causeText } from '../../core/words/causes.ts';
import { ownersText } from '../../core/words/change.ts';
import { shortPath } from '../../core/words/short-path.ts';
import { shownState } from '../../core/words/states.ts';
import { printable } from '../../core/words/values.ts';
import { type Style, styleFor } from '../style.ts';
import { justify, shortenMiddle, wrap } from './columns.ts';
import { type FieldColumns, fieldLines } from './drift-fields.ts';
import { spoken } from './states.ts';
import type { TextOptions } from './text-options.ts';

/** The lines about one object: its name and state, what is to be known, its fields. */
export function objectLines(
  result: DriftResult,
  columns: FieldColumns,
  options: TextOptions,
): string[] {
  const { resource, state, paths, source } = result;
  const placed = paths.some(path => path.source !== undefined);
  return [
    ...headLines(printable(resourceText(resource)), shownState(result), options),
    ...sentenceLines(objectRemarks(result), options),
    ...(source === undefined || placed || state === 'synced'
      ? []
      : placeLines(placeText(source), options)),
    ...fieldLines(result, columns, options),
    ...(options.verbose ? extraLines(result, options) : []),
  ];
}

/** A name on the left, its state at the right edge; on a narrow terminal the state has its own line. */
export function headLines(
  name: string,
  state: DriftResult['state'],
  options: TextOptions,
): string[] {
  const style = styleFor(options.colour);
  const { word, colour } = spoken(state);
  const painted = style[colour](word);
  const line = justify(`  ${name}`, painted, options.width);
  if (line !== undefined) return [line];
  const short = shortenMiddle(name, options.width - 2);
  return [`  ${short}`, ' '.repeat(Math.max(4, options.width - word.length)) + painted];
}

/** Sentences below a name, wrapped. */
export function sentenceLines(sentences: readonly string[], options: TextOptions): string[] {
  return sentences
    .flatMap(sentence => wrap(printable(sentence), options.width - detailIndent))
    .map(line => ' '.repeat(detailIndent) + line);
}

/** A place below a name; never shortened, so that it can be clicked and copied. */
export function placeLines(place: string, options: TextOptions): string[] {
  return [' '.repeat(detailIndent) + styleFor(options.colour).cyan(printable(place))];
}

/** What the reader should know besides the fields, one sentence each. */
export function objectRemarks(result: DriftResult): string[] {
  const { reason, confirmed, recreate, state, paths, notes } = result;
  const judged = state === 'drifted' || state === 'suspect' || state === 'missing';
  return [
    ...(reason === undefined ? [] : [reason]),
    ...(result.cause ? [sentence(causeText(result.cause))] : []),
    ...(recreate ? [reason === undefined ? refused : 'It has to be recreated.'] : []),
    ...(judged && confirmed === 'unconfirmed' && reason === undefined
      ? ['Not confirmed by the API server.']
      : []),
    ...(result.equivalent && paths.length > 1 ? ['Only the text differs, not the meaning.'] : []),
    ...notes,
  ];
}

const refused = 'The API server refuses this change on the living object: it has to be recreated.';

const detailIndent = 6;

function extraLines({ extra }: DriftResult, options: TextOptions): string[] {
  const style: Style = styleFor(options.colour);
  return extra.map(({ path, by }) => {
    const owner = ownersText([by], options.now);
    const text = `also set: ${shortPath(path)} (${owner})`;
    return ' '.repeat(detailIndent) + style.dim(shortenMiddle(text, options.width - detailIndent));
  });
}
