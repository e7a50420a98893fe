import type { DriftReport, EnvironmentDrift, ValidateReport } from '../../core/actions/reports.ts';
import type { DriftPath, DriftResult } from '../../core/model/drift.ts';
import type { Finding, NotChecked } from '../../core/model/finding.ts';
import { type Resource, resourceText } from '../../core/model/resource.ts';
import { placeText } from '../../core/model/source.ts';
import { causeReason, whyText } from '../../core/words/causes.ts';
import { changeText, remarks } from '../../core/words/change.ts';
import { bounded, code, folded, plain, table } from '../../core/words/markdown.ts';
import { safeFindings } from '../../core/words/safe-findings.ts';
import { shortPaths } from '../../core/words/short-path.ts';
import { quantity, states } from '../../core/words/states.ts';
import { printable } from '../../core/words/values.ts';
import { shortenMiddle } from './columns.ts';
import { objectRemarks } from './drift-object.ts';
import { driftFacts, stateCounts } from './header.ts';
import { byReason, type ReasonGroup } from './reasons.ts';
import { shortenPair } from './shorten-pair.ts';
import { driftTotals, spokenOf } from './states.ts';
import { validateTotals } from './validate-text.ts';

/**
 * The drift report as a comment on a pull request: the totals, a table of objects per environment, the
 * fields and what was not checked folded below. The first line lets a bot find its own comment again.
 */
export function driftMarkdown(report: DriftReport): string {
  const most = Math.max(20, 200 - report.environments.length);
  return bounded(rows => {
    const shown = report.environments.slice(0, rows === 0 ? most : undefined);
    const left = report.environments.length - shown.length;
    const blocks = [
      '<!-- driftline drift -->',
      `### Driftline: ${plain(driftTotals(report))}`,
      ...shown.flatMap(environment => environmentBlocks(environment, rows)),
      ...(left > 0 ? [`… and ${quantity(left, 'more environment')}.`] : []),
    ];
    return `${blocks.join('\n\n')}\n`;
  });
}

/** The findings as a comment on a pull request. */
export function validateMarkdown(report: ValidateReport): string {
  return bounded(rows => {
    const blocks = [
      '<!-- driftline validate -->',
      `### Driftline: ${plain(validateTotals(report))}`,
      ...limitedTable(
        ['place', '', 'finding', 'rule'],
        safeFindings(report.findings),
        findingRow,
        rows,
      ),
      ...reasonBlocks(report.notChecked, rows),
    ];
    return `${blocks.join('\n\n')}\n`;
  });
}

const listed = states.filter(state => !['synced', 'skipped', 'unknown'].includes(state));

function environmentBlocks(environment: EnvironmentDrift, most: number): string[] {
  const { name, results, notChecked } = environment;
  const found = listed.flatMap(state => results.filter(result => result.state === state));
  const open: NotChecked[] = results.flatMap(({ state, resource, reason, source }) =>
    state === 'unknown' ? [{ object: resource, reason: reason ?? '', place: source }] : [],
  );
  const fields = found.flatMap(fieldsOf);
  const title = `**${code(short(name))}** · ${driftFacts(environment).map(short).map(plain).join(' · ')}`;
  return [
    `${title}<br>${stateCounts(environment).join(', ') || 'nothing to compare'}`,
    ...limitedTable(['object', 'state', 'remarks'], found, objectRow, most),
    ...(fields.length === 0 || most === 0 ? [] : [foldedFields(fields, most)]),
    ...notCheckedBlocks([...open, ...notChecked], most),
  ];
}

function objectRow(result: DriftResult): string[] {
  const { resource, source, paths } = result;
  const names = [...shortPaths(paths.map(({ path }) => path)).values()];
  const more = names.length > 3 ? [`${names.length - 3} more`] : [];
  const fields = [...names.slice(0, 3).map(name => code(short(name))), ...more].join(', ');
  const place = paths.length === 0 && source ? [code(short(placeText(source)))] : [];
  const said = [fields, ...place, ...objectRemarks(result).map(text => plain(short(text)))];
  return [
    code(short(resourceText(resource))),
    spokenOf(result).word,
    said.filter(text => text !== '').join('<br>'),
  ];
}

