import type { KindType } from '../schemas/type.ts';
import type { Violation } from './violation.ts';

/**
 * What definitions that come with Driftline say: the cluster may run a newer release, so a field that resembles none
 * of theirs may be known there.
 */
export function asOfRelease(violations: readonly Violation[], { release }: KindType): Violation[] {
  if (release === undefined) return [...violations];
  return violations.map(violation =>
    violation.rule === 'unknown-field' && violation.fix === undefined
      ? {
          ...violation,
          severity: 'warning',
          message: violation.message.replace(/\.$/, ` as of ${release}.`),
        }
      : violation,
  );
}
