import { code, plain } from '../../words/markdown.ts';
import { shortRevision } from '../../words/names.ts';
import { quantity } from '../../words/states.ts';
import { printable } from '../../words/values.ts';

export interface RollbackFacts {
  application: string;
  from: string;
  to: string;
  base: string;
  paths: readonly string[];
  /** Of the paths those that are not there any more. */
  deleted: readonly string[];
  /** `staging/shop`: who reads the files too. */
  others: readonly string[];
  /** Objects that will not be as they were. */
  differing: number;
}

/** Why a rollback is proposed, as Markdown: both commits, each file, and who else is affected. */
export function rollbackWhy(facts: RollbackFacts): string {
  const { application, from, to, base, paths, deleted, others, differing } = facts;
  const list = paths.map(path => `${named(path)}${deleted.includes(path) ? ' (deleted)' : ''}`);
  const affected =
    others.length === 0
      ? []
      : [
          `**These files are not ${plain(printable(application))}'s alone.** They are read by:`,
          bullets(others.map(named)),
        ];
  const partly =
    differing === 0
      ? []
      : [
          `${quantity(differing, 'rendered object')} will still not be as at ${named(shortRevision(to))}: what decides them is in files that declare other applications too, and stays.`,
        ];
  return [
    `Sets ${quantity(paths.length, 'file')} of ${named(application)} back to ${named(to)}, from ${named(from)} (${plain(printable(base))}):`,
    bullets(list),
    ...affected,
    ...partly,
  ].join('\n\n');
}

/** More fill the text that the diff needs. */
const mostLines = 50;

function bullets(lines: readonly string[]): string {
  const more = lines.length - mostLines;
  const shown = lines.slice(0, mostLines).map(line => `- ${line}`);
  return [...shown, ...(more > 0 ? [`- … and ${more} more`] : [])].join('\n');
}

function named(text: string): string {
  return code(printable(text));
}
