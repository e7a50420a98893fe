import { positionAt } from '../../manifests/locate.ts';
import type { ParsedFile } from '../../manifests/syntax.ts';
import type { FileEdit } from '../../model/finding.ts';

/** Text in place of what stands from one offset of a file to another. */
export interface Change {
  start: number;
  end: number;
  text: string;
}

export function fileEdit(file: string, parsed: ParsedFile, { start, end, text }: Change): FileEdit {
  const from = positionAt(parsed, start);
  const to = positionAt(parsed, end);
  return {
    file,
    text,
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
  };
}

/** The stretch in which two texts differ, whole lines where lines came or went. */
export function changeBetween(before: string, after: string): Change {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  let same = 0;
  while (same < most - start && before.at(-1 - same) === after.at(-1 - same)) same++;
  // Neither a character nor a line break is cut in two.
  if (/[\ud800-\udbff\r]/.test(before[start - 1] ?? '')) start--;
  if (/[\udc00-\udfff\n]/.test(before.at(-same) ?? '') && same > 0) same--;
  return {
    start,
    end: before.length - same,
    text: after.slice(start, after.length - same),
  };
}
