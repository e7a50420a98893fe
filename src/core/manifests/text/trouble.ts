import type { Line } from './document-lines.ts';

/** A syntax error and the document it is in. */
export interface Trouble {
  text: string;
  /** Where js-yaml gave up, and its words for it. */
  at: number;
  reason: string;
  lines: readonly Line[];
  /** Index of the line that `at` is on. */
  line: number;
  /** Where reading another text fails; undefined when it can be read. */
  failsAt(text: string): number | undefined;
}

/** What a person can do about it, and where; offsets are into the document. */
export interface Explanation {
  message: string;
  start: number;
  end: number;
}

/** Offset behind the last character of a line that is no blank. */
export function lineEndOf({ lines, text }: Trouble, index: number): number {
  const line = lines[index];
  return line ? line.start + line.text.trimEnd().length : text.length;
}
