import type { FileMarkers, MarkerLine } from '../../lsp/protocol.ts';

/** A change of a text, in lines before it (0-based) and the number of lines that stand there afterwards. */
export interface LineChange {
  start: number;
  end: number;
  /** Line breaks of the new text. */
  breaks: number;
  /** The change begins at the first column, so that the start line itself moves down with what is inserted. */
  wholeLine: boolean;
}

/**
 * Where the markers stand after an edit, until the server has looked at the new text: those below move with
 * their lines, those on lines that are gone go too.
 */
export function movedLines(
  lines: readonly MarkerLine[],
  changes: readonly LineChange[],
): MarkerLine[] {
  return lines.flatMap(marker => {
    const line = changes.reduce<number | undefined>(moved, marker.line);
    return line === undefined ? [] : [{ ...marker, line }];
  });
}

/** True when an answer of the server is about the text as it is now. */
export function isCurrent(answer: Pick<FileMarkers, 'version'>, version: number): boolean {
  return answer.version === undefined || answer.version === version;
}

/** The changes of one event are in the coordinates of the text before it, from the end to the start. */
function moved(line: number | undefined, { start, end, breaks, wholeLine }: LineChange) {
  if (line === undefined || line < start) return line;
  const removed = end - start;
  if (line === start) return wholeLine ? (removed > 0 ? undefined : line + breaks) : line;
  if (line < end) return undefined;
  // What stood on the last line of a removed stretch that began mid-line is joined to the first.
  return line + breaks - removed;
}
