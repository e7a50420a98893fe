import type { DriftPath, DriftResult, DriftState } from '../model/drift.ts';
import { parsePath } from '../model/path.ts';
import type { ApplyChange, ApplyVerdict } from '../upstream/judge.ts';
import { type Open, resultOf } from './begin.ts';
import { hiddenNotes, type Judged, judgePaths, pathsToAdopt, unclearRule } from './ignore/hide.ts';
import { managedEntries } from './owners/fields.ts';
import { foreignAdditions } from './owners/owners.ts';
import { awaitsSubstitution, hasVariables } from './prepare/substitution.ts';
import { provenUnchanged } from './proof.ts';
import { anyType, startsWith } from './typed-path.ts';
import { own } from './values.ts';
import { sameMeaning } from './verdict/equivalent.ts';
import { fits } from './verdict/fits.ts';
import { guessChanges, sameInEveryType } from './verdict/guess.ts';
import { typedFields, withoutSecrets } from './verdict/hidden.ts';
import { leftoverNotes, notesOn } from './verdict/notes.ts';
import { isUnconvertible, refusalOf } from './verdict/refusal.ts';
import { failed, pathsOf } from './verdict/verdict.ts';

/** The judge's answer about one object, its paths seen through the ignore rules. */
export interface Answered {
  open: Open;
  verdict: ApplyVerdict;
  judged: Judged[];
}

export function answered(open: Open, verdict: ApplyVerdict): Answered {
  if (failed(verdict)) return { open, verdict, judged: [] };
  const changes = cannotBeConverted(open, verdict)
    ? guessChanges(open.desired, open.live, open.type).filter(each => isMeant(each, verdict))
    : verdict.changes;
  return { open, verdict, judged: judgePaths(open, pathsOf(changes, open), verdict.predicted) };
}

/** Another spelling of what lives is no difference, unless it is the one that the server complains of. */
function isMeant({ desired, live }: ApplyChange, { refused }: ApplyVerdict): boolean {
  return !sameMeaning(desired, live) || refused?.message.includes(String(desired)) === true;
}

/** True where the manifest fits its schema and the server still cannot read one of its values. */
function cannotBeConverted({ desired, type }: Open, { refused }: ApplyVerdict): boolean {
  return (
    refused !== undefined && type !== undefined && isUnconvertible(refused) && fits(desired, type)
  );
}

/** What to take from live before the judge is asked again; empty when its first answer is enough. */
export function secondLook({ verdict, judged }: Answered): ReturnType<typeof pathsToAdopt> {
  return failed(verdict) ? [] : pathsToAdopt(judged, verdict.refused !== undefined);
}

/** The result, from the first answer and, where there was one, the second. */
export function conclude(first: Answered, second?: Answered): DriftResult {
  const { open, verdict } = second ?? first;
  if (failed(verdict)) return suspicion(open, failure(verdict));
  const visible = visiblePaths(second ?? first);
  const remaining = new Set(visible.map(({ path }) => path));
  const hidden = first.judged.filter(
    ({ path, cover }) => cover !== 'no' && !remaining.has(path.path),
  );
  const notes = [...open.notes, ...hiddenNotes(hidden), ...notesOn(open, visible)];
  const { state, ...said } = unlessSuspect(verdict, stateOf(open, verdict, visible));
  return finished({ ...resultOf(open.input, state), paths: visible, notes, ...said }, open);
}

/** What the judge itself is not sure of is a suspicion, which only the server can settle. */
function unlessSuspect({ suspect }: ApplyVerdict, said: Saying): Saying {
  if (suspect === undefined || said.state === 'unknown') return said;
  return { state: 'suspect', reason: `The server may see it otherwise: ${suspect}.` };
}

/** The paths that no rule hides. */
export function visiblePaths({ judged }: Pick<Answered, 'judged'>): DriftPath[] {
  return judged.filter(({ cover }) => cover !== 'hidden').map(({ path }) => path);
}

type Saying = { state: DriftState; reason?: string; recreate?: boolean; equivalent?: boolean };

