import type { FileEdit, Finding, Mend, RelatedPlace, Severity } from '../../model/finding.ts';
import type { Pointer } from '../../model/path.ts';
import type { Scope } from '../across.ts';
import { isAside } from '../aside.ts';
import { creationOf, type MissingObject } from '../mends/create-object.ts';
import { rangeAtPlace } from '../places/place.ts';
import { renderedSubject } from '../places/subject.ts';
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
  /** An object that could be made. */
  missing?: Omit<MissingObject, 'namespace'>;
}

/** Puts a problem on the text that says it, unless that is in a folder of examples or tests. */
export function report(scope: Scope, problem: Problem): void {
  const { checks } = scope;
  const { item, pointer, rule, severity, near, related, on = 'value' } = problem;
  const fileAt = (path: string) => checks.input.index.file(path);
  const subject = renderedSubject(item.object, item.set.environment, fileAt);
  const message =
    near === undefined ? `${problem.message}.` : `${problem.message}; did you mean ${near}?`;
  const { finding, how } = subject.locate({ rule, severity, message, pointer, on });
  if (isAside(finding.file)) return;
  if (near !== undefined) finding.fix = `Write ${near}.`;
  if (related) finding.related = [relatedPlace(related, fileAt), ...(finding.related ?? [])];
  const edit = near === undefined || how !== 'exact' ? undefined : editOf(finding, near);
  const creation = how === 'exact' ? creationFor(scope, problem, finding.file) : undefined;
  const mends = [
    ...(edit ? [{ title: `Write ${near}`, edits: [edit] }] : []),
    ...(creation ? [creation] : []),
  ];
  if (mends.length > 0) finding.mends = mends;
  checks.findings.add(finding, how);
}

/** A skeleton of what is missing, in the namespace that the text of who needs it says. */
function creationFor(
  { checks }: Scope,
  { item, missing }: Problem,
  file: string,
): Mend | undefined {
  const { index } = checks.input;
  const { source } = item.object;
  const own = index.file(source.file)?.objects.find(({ line }) => line === source.line);
  const namespace = own?.resource.namespace ?? '';
  return missing && creationOf(index, file, { ...missing, namespace });
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
