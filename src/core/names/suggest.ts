import { valuesNames } from './chart-values.ts';
import { fieldNames } from './sources/fields.ts';
import { kustomizationNames } from './sources/kustomization.ts';
import { labelNames } from './sources/labels.ts';
import { localNames } from './sources/local.ts';
import { pathNames } from './sources/paths.ts';
import { portNames } from './sources/ports.ts';
import { referenceNames } from './sources/references.ts';
import { variableNames } from './sources/variables.ts';
import type { NameSource, Spot } from './spot.ts';
import { distinct, type Suggestion } from './suggestion.ts';

/** Everything that gives names: to add one, add a line. Each knows itself where it has something to say. */
const sources: readonly NameSource[] = [
  referenceNames,
  portNames,
  labelNames,
  localNames,
  fieldNames,
  pathNames,
  kustomizationNames,
  valuesNames,
];

/** The names that fit at a place of a document, those of its own environments first. */
export function suggestNames(spot: Spot): Suggestion[] {
  const variables = variableNames(spot);
  if (variables) return distinct(variables);
  return distinct(sources.flatMap(source => source(spot)));
}
