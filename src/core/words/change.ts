import type { DriftPath, Owner } from '../model/drift.ts';
import { newestFirst } from '../model/newest-first.ts';
import type { Json, Resource } from '../model/resource.ts';
import { ageText, minuteText } from './age.ts';
import { isSecret, maskPath, printable, valueText } from './values.ts';

/**
 * `kubectl-edit, yesterday`: the newest first, at most two; the subresource only where it says more.
 * Without `now`, for what is read later, the time itself.
 */
export function ownersText(owners: readonly Owner[], now?: Date): string {
  const said = newestFirst(owners)
    .slice(0, 2)
    .map(owner => ownerText(owner, now));
  if (owners.length > 2) said.push(`${owners.length - 2} more`);
  return said.join('; ');
}

/** What the repository says and what runs, each on one line, unshortened, nothing secret in it. */
export function changeText(resource: Resource, path: DriftPath): { desired: string; live: string } {
  const { kind, desired, live } = maskPath(resource, path);
  if (kind === 'stale') return { desired: 'not in the repository', live: sideText(live) };
  if (kind === 'missing') return { desired: sideText(desired), live: 'not set' };
  return differingLines(desired, live) ?? { desired: sideText(desired), live: sideText(live) };
}

/** What a reader should know about a difference before acting on it: `order only`, `same meaning`, … */
export function remarks(path: DriftPath, resource: Resource): string[] {
  const hidden = isSecret(resource, path.path);
  const becomes =
    path.kind !== 'stale' || hidden
      ? []
      : [path.becomes === undefined ? 'to be removed' : `becomes ${sideText(path.becomes)}`];
  return [
    ...(path.kind === 'order' ? ['order only'] : []),
    ...(path.equivalent && path.kind !== 'order' ? ['same meaning'] : []),
    ...(path.consequence ? ['follows from another change'] : []),
    ...becomes,
    ...(hidden ? [] : differingNote(path)),
  ];
}

function ownerText({ manager, subresource, time }: Owner, now: Date | undefined): string {
  const what = subresource && !manager.includes(subresource) ? ` (${subresource})` : '';
  const when = now === undefined ? minuteText : (text: string) => ageText(text, now);
  const age = time === undefined ? undefined : when(time);
  return printable(manager) + printable(what) + (age === undefined ? '' : `, ${age}`);
}

function sideText(value: Json | undefined): string {
  return value === undefined ? 'not set' : printable(valueText(value));
}

/** Of long texts (a file in a ConfigMap) only the first line that differs is shown. */
function differingLines(
  desired: Json | undefined,
  live: Json | undefined,
): { desired: string; live: string } | undefined {
  const found = firstDifference(desired, live);
  if (found === undefined) return undefined;
  // Where only the spaces differ they must be seen.
  const show = found.desired?.trim() === found.live?.trim() ? JSON.stringify : trimmed;
  return { desired: lineText(found.desired, show), live: lineText(found.live, show) };
}

function differingNote({ desired, live, kind }: DriftPath): string[] {
  const found = kind === 'changed' ? firstDifference(desired, live) : undefined;
  if (found === undefined) return [];
  const { line, count } = found;
  return [
    count === 1 ? `line ${line}` : `lines ${line}–${line + count - 1} differ, the first shown`,
  ];
}

/** `count` is the number of lines from the first to the last difference, on the longer side. */
function firstDifference(
  desired: Json | undefined,
  live: Json | undefined,
): { line: number; count: number; desired?: string; live?: string } | undefined {
  if (typeof desired !== 'string' || typeof live !== 'string' || desired === live) return undefined;
  if (!desired.trimEnd().includes('\n') && !live.trimEnd().includes('\n')) return undefined;
  const [a, b] = [desired.split('\n'), live.split('\n')];
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return {
    line: start + 1,
    count: Math.max(a.length, b.length) - start - end,
    desired: a.length - end > start ? a[start] : undefined,
    live: b.length - end > start ? b[start] : undefined,
  };
}

function lineText(line: string | undefined, show: (line: string) => string): string {
  return line === undefined ? 'no such line' : printable(show(line));
}

function trimmed(line: string): string {
  return valueText(line.trim());
}