/** What a verdict and the paths that nothing hides make of an object. */
export function stateOf(open: Open, verdict: ApplyVerdict, paths: readonly DriftPath[]): Saying {
  const { input, profile } = open;
  const unsubstituted = awaitsSubstitution(open.desired, profile, input.substituted);
  const [unknown] = open.misfits?.unknown ?? [];
  if (unknown !== undefined)
    return {
      state: 'invalid',
      reason: `${unknown} is no field of its schema; the server drops it.`,
    };
  if (verdict.refused) {
    if (unsubstituted) return { state: 'unknown', reason: variableReason };
    const readable = cannotBeConverted(open, verdict);
    const refusal = refusalOf(verdict.refused, paths.length, readable);
    if (refusal.kind === 'invalid') return { state: 'invalid', reason: refusal.reason };
    return {
      state: 'drifted',
      reason: refusal.reason,
      ...(refusal.recreate ? { recreate: true } : {}),
    };
  }
  if (paths.length === 0)
    return open.unread.length === 0
      ? { state: 'synced' }
      : { state: 'unknown', reason: encryptedReason(open.unread) };
  const unclear = unclearRule(open);
  if (unclear !== undefined) return { state: 'unknown', reason: unclear };
  const unsure = paths.map(path => unsureReason(open, path, unsubstituted));
  if (unsure.every(reason => reason !== undefined))
    return { state: 'unknown', ...(unsure[0] === undefined ? {} : { reason: unsure[0] }) };
  return {
    state: 'drifted',
    ...(paths.every(path => path.equivalent) ? { equivalent: true } : {}),
  };
}

const variableReason = 'It holds a variable of postBuild that is not substituted here.';

/** Why a difference at a path says nothing. */
function unsureReason(open: Open, path: DriftPath, unsubstituted: boolean): string | undefined {
  if (unsubstituted && path.desired !== undefined && hasVariables(path.desired))
    return variableReason;
  if (isWithin(open, path, open.input.sealed))
    return 'Its value comes from what is encrypted (SOPS) and cannot be compared.';
  return isWithin(open, path, open.input.volatile)
    ? 'Its template makes another value with every render.'
    : undefined;
}

/** True for a path with one of these values in it, or that is part of one. */
function isWithin(open: Open, path: DriftPath, values: readonly string[] | undefined): boolean {
  const steps = parsePath(path.path);
  return typedFields(open, values).some(
    field => startsWith(steps, field) || startsWith(field, steps),
  );
}

/** Without a judge for the kind: differences are a suspicion, and only full equality is none. */
export function suspicion(open: Open, reason: string): DriftResult {
  const { desired, live, profile, input } = open;
  const proven =
    sameInEveryType(desired, live) &&
    provenUnchanged({
      desired,
      live,
      type: anyType,
      builtin: false,
      profile,
      previous: input.previous,
    });
  if (proven) return unchanged(open);
  const judged = judgePaths(open, pathsOf(guessChanges(desired, live), open));
  const paths = judged.filter(({ cover }) => cover !== 'hidden').map(({ path }) => path);
  const notes = [...open.notes, ...hiddenNotes(judged.filter(({ cover }) => cover === 'hidden'))];
  return finished({ ...resultOf(input, 'suspect', reason), paths, notes }, open);
}

/** The result for an object that the next apply leaves as it is. */
export function unchanged(open: Open): DriftResult {
  const { state, reason } = stateOf(open, { equal: true, changes: [] }, []);
  return finished({ ...resultOf(open.input, state, reason), notes: open.notes }, open);
}

const unsaid = 'What the next apply would change is not known: ';

/** True for what only the judge could settle, and it did not answer; a server still may. */
export function isWithoutJudge({ state, reason }: DriftResult): boolean {
  return state === 'unknown' && reason?.startsWith(unsaid) === true;
}

/** The result for an object that only the judge could settle, when it did not answer. */
export function withoutJudge(open: Open, why: string): DriftResult {
  const reason = `${unsaid}${why}.`;
  return finished({ ...resultOf(open.input, 'unknown', reason), notes: open.notes }, open);
}

/** Adds what every compared object has: foreign additions, the terminating state, masked secrets. */
function finished(result: DriftResult, open: Open): DriftResult {
  const { desired, live, profile } = open;
  const extra = foreignAdditions(managedEntries(live), profile, desired, live);
  const deleted = own(own(live, 'metadata'), 'deletionTimestamp') ?? null;
  const state = deleted === null ? result.state : 'terminating';
  const notes = [...result.notes, ...leftoverNotes(open, extra)];
  return withoutSecrets({ ...result, state, extra, notes }, open);
}

function failure(verdict: ApplyVerdict): string {
  return `The judge could not answer (${verdict.unchecked ?? 'no answer'}).`;
}

function encryptedReason(unread: readonly string[]): string {
  const values = unread.length === 1 ? 'One value is' : `${unread.length} values are`;
  return `${values} encrypted (SOPS) and cannot be compared; everything else is in sync.`;
}
