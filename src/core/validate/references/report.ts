import type { FileEdit, Finding, RelatedPlace, Severity } from '../../model/finding.ts';
import type { Pointer } from '../../model/path.ts';
import type { Scope } from '../across.ts';
import { isAside } from '../aside.ts';
import { rangeAtPlace } from '../place.ts';
import { renderedSubject } from '../subject.ts';
import type { Item } from '../world.ts';

/** Something wrong between two objects, before it has a place in a file. */
export interface Problem {
  item: Item;
  pointer: Pointer;
  on?: 'key' | 'value';
  rule: string;
  severity: Severity;
  /** Without the full stop or question mark at its end. */
  message: string;
  /** The name that was probably meant. */
  near?: string;
  related?: { item: Item; pointer: Pointer; message: string };
}

/** Puts a problem on the text that says it, unless that is in a folder of examples or tests. */
export function report({ checks }: Scope, problem: Problem): void {
  const { item, pointer, rule, severity, near, related, on = 'value' } = problem;
  const fileAt = (path: string) => checks.input.index.file(path);
  const subject = renderedSubject(item.object, item.set.environment, fileAt);
  const message =
    near === undefined ? `${problem.message}.` : `${problem.message}; did you mean ${near}?`;
  const { finding, how } = subject.locate({ rule, severity, message, pointer, on });
  if (isAside(finding.file)) return;
  if (near !== undefined) finding.fix = `Write ${near}.`;
  if (related) finding.related = [relatedPlace(related, fileAt)];
  const edit = near === undefined || how !== 'exact' ? undefined : editOf(finding, near);
  if (edit) finding.mends = [{ title: `Write ${near}`, edits: [edit] }];
  checks.findings.add(finding, how);
}

export function relatedPlace(
  { item, pointer, message }: NonNullable<Problem['related']>,
  fileAt: Parameters<typeof renderedSubject>[2],
): RelatedPlace {
  const place = item.object.locate(pointer);
  return { file: place.file, ...rangeAtPlace(fileAt(place.file), place, 'value', false), message };
}

/** Only where the finding marks one word of one line. */
function editOf(
  { file, line, column, endLine, endColumn }: Finding,
  near: string,
): FileEdit | undefined {
  if (line !== endLine || endColumn <= column) return undefined;
  const isPlain =
    /^[a-z][a-z0-9.-]*$/.test(near) && !/^(y|n|yes|no|on|off|true|false|null)$/.test(near);
  return { file, line, column, endLine, endColumn, text: isPlain ? near : JSON.stringify(near) };
}
