import { lineStartsOf } from '../../../src/core/manifests/locate.ts';
import type { FileEdit, Mend } from '../../../src/core/model/finding.ts';

/** Files with a mend made, as an editor makes all edits of one change against the texts before it. */
export function withMend(files: Record<string, string>, mend: Mend): Record<string, string> {
  const after = { ...files };
  for (const [file, edits] of Map.groupBy(mend.edits, edit => edit.file))
    after[file] = edited(files[file] ?? '', edits);
  return after;
}

function edited(text: string, edits: readonly FileEdit[]): string {
  const starts = lineStartsOf(text);
  const offset = (line: number, column: number) => (starts[line - 1] ?? text.length) + column - 1;
  const places = edits.map(edit => ({
    start: offset(edit.line, edit.column),
    end: offset(edit.endLine, edit.endColumn),
    text: edit.text,
  }));
  return places
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((now, { start, end, text: by }) => now.slice(0, start) + by + now.slice(end), text);
}
