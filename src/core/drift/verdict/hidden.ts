import type { DriftResult } from '../../model/drift.ts';
import { parsePath, resolveSteps, type Step } from '../../model/path.ts';
import type { Open } from '../begin.ts';
import { anyType, typedSteps } from '../typed-path.ts';
import { maskMade, maskResult } from './mask.ts';

/** A result in which nobody reads a Secret: neither what one holds nor what its values made of other objects. */
export function withoutSecrets(result: DriftResult, open: Open): DriftResult {
  const { input, desired, live } = open;
  const masked = maskResult(result, [input.desired, desired, live]);
  const fields = typedFields(open, input.sensitive);
  return maskMade(masked, { fields, values: input.secrets ?? [] });
}

/** Paths of the rendered object as differences name them. */
export function typedFields(
  { input, type = anyType }: Open,
  paths: readonly string[] = [],
): Step[][] {
  return paths.map(text => {
    const { pointer } = resolveSteps(input.desired, parsePath(text));
    const [first, ...rest] = typedSteps(type, input.desired, pointer);
    // A Secret's stringData is its data.
    if (first === 'stringData') return ['data', ...rest];
    return first === undefined ? [] : [first, ...rest];
  });
}
