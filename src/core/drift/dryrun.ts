import type { DriftPath, DriftResult } from '../model/drift.ts';
import { refusalOf } from './refusal.ts';

/** What a server said to the dry-run of an apply. */
export type DryRunAnswer =
  | { kind: 'same' }
  /** Without `paths` the server was only seen to change something. */
  | { kind: 'differs'; paths?: DriftPath[] }
  | { kind: 'refused'; status: number; message: string }
  /** It was not asked, or could not answer. */
  | { kind: 'unavailable'; reason: string };

/**
 * The local result with the server's word (drift.md 3.6). The server has the last word where it could
 * answer; where it could not, the local verdict stays and is marked *unconfirmed*.
 */
export function confirm(result: DriftResult, answer: DryRunAnswer): DriftResult {
  if (!['drifted', 'suspect', 'synced'].includes(result.state)) return result;
  if (answer.kind === 'unavailable') return unconfirmed(result, answer.reason);
  if (answer.kind === 'refused') return refused(result, answer);
  const confirmed = { ...result, confirmed: 'dry-run' as const };
  if (answer.kind === 'differs')
    return { ...confirmed, state: 'drifted', paths: answer.paths ?? result.paths };
  const kept = result.paths.filter(takenOverByFlux);
  if (kept.length > 0) return { ...confirmed, paths: kept };
  const { reason: _, equivalent: __, recreate: ___, ...rest } = confirmed;
  return { ...rest, state: 'synced', paths: [] };
}

function unconfirmed(result: DriftResult, reason: string): DriftResult {
  if (result.state === 'synced') return result;
  return { ...result, confirmed: 'unconfirmed', reason: result.reason ?? reason };
}

/**
 * Before it applies, Flux makes the fields its own that were written with kubectl; a dry-run cannot
 * show what it removes by that.
 */
function takenOverByFlux(path: DriftPath): boolean {
  return path.kind === 'stale' && path.by.some(owner => owner.manager.startsWith('kubectl'));
}

function refused(
  result: DriftResult,
  { status, message }: { status: number; message: string },
): DriftResult {
  const confirmed = { ...result, confirmed: 'dry-run' as const };
  if (status === 422) {
    const refusal = refusalOf({ code: status, message }, result.paths.length);
    if (refusal.kind === 'invalid')
      return { ...confirmed, state: 'invalid', reason: refusal.reason };
    const recreate = refusal.recreate || result.recreate === true;
    return {
      ...confirmed,
      state: 'drifted',
      reason: refusal.reason,
      ...(recreate ? { recreate } : {}),
    };
  }
  if (/denied the request|denied request/.test(message))
    return { ...confirmed, state: 'drifted', reason: `A policy blocks the change: ${message}` };
  if (/failed to create typed patch object|strict decoding error/.test(message))
    return {
      ...confirmed,
      state: 'invalid',
      reason: `The server refuses the manifest: ${message}`,
    };
  if (status === 404)
    return { ...confirmed, state: 'missing', reason: `The server has no place for it: ${message}` };
  return unconfirmed(result, `The server could not confirm it (${status}): ${message}`);
}