const fieldHead = ['object', 'field', 'repository', 'running', 'by', 'decided at'];

interface Field {
  resource: Resource;
  path: DriftPath;
  name: string;
}

function fieldsOf({ resource, paths }: DriftResult): Field[] {
  const names = shortPaths(paths.map(({ path }) => path));
  return paths.map(path => ({ resource, path, name: names.get(path.path) ?? path.path }));
}

function foldedFields(fields: readonly Field[], most: number): string {
  const rows = limitedTable(fieldHead, fields, fieldRow, most);
  return folded(quantity(fields.length, 'field'), rows.join('\n\n'));
}

function fieldRow({ resource, path, name }: Field): string[] {
  const change = changeText(resource, path);
  const [desired, live] = shortenPair(change.desired, change.live, cellColumns);
  const facts = [whyText(path), causeReason(path.cause), ...remarks(path, resource)];
  return [
    code(short(resourceText(resource))),
    code(short(name)),
    code(desired),
    code(live),
    facts
      .filter(text => text !== '')
      .map(short)
      .map(plain)
      .join('<br>'),
    path.source === undefined ? '' : code(short(placeText(path.source))),
  ];
}

function findingRow(finding: Finding): string[] {
  const { file, line, column, severity, message, fix, rule, related = [] } = finding;
  const sentence = fix === undefined ? message : `${message} ${fix}`;
  const others = related.map(
    place => `${code(short(placeText(place)))} ${plain(short(place.message))}`,
  );
  return [
    code(short(`${file}:${line}:${column}`)),
    severity,
    [plain(short(sentence)), ...others].join('<br>'),
    code(short(rule)),
  ];
}

function notCheckedBlocks(notChecked: readonly NotChecked[], most: number): string[] {
  if (notChecked.length === 0) return [];
  const title = `${notChecked.length} not checked`;
  const content = limitedTable(['', 'reason'], notChecked, notCheckedRow, most);
  return [content.length === 0 ? title : folded(title, content.join('\n\n'))];
}

/** What was not checked, a row for each reason. */
function reasonBlocks(notChecked: readonly NotChecked[], most: number): string[] {
  if (notChecked.length === 0) return [];
  const title = `${notChecked.length} not checked`;
  const content = limitedTable(['', 'reason', 'where'], byReason(notChecked), reasonRow, most);
  return [content.length === 0 ? title : folded(title, content.join('\n\n'))];
}

function reasonRow({ says, entries, names }: ReasonGroup): string[] {
  const places = entries.map(({ place, object, environment }) =>
    place ? placeText(place) : object ? resourceText(object) : (environment ?? ''),
  );
  const where = names.length > 0 ? names : [...new Set(places)];
  const more = where.length > 5 ? [`${where.length - 5} more`] : [];
  const shown = where.slice(0, 5).filter(name => name !== '');
  return [
    `${entries.length}`,
    plain(short(says)),
    [...shown.map(name => code(short(name))), ...more].join('<br>'),
  ];
}

function notCheckedRow({ object, place, environment, reason }: NotChecked): string[] {
  const subject = object ? resourceText(object) : place ? placeText(place) : (environment ?? '');
  return [code(short(subject)), plain(short(reason))];
}

function limitedTable<T>(
  head: readonly string[],
  entries: readonly T[],
  row: (entry: T) => string[],
  most: number,
): string[] {
  const shown = entries.slice(0, most);
  const left = entries.length - shown.length;
  const more = left > 0 ? [`… and ${left} more; \`driftline\` in the terminal lists all.`] : [];
  return shown.length === 0 ? more : [table(head, shown.map(row)), ...more];
}

const cellColumns = 120;

function short(text: string): string {
  return shortenMiddle(printable(text), cellColumns * 2);
}
