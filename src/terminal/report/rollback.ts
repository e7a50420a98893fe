import type { Proposed, RollbackPlan, RollbackRevision } from '../../core/actions/plans.ts';
import type { NamedApplication } from '../../core/actions/rollback/application-files.ts';
import { ageText } from '../../core/words/age.ts';
import { shortRevision } from '../../core/words/names.ts';
import { printable } from '../../core/words/values.ts';
import { styleFor } from '../style.ts';
import { pad, shortenMiddle, takeColumns, textWidth, widest } from './columns.ts';
import { write } from './json.ts';
import { layoutWidth } from './layout.ts';
import type { TextOptions } from './text-options.ts';

/** What an application can be rolled back to, the newest first; what its engine deployed is marked. */
export function revisionsText(
  { environment, application }: NamedApplication,
  revisions: readonly RollbackRevision[],
  options: TextOptions,
): string {
  const { bold, dim, green } = styleFor(options.colour);
  const title = `${bold(printable(application))} in ${printable(environment)}`;
  if (revisions.length === 0) return `${title}\n\nNo commit changed its files.\n`;
  const rows = revisions.map(({ commit, date, author, subject, deployed }) => ({
    commit: shortRevision(commit),
    age: ageText(date, options.now) ?? date,
    author: shortenMiddle(printable(author), 20),
    word: deployed === undefined ? '' : deployedWords[deployed],
    subject: printable(subject),
  }));
  const column = (key: 'commit' | 'age' | 'author' | 'word') => widest(rows.map(row => row[key]));
  const columns = [column('commit'), column('age'), column('author'), column('word')] as const;
  const gaps = columns.filter(width => width > 0).length * 2 + 2;
  const room = layoutWidth(options.width) - gaps - columns.reduce((sum, width) => sum + width);
  const lines = rows.map(({ commit, age, author, word, subject }) => {
    const marked = columns[3] > 0 ? `${green(pad(word, columns[3]))}  ` : '';
    const start = `  ${pad(commit, columns[0])}  ${dim(pad(age, columns[1]))}  ${dim(pad(author, columns[2]))}  `;
    return `${start}${marked}${shortenEnd(subject, room)}`.trimEnd();
  });
  return `${[title, '', ...lines].join('\n')}\n`;
}

export function revisionsJson(
  { environment, application }: NamedApplication,
  revisions: readonly RollbackRevision[],
): string {
  return write({ version: 1, command: 'rollback', environment, application, revisions });
}

/** What was put up for review, and where. */
export function rollbackJson(plan: RollbackPlan, made: Proposed): string {
  const { environment, application, from, to, paths, title, body, base } = plan;
  const change = { environment, application, from, to, paths, title, body, base };
  return write({ version: 1, command: 'rollback', ...change, ...made });
}

const deployedWords = { now: 'deployed', before: 'was deployed' } as const;

function shortenEnd(text: string, columns: number): string {
  const most = Math.max(columns, 20);
  return textWidth(text) <= most ? text : `${takeColumns(text, most - 1)}…`;
}
