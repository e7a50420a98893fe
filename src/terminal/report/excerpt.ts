import type { Finding } from '../../core/model/finding.ts';
import { printable } from '../../core/words/values.ts';
import { styleFor } from '../style.ts';
import { takeColumns, textWidth } from './columns.ts';
import type { TextOptions } from './text-options.ts';

/**
 * The line a finding is about, with its place underlined. Nothing where the text is not at hand or
 * might hold a secret: a report ends up in logs.
 */
export function excerptLines(
  finding: Finding,
  lines: readonly string[] | undefined,
  { width, colour }: TextOptions,
): string[] {
  const text = lines?.[finding.line - 1];
  if (lines === undefined || text === undefined || text.trim() === '') return [];
  if (mayHoldSecret(finding, lines)) return [];
  const style = styleFor(colour);
  const number = `${finding.line}`.padStart(gutter - 3);
  const room = width - gutter;
  const view = viewOf(text, finding, room);
  const caret = ' '.repeat(view.before) + '^'.repeat(Math.max(1, view.marked));
  return [
    `${style.dim(`${number} │`)} ${view.text}`,
    `${' '.repeat(gutter - 2)}${style.dim('│')} ${style.red(caret)}`,
  ];
}

const gutter = 10;

interface View {
  text: string;
  /** Columns before the marked text, and of it. */
  before: number;
  marked: number;
}

/** The part of a line that fits: from its start, or where the marked text lies far right, from near it. */
function viewOf(text: string, finding: Finding, room: number): View {
  const start = finding.column - 1;
  const end =
    finding.endLine === finding.line ? Math.max(finding.endColumn - 1, start + 1) : text.length;
  const before = printable(text.slice(0, start));
  const marked = printable(text.slice(start, end));
  const rest = printable(text.slice(end));
  const indent = /^ */.exec(before)?.[0].length ?? 0;
  const cut = textWidth(before) + Math.min(textWidth(marked), 16) > room;
  const shown = cut ? `…${before.slice(-Math.floor(room / 3))}` : before;
  const kept = cut ? 0 : Math.min(indent, indent > 12 ? indent - 4 : 0);
  const head = shown.slice(kept);
  const line = head + marked + rest;
  return {
    text: textWidth(line) <= room ? line : `${takeColumns(line, room - 1)}…`,
    before: textWidth(head),
    marked: Math.max(1, Math.min(textWidth(marked), room - textWidth(head))),
  };
}

/**
 * True where the document around a line is a Secret, or makes one: told from the text too, since a
 * document that is broken has no object.
 */
function mayHoldSecret({ object, line, rule }: Finding, lines: readonly string[]): boolean {
  if (rule === 'secret-in-clear') return true;
  if (object?.kind === 'Secret' && object.group === '') return true;
  const separator = (text: string | undefined) => text !== undefined && /^---(\s|$)/.test(text);
  let start = line - 1;
  while (start > 0 && !separator(lines[start])) start--;
  let end = line;
  while (end < lines.length && !separator(lines[end])) end++;
  return lines.slice(start, end).some(text => secretSign.test(text));
}

const secretSign = /\bkind["']?\s*:\s*["']?Secret\b|\bsecretGenerator\b|\bstringData\b/;
