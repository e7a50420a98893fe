import type { DriftResult } from '../../core/model/drift.ts';
import type { NotChecked } from '../../core/model/finding.ts';
import { resourceText } from '../../core/model/resource.ts';
import { placeText } from '../../core/model/source.ts';
import { quantity } from '../../core/words/states.ts';
import { printable } from '../../core/words/values.ts';
import { headLines, placeLines, sentenceLines } from './drift-object.ts';
import type { TextOptions } from './text-options.ts';

interface Unchecked {
  name: string;
  reason: string;
  place?: string;
}

/** Objects that were not checked for the same reason are one entry; `--verbose` gives each its own. */
export function notCheckedLines(
  results: readonly DriftResult[],
  notChecked: readonly NotChecked[],
  options: TextOptions,
): string[] {
  const entries: Unchecked[] = [
    ...results.map(({ resource, reason, source }) => ({
      name: printable(resourceText(resource)),
      reason: reason ?? 'No reason was given.',
      ...(source && { place: placeText(source) }),
    })),
    ...notChecked.map(({ object, place, reason }) => ({
      name: object
        ? printable(resourceText(object))
        : place
          ? printable(place.file)
          : 'the whole environment',
      reason,
      ...(place && { place: placeText(place) }),
    })),
  ];
  const groups = Map.groupBy(entries, (entry, index) => (options.verbose ? index : entry.reason));
  return [...groups.values()].flatMap(group => groupLines(group, options));
}

function groupLines(group: readonly Unchecked[], options: TextOptions): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const others = group.length - 1;
  const name = others === 0 ? first.name : `${first.name} and ${quantity(others, 'other')}`;
  return [
    ...headLines(name, 'unknown', options),
    ...sentenceLines([first.reason], options),
    ...(others === 0 && first.place !== undefined ? placeLines(first.place, options) : []),
  ];
}
