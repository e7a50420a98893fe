import type { Cause, CauseKind, DriftPath, DriftResult } from '../model/drift.ts';
import { ownersText } from './change.ts';
import { printable } from './values.ts';

/** How each cause is spoken, in the order from the editor to the cluster. */
export const causeWords: Record<CauseKind, string> = {
  'not-saved': 'edited, not saved',
  'not-committed': 'not committed',
  'not-pushed': 'not pushed',
  'not-pulled': 'not pulled',
  'not-synced': 'pushed, not synced',
  'changed-in-cluster': 'changed in the cluster',
  'default-or-webhook': 'default or webhook',
};

/** All causes, from the editor to the cluster. */
export const causeKinds = Object.keys(causeWords) as CauseKind[];

/**
 * Why a field differs, as far as it is known, and who holds what runs: `changed in the cluster by kubectl-edit, 3 h
 * ago`, `not committed`. Without `now`, for what is read later, with the time itself. Empty where nothing is known.
 */
export function whyText({ cause, by }: Pick<DriftPath, 'cause' | 'by'>, now?: Date): string {
  const owners = ownersText(by, now);
  if (!cause) return owners;
  const words = causeWords[cause.kind];
  if (owners === '') return words;
  return cause.kind === 'changed-in-cluster' ? `${words} by ${owners}` : `${words} · ${owners}`;
}

/** The same where room is short: who changed it in the cluster says that it was. */
export function shortWhyText(path: Pick<DriftPath, 'cause' | 'by'>, now?: Date): string {
  const owners = ownersText(path.by, now);
  return path.cause?.kind === 'changed-in-cluster' && owners !== '' ? owners : whyText(path, now);
}

/** What is told besides: the engine's reason, an Event; empty where there is nothing. */
export function causeReason(cause: Cause | undefined): string {
  return cause?.reason === undefined ? '' : printable(cause.reason);
}

/** Why an object as a whole differs: `pushed, not synced: Kustomization … is suspended.`; empty where it is not known. */
export function causeText(cause: Cause | undefined): string {
  if (!cause) return '';
  const reason = causeReason(cause);
  return reason === '' ? causeWords[cause.kind] : `${causeWords[cause.kind]}: ${reason}`;
}

/**
 * What of a result differs for one of these reasons; undefined where nothing does. What does not differ, or was not
 * checked, stays.
 */
export function withinCauses<T extends Pick<DriftResult, 'state' | 'paths' | 'cause'>>(
  result: T,
  kinds: readonly CauseKind[],
): T | undefined {
  const { state, paths } = result;
  if (state === 'synced' || state === 'skipped' || state === 'unknown') return result;
  if (result.cause && kinds.includes(result.cause.kind)) return result;
  const kept = paths.filter(({ cause }) => cause && kinds.includes(cause.kind));
  return kept.length === 0 ? undefined : { ...result, paths: kept };
}

/** The causes of an object and its fields, each once, in order. */
export function causesOf({ cause, paths }: Pick<DriftResult, 'cause' | 'paths'>): CauseKind[] {
  const found = new Set([cause, ...paths.map(path => path.cause)].map(each => each?.kind));
  return causeKinds.filter(kind => found.has(kind));
}
