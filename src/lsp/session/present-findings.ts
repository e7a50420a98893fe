import type { Finding } from '../../core/model/finding.ts';
import { type ChangedPart, changedPart } from './changed-part.ts';

interface Known {
  lines: readonly string[];
  /** What only a render tells. */
  rendered: Finding[];
}

/**
 * Findings of open documents as they are known at this moment. While an edit is being rendered and judged they are what
 * the present text tells by itself, and what was found of the text before, moved along with its lines.
 */
export class PresentFindings {
  readonly #known = new Map<string, Known>();

  /** Everything that was found in a text; `ofText` is what the text tells by itself. */
  take(
    uri: string,
    lines: readonly string[],
    findings: readonly Finding[],
    ofText: readonly Finding[],
  ): void {
    const own = new Set(ofText.map(key));
    this.#known.set(uri, { lines, rendered: findings.filter(finding => !own.has(key(finding))) });
  }

  /** With a newer text, for the time until `take`. */
  with(uri: string, lines: readonly string[], ofText: readonly Finding[]): Finding[] {
    const known = this.#known.get(uri);
    if (!known) return [...ofText];
    const part = changedPart(known.lines, lines);
    const own = new Set(ofText.map(key));
    const moved = known.rendered.flatMap(finding => movedBy(finding, part, lines));
    return [...ofText, ...moved.filter(finding => !own.has(key(finding)))];
  }

  forget(uri: string): void {
    this.#known.delete(uri);
  }
}

const key = ({ rule, line, path, message }: Finding) => `${rule} ${line} ${path ?? ''} ${message}`;

/** What stood in lines that are no more is gone; what stands in edited ones stays until it is found again or not. */
function movedBy(
  finding: Finding,
  { start, oldEnd, newEnd }: ChangedPart,
  lines: readonly string[],
): Finding[] {
  const line = finding.line - 1;
  if (line < start) return [finding];
  const by = newEnd - oldEnd;
  if (line >= oldEnd)
    return [{ ...finding, line: finding.line + by, endLine: finding.endLine + by }];
  if (by !== 0) return [];
  const last = (lines[line] ?? '').length + 1;
  const ends =
    finding.endLine === finding.line ? Math.min(finding.endColumn, last) : finding.endColumn;
  return [{ ...finding, column: Math.min(finding.column, last), endColumn: ends }];
}
