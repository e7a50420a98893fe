import type { FileEdit, Finding } from '../../model/finding.ts';
import type { IgnoredFindings, ValidationPolicy } from '../../model/validation-policy.ts';
import { nearestName } from '../../schemas/nearest.ts';
import type { RuleCatalogue } from '../catalogue.ts';
import { reasonToWrite, type SuppressionComment } from './comments.ts';

/** What a comment that leaves findings out lacks: a rule, one that is known, a reason. */
export function commentProblems(
  file: string,
  comment: SuppressionComment,
  catalogue: RuleCatalogue,
): Finding[] {
  const { rules, reason } = comment;
  const problem = (message: string, fix?: string): Finding => ({
    ...about(file, comment),
    rule: 'bad-suppression',
    severity: 'warning',
    message,
    ...(fix !== undefined && { fix }),
  });
  const form = `# driftline-ignore${comment.scope === 'file' ? '-file' : ''} rule-id: reason`;
  if (rules.length === 0)
    return [problem(`The comment names no rule, so it leaves nothing out; write \`${form}\`.`)];
  return [
    ...rules
      .filter(rule => catalogue.page(rule) === undefined)
      .map(rule => problem(`There is no rule ${rule}${hint(rule, catalogue)}`)),
    ...(reason === ''
      ? [
          problem(
            `The comment gives no reason; write \`${form.replace('rule-id', rules.join(', '))}\`.`,
          ),
        ]
      : []),
  ];
}

function hint(rule: string, catalogue: RuleCatalogue): string {
  const near = nearestName(rule, [...catalogue.ids()]);
  return near === undefined ? '; `driftline rules` lists them.' : `; did you mean ${near}?`;
}

/** Levels of rules that are not there. */
export function unknownLevels(
  { levels, places, file = '', ignore }: ValidationPolicy,
  catalogue: RuleCatalogue,
): Finding[] {
  const named = [
    ...[...levels.keys()].map(rule => ({ rule, place: places.get(rule) })),
    ...ignore.flatMap(entry => entry.rules.map(rule => ({ rule, place: entry }))),
  ];
  return named.flatMap(({ rule, place }) =>
    place === undefined || catalogue.page(rule)
      ? []
      : [
          {
            ...about(file, place),
            rule: 'driftline-config',
            severity: 'warning' as const,
            message: `There is no rule ${rule}${hint(rule, catalogue)}`,
          },
        ],
  );
}

interface Unused {
  file: string;
  comment: SuppressionComment;
  /** Those of its rules that leave nothing out. */
  useless: readonly string[];
  /** Of the file. */
  lines: readonly string[];
}

export function unusedComment({ file, comment, useless, lines }: Unused): Finding {
  const rest = comment.rules.filter(rule => !useless.includes(rule));
  const edit =
    rest.length === 0 ? removal(file, comment, lines) : shortening(file, comment, rest, lines);
  return {
    ...about(file, comment),
    rule: 'unused-suppression',
    severity: 'information',
    message: `Nothing is left out by this comment: ${useless.join(' and ')} finds nothing here.`,
    mends: [
      {
        title:
          rest.length === 0
            ? 'Remove the comment'
            : `Remove ${useless.join(' and ')} from the comment`,
        edits: [edit],
      },
    ],
  };
}

export function unusedEntry(entry: IgnoredFindings, file: string): Finding {
  return {
    ...about(file, entry),
    rule: 'unused-suppression',
    severity: 'information',
    message: `Nothing is left out by this entry: ${entry.rules.join(' and ')} finds nothing in these files.`,
  };
}

function about(file: string, range: IgnoredFindings | SuppressionComment | Finding | Range) {
  const { line, column, endLine, endColumn } = range;
  return { file, line, column, endLine, endColumn, environments: [] };
}

type Range = Pick<Finding, 'line' | 'column' | 'endLine' | 'endColumn'>;

/** Takes the comment away, and the line where nothing else is on it. */
function removal(file: string, comment: SuppressionComment, lines: readonly string[]): FileEdit {
  const { line, column, alone } = comment;
  const text = lines[line - 1] ?? '';
  const isLast = line >= lines.length;
  if (alone && !isLast) return { file, text: '', line, column: 1, endLine: line + 1, endColumn: 1 };
  const kept = text.slice(0, column - 1).trimEnd().length;
  return { file, text: '', line, column: kept + 1, endLine: line, endColumn: text.length + 1 };
}

function shortening(
  file: string,
  { line, column, rules }: SuppressionComment,
  rest: readonly string[],
  lines: readonly string[],
): FileEdit {
  const text = lines[line - 1] ?? '';
  const start = text.indexOf(rules[0] ?? '', column - 1);
  const last = rules.at(-1) ?? '';
  const colon = text.indexOf(':', start);
  const end = text.lastIndexOf(last, colon < 0 ? text.length : colon) + last.length;
  return {
    ...{ file, text: rest.join(', ') },
    ...{ line, column: start + 1, endLine: line, endColumn: end + 1 },
  };
}

/** The comment that leaves a finding out, to be completed by a person. */
export function suppressionText(rule: string, scope: 'line' | 'file', isTemplate: boolean): string {
  const text = `driftline-ignore${scope === 'file' ? '-file' : ''} ${rule}: ${reasonToWrite}`;
  return isTemplate ? `{{- /* ${text} */}}` : `# ${text}`;
}
