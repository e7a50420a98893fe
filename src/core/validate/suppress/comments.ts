import type { IndexedFile } from '../../manifests/index-types.ts';
import { offsetAt } from '../../manifests/locate.ts';
import type { Node } from '../../manifests/syntax.ts';
import type { Range } from '../../model/source.ts';

/** A comment that leaves findings out: `# driftline-ignore rule-id, other-id: reason`. */
export interface SuppressionComment extends Range {
  scope: 'line' | 'file';
  rules: string[];
  /** Empty where none is given. */
  reason: string;
  /** The lines whose findings it leaves out, 1-based; of a file all. */
  lines: readonly number[];
  /** It has its line for itself. */
  alone: boolean;
}

/** What a quick fix writes where the person has to say why; it counts as no reason. */
export const reasonToWrite = '<reason>';

const mark = 'driftline-ignore';
const comment =
  /(?:(?<=^|\s)#|\{\{-?\s*\/\*)\s*driftline-ignore(?<file>-file)?(?![\w-])(?<rules>[^:#]*?)(?<colon>:\s*(?<reason>.*?))?\s*(?:\*\/\s*-?\}\}.*)?$/;
const onlyComment = /^\s*(#|\{\{-?\s*\/\*.*\*\/\s*-?\}\}\s*$|$)/;

/** The comments of a file that leave findings out; text in a string or block of text is no comment. */
export function suppressionsIn(file: IndexedFile): SuppressionComment[] {
  if (!file.text.includes(mark)) return [];
  const lines = file.text.split(/\r\n|\r|\n/);
  return lines.flatMap((text, index) => {
    const found = text.includes(mark) ? comment.exec(text) : null;
    if (!found || isInScalar(file, index + 1, found.index + 1)) return [];
    const { file: whole, rules = '', reason = '' } = found.groups ?? {};
    const before = text.slice(0, found.index);
    const alone = before.trim() === '';
    return [
      {
        scope: whole === undefined ? 'line' : 'file',
        rules: rules.split(/[\s,]+/).filter(rule => rule !== ''),
        reason: reason === reasonToWrite ? '' : reason,
        lines: alone ? [index + 1, nextLine(lines, index)] : [index + 1],
        alone,
        line: index + 1,
        column: found.index + 1,
        endLine: index + 1,
        endColumn: text.trimEnd().length + 1,
      },
    ];
  });
}

/** The first line below that is no comment itself. */
function nextLine(lines: readonly string[], index: number): number {
  const after = lines.findIndex((text, at) => at > index && !onlyComment.test(text));
  return (after < 0 ? index : after) + 1;
}

/** False where a line is inside a string or block of text, so that a comment above it would be text. */
export function takesComment(file: IndexedFile, line: number): boolean {
  return !isInScalar(file, line, 1);
}

function isInScalar({ parsed }: IndexedFile, line: number, column: number): boolean {
  const offset = offsetAt(parsed, line, column);
  return parsed.documents.some(({ root }) => root !== undefined && holds(root, offset));
}

function holds(node: Node, offset: number): boolean {
  if (offset < node.start || offset >= node.end || node.alias !== undefined) return false;
  if (node.kind === 'scalar') return true;
  if (node.kind === 'list') return node.items.some(item => holds(item, offset));
  return node.entries.some(entry => holds(entry.node, offset));
}
