import type { DriftPath, DriftResult } from '../../model/drift.ts';
import { isWithoutJudge } from '../conclude.ts';
import { refusalOf } from '../verdict/refusal.ts';

/** What a server said to the dry-run of an apply. */
export type DryRunAnswer =
  | { kind: 'same' }
  /** Without `paths` the server was only seen to change something. */
  | { kind: 'differs'; paths?: DriftPath[] }
  /** There is no such object: the apply would make one. */
  | { kind: 'created' }
  | { kind: 'refused'; status: number; message: string }
  /** It was not asked, or could not answer; forbidden: it will not for any object of the kind. */
  | { kind: 'unavailable'; reason: string; forbidden?: boolean };

/**
 * The local result with the server's word (drift.md 3.6). The server has the last word where it could
 * answer; where it could not, the local verdict stays and is marked *unconfirmed*.
 */
export function confirm(result: DriftResult, answer: DryRunAnswer): DriftResult {
  const open = ['drifted', 'suspect', 'synced'].includes(result.state) || isWithoutJudge(result);
  if (!open) return result;
  if (answer.kind === 'unavailable') return unconfirmed(result, answer.reason);
  if (answer.kind === 'refused') return refused(result, answer);
  if (answer.kind === 'created')
    return { ...result, state: 'missing', paths: [], extra: [], confirmed: 'dry-run' };
  const kept = result.paths.filter(takenOverByFlux);
  const paths = answer.kind === 'same' ? [] : (answer.paths ?? result.paths);
  const all = [...paths, ...kept.filter(({ path }) => paths.every(other => other.path !== path))];
  const { reason: _, recreate: __, equivalent: ___, ...rest } = result;
  return {
    ...rest,
    state: all.length > 0 || answer.kind === 'differs' ? 'drifted' : 'synced',
    paths: all,
    confirmed: 'dry-run',
    ...(all.length > 0 && all.every(path => path.equivalent) ? { equivalent: true } : {}),
  };
}

function unconfirmed(result: DriftResult, reason: string): DriftResult {
  if (result.state === 'synced' || result.state === 'unknown') return result;
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
  if (
    /failed to create typed patch object|strict decoding error|managedFields must be nil/.test(
      message,
    )
  )
    return {
      ...confirmed,
      state: 'invalid',
      reason: `The server refuses the manifest: ${message}`,
    };
  if (status === 404)
    return { ...confirmed, state: 'missing', reason: `The server has no place for it: ${message}` };
  return unconfirmed(result, `The server could not confirm it (${status}): ${message}`);
}
