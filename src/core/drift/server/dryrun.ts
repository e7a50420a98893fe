import type { DriftPath, DriftResult } from '../../model/drift.ts';
import { isWithoutJudge } from '../conclude.ts';
import { refusalOf } from '../verdict/refusal.ts';
import { denialOf, isConversionOfOldEntry, isUnreadable, withoutDryRun } from './messages.ts';

/** What a server said to the dry-run of an apply. */
export type DryRunAnswer =
  /** `said`: more than the paths say, such as that what differs cannot be compared. */
  | { kind: 'same'; said?: Saying; warnings?: string[] }
  /** Without `paths` the server was only seen to change something. */
  | { kind: 'differs'; paths?: DriftPath[]; said?: Saying; warnings?: string[] }
  /** There is no such object: the apply would make one. */
  | { kind: 'created' }
  /** `paths`: the fields that the server names. */
  | { kind: 'refused'; status: number; message: string; paths?: DriftPath[] }
  /** It was not asked, or could not answer; forbidden: this user may not ask. */
  | { kind: 'unavailable'; reason: string; forbidden?: boolean };

export type Saying = Pick<DriftResult, 'state' | 'reason' | 'equivalent'>;

/** True for a result that the server is asked about (drift.md 3.1); others are sure, or not to be asked about. */
export function isAsked(result: DriftResult): boolean {
  return ['drifted', 'suspect'].includes(result.state) || isWithoutJudge(result);
}

/**
 * The local result with the server's word (drift.md 3.6). The server has the last word where it could
 * answer; where it could not, the local verdict stays and is marked *unconfirmed*.
 */
export function confirm(result: DriftResult, answer: DryRunAnswer): DriftResult {
  if (!isAsked(result) && result.state !== 'synced') return result;
  switch (answer.kind) {
    case 'unavailable':
      return unconfirmed(result, answer.reason, answer.forbidden);
    case 'refused':
      return refused(result, answer);
    case 'created':
      return { ...bare(result), state: 'missing', paths: [], extra: [], confirmed: 'dry-run' };
    default:
      return said(result, answer);
  }
}

/** A result without what only the local comparison said of it. */
function bare(result: DriftResult): DriftResult {
  const { reason: _, recreate: __, equivalent: ___, ...rest } = result;
  return rest;
}

function said(
  result: DriftResult,
  answer: Extract<DryRunAnswer, { kind: 'same' | 'differs' }>,
): DriftResult {
  const kept = result.paths.filter(takenOverByFlux);
  const paths = answer.kind === 'same' ? [] : (answer.paths ?? result.paths);
  const all = [...paths, ...kept.filter(({ path }) => paths.every(other => other.path !== path))];
  const drifted = all.length > 0 || answer.kind === 'differs';
  const isMore = all.length > paths.length;
  const warnings = (answer.warnings ?? []).map(text => `The server warns: ${text}`);
  const notes = [...result.notes, ...warnings.filter(note => !result.notes.includes(note))];
  return {
    ...bare(result),
    state: drifted ? 'drifted' : 'synced',
    ...(all.length > 0 && all.every(path => path.equivalent) ? { equivalent: true } : {}),
    ...(isMore ? {} : answer.said),
    paths: all,
    notes,
    confirmed: 'dry-run',
  };
}

/**
 * The server could not say. Who may never ask it, as with read-only access, is not shown a mere suspicion as a
 * difference (drift.md 3.7): it is told in a note.
 */
function unconfirmed(result: DriftResult, reason: string, forbidden = false): DriftResult {
  if (result.state === 'synced' || result.state === 'unknown') return result;
  if (forbidden && result.state === 'suspect') {
    const at = result.paths.map(({ path }) => path).join(', ');
    const note = `A difference is possible${at === '' ? '' : ` at ${at}`}, which only the server could tell.`;
    const notes = [...result.notes, note];
    return { ...bare(result), state: 'synced', paths: [], confirmed: 'unconfirmed', reason, notes };
  }
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
  { status, message, paths = [] }: Extract<DryRunAnswer, { kind: 'refused' }>,
): DriftResult {
  const more = paths.filter(({ path }) => result.paths.every(other => other.path !== path));
  const all = [...result.paths, ...more];
  const confirmed = { ...result, paths: all, confirmed: 'dry-run' as const };
  const denial = denialOf(status, message);
  if (denial !== undefined) return { ...confirmed, state: 'drifted', reason: denial };
  if (status === 422) {
    const refusal = refusalOf({ code: status, message }, all.length);
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
  if (isUnreadable(message))
    return {
      ...confirmed,
      state: 'invalid',
      reason: `The server refuses the manifest: ${message}`,
    };
  if (status === 404)
    return {
      ...confirmed,
      state: 'missing',
      paths: [],
      reason: `The server has no place for it: ${message}`,
    };
  return unconfirmed(result, whyNot(status, message));
}

export function knowsNoDryRun(webhook: string): string {
  return `Not confirmed by the server: the admission webhook ${webhook} does not support dry-runs.`;
}

/** Why the server could not say, as a sentence. */
export function whyNot(status: number, message: string): string {
  const webhook = withoutDryRun(message);
  if (webhook !== undefined) return knowsNoDryRun(webhook);
  if (isConversionOfOldEntry(message))
    return `Not confirmed by the server: its managedFields name a version that is not served any more (${message}); rewrite them (Flux: migrateAPIVersion), or clear the old entry.`;
  const answered = status === 0 ? '' : ` answered ${status}`;
  return `Not confirmed by the server, which${answered || ' did not answer'}${message === '' ? '.' : `: ${message}`}`;
}
