import { resourceText } from '../../core/model/resource.ts';
import { placeText } from '../../core/model/source.ts';
import { quantity } from '../../core/words/states.ts';
import type { Issue, Issues } from './issues.ts';
import { byReason, type ReasonGroup } from './reasons.ts';

/**
 * GitHub's workflow commands: an annotation per finding, the errors first because only the first ten
 * of a level are shown, then what was not checked, and the totals as a plain line.
 */
export function github(report: Issues, totals: string): string {
  const levels: Issue['level'][] = ['error', 'warning', 'note'];
  const annotations = levels.flatMap(level =>
    report.issues.filter(issue => issue.level === level).map(annotation),
  );
  const open = byReason(report.notChecked).map(notCheckedAnnotation);
  return `${[...annotations, ...open, `Driftline: ${data(totals)}`].join('\n')}\n`;
}

function annotation({ level, rule, message, place, related = [] }: Issue): string {
  const oneLine = place?.endLine === place?.line;
  return command(
    level === 'note' ? 'notice' : level,
    {
      file: place?.file,
      line: place?.line,
      endLine: place?.endLine,
      // Columns are understood within one line only.
      col: oneLine ? place?.column : undefined,
      endColumn: oneLine ? place?.endColumn : undefined,
      title: `Driftline: ${rule}`,
    },
    [message, ...related.map(each => `${placeText(each)}: ${each.message}`)].join('\n'),
  );
}

/** One for each reason, so that the few that are shown are not all of one; on the first place. */
function notCheckedAnnotation({ says, entries, names }: ReasonGroup): string {
  const [first] = entries;
  const { place, object, environment } = first ?? {};
  const subject = object === undefined ? environment : resourceText(object);
  const others = entries.length - 1;
  const about = [
    ...(subject === undefined || names.length > 0 ? [] : [subject]),
    ...(others > 0 && names.length === 0 ? [`${quantity(others, 'other')}`] : []),
  ].join(' and ');
  const list =
    names.length === 0 ? '' : `: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`;
  const at = place && { file: place.file, line: place.line };
  const message = (about === '' ? says : `${about}: ${says}`) + list;
  return command('warning', { ...at, title: 'Driftline: not checked' }, message);
}

function command(
  name: string,
  properties: Record<string, string | number | undefined>,
  message: string,
): string {
  const said = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${property(`${value}`)}`],
  );
  return `::${name} ${said.join(',')}::${data(message)}`;
}

/** Escapes as `@actions/core` does, which is what the runner undoes. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
