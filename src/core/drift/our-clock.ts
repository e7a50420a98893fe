import type { DriftResult, Owner } from '../model/drift.ts';

/**
 * A result whose times are by this machine's clock, so that ages come out right where it and the server's differ by so
 * many milliseconds; the very same where they do not.
 */
export function byOurClock(result: DriftResult, serverAhead: number | undefined): DriftResult {
  if (!serverAhead) return result;
  const shifted = (owner: Owner): Owner => {
    const time = Date.parse(owner.time ?? '');
    if (Number.isNaN(time)) return owner;
    return { ...owner, time: new Date(time - serverAhead).toISOString() };
  };
  return {
    ...result,
    paths: result.paths.map(path => ({ ...path, by: path.by.map(shifted) })),
    extra: result.extra.map(extra => ({ ...extra, by: shifted(extra.by) })),
  };
}
