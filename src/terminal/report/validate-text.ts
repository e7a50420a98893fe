import type { ValidateReport } from '../../core/actions/reports.ts';
import type {
  Finding,
  NotChecked,
  RelatedPlace,
  Severity,
  SuppressedFinding,
} from '../../core/model/finding.ts';
import { placeText } from '../../core/model/source.ts';
import { safeFindings } from '../../core/words/safe-findings.ts';
import { quantity } from '../../core/words/states.ts';
import { printable } from '../../core/words/values.ts';
import { type Style, styleFor } from '../style.ts';
import { checkedByBlock } from './checked-by.ts';
import { justify, pad, widest, wrap, wrapParts } from './columns.ts';
import { excerptLines } from './excerpt.ts';
import { layoutWidth } from './layout.ts';
import { notCheckedSummary } from './not-checked-summary.ts';
import { elapsed } from './states.ts';
import type { TextOptions } from './text-options.ts';

export interface ValidateTextOptions extends TextOptions {
  /** The lines of a repository file, for excerpts; undefined where there is no text. */
  lines?(file: string): readonly string[] | undefined;
}

/** The findings for eyes: by file, each with its place, severity, sentence, rule and line; the totals last. */
export function validateText(report: ValidateReport, options: ValidateTextOptions): string {
  const laid = { ...options, width: layoutWidth(options.width) };
  const style = styleFor(options.colour);
  const shown = withoutOnlyEnvironment(safeFindings(report.findings)).sort(byPlace);
  const blocks = [...Map.groupBy(shown, ({ file }) => file)].map(([file, findings]) => {
    const lines = options.lines?.(file);
    const column = widest(findings.map(positionText));
    return [
      style.bold(printable(file)),
      ...findings.flatMap(finding => findingLines(finding, { column, lines }, laid)),
    ];
  });
  const open = [
    ...suppressedBlock(report.suppressed, laid),
    ...notCheckedBlock(report.notChecked, laid),
    ...checkedByBlock(report.checkedBy, laid),
  ];
  const totals = wrapParts(validateTotals(report).split(' · '), ' · ', laid.width).map(style.bold);
  return `${[...blocks, ...open, totals].map(lines => lines.join('\n')).join('\n\n')}\n`;
}

/** `2 errors, 1 warning, 3 not checked · 47 objects in 12 files · 0.31 s`. */
export function validateTotals({
  findings,
  suppressed,
  notChecked,
  checked,
  elapsedMs,
}: ValidateReport): string {
  const count = (wanted: Severity) => findings.filter(({ severity }) => severity === wanted).length;
  const hints = count('information');
  const said = [
    ...(count('error') > 0 ? [quantity(count('error'), 'error')] : []),
    ...(count('warning') > 0 ? [quantity(count('warning'), 'warning')] : []),
    ...(hints > 0 ? [quantity(hints, 'hint')] : []),
    ...(suppressed.length > 0 ? [suppressedTotals(suppressed)] : []),
    ...(notChecked.length > 0 ? [`${notChecked.length} not checked`] : []),
  ];
  const nothing = checked.objects > 0 ? 'nothing found' : 'nothing to check';
  const tried = checked.tried === undefined ? '' : `, ${checked.tried} tried by servers`;
  const where = `${quantity(checked.objects, 'object')} in ${quantity(checked.files, 'file')}${tried}`;
  return `${said.join(', ') || nothing} · ${where} · ${elapsed(elapsedMs)}`;
}

/** `3 suppressed (1 error)`: an error that is left out is never left out of sight. */
function suppressedTotals(suppressed: readonly SuppressedFinding[]): string {
  const errors = suppressed.filter(({ finding }) => finding.severity === 'error').length;
  const said = errors > 0 ? ` (${quantity(errors, 'error')})` : '';
  return `${suppressed.length} suppressed${said}`;
}

/** With `--verbose`, what is left out on purpose, and why. */
function suppressedBlock(
  suppressed: readonly SuppressedFinding[],
  options: TextOptions,
): string[][] {
  if (suppressed.length === 0 || !options.verbose) return [];
  const { bold, dim } = styleFor(options.colour);
  const lines = suppressed.flatMap(({ finding, by, reason }) => {
    const why = reason === '' ? 'no reason is given' : reason;
    const text = `${placeText(finding)}: ${severityWords[finding.severity]} ${finding.rule} (${by}: ${why})`;
    return wrap(printable(text), options.width - 4).map((line, index) =>
      dim(`${index === 0 ? '  ' : '    '}${line}`),
    );
  });
  return [[bold('suppressed'), ...lines]];
}

/** Where there is but one environment, its name says nothing. */
function withoutOnlyEnvironment(findings: readonly Finding[]): Finding[] {
  const names = new Set(findings.flatMap(({ environments }) => environments));
  return findings.map(finding => (names.size > 1 ? finding : { ...finding, environments: [] }));
}

const severityColours: Record<Severity, keyof Style> = {
  error: 'red',
  warning: 'yellow',
  information: 'cyan',
};
const severityWords: Record<Severity, string> = {
  error: 'error',
  warning: 'warning',
  information: 'hint',
};

function findingLines(
  finding: Finding,
  { column, lines }: { column: number; lines: readonly string[] | undefined },
  options: TextOptions,
): string[] {
  const style = styleFor(options.colour);
  const at = column + 4 + severityColumns;
  const word = pad(severityWords[finding.severity], severityColumns);
  const start = `  ${pad(positionText(finding), column)}  ${style[severityColours[finding.severity]](word)}`;
  const sentences = [finding.message, ...(finding.fix === undefined ? [] : [finding.fix])];
  const message = sentences.flatMap(sentence => wrap(printable(sentence), options.width - at));
  const by = finding.source === 'server' ? ['server'] : [];
  const about = [finding.rule, ...by, ...finding.environments].map(printable).join(' · ');
  const [first = '', ...more] = withRule(message, about, options.width - at, style);
  return [
    start + first,
    ...more.map(line => ' '.repeat(at) + line),
    ...excerptLines(finding, lines, options),
    ...(finding.related ?? []).flatMap(place => relatedLines(place, at, options)),
  ];
}

/** Another place that a finding is about: `→ base/web.yaml:3: the other definition`. */
function relatedLines(place: RelatedPlace, at: number, options: TextOptions): string[] {
  const { dim } = styleFor(options.colour);
  const text = printable(`${placeText(place)}: ${place.message}`);
  const [first = '', ...more] = wrap(text, options.width - at - 2);
  return [
    dim(`${' '.repeat(at)}→ ${first}`),
    ...more.map(line => dim(`${' '.repeat(at + 2)}${line}`)),
  ];
}

const severityColumns = 9;

/** The rule stands at the right of the last line where it fits, else below. */
function withRule(lines: readonly string[], about: string, width: number, style: Style): string[] {
  const last = lines.at(-1) ?? '';
  const line = justify(last, style.dim(about), width);
  if (line !== undefined) return [...lines.slice(0, -1), line];
  return [...lines, ...wrapParts(about.split(' · '), ' · ', width).map(style.dim)];
}

function positionText({ line, column }: Finding): string {
  return `${line}:${column}`;
}

function byPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column || (a.rule < b.rule ? -1 : 1);
}

function notCheckedBlock(notChecked: readonly NotChecked[], options: TextOptions): string[][] {
  if (notChecked.length === 0) return [];
  const { bold } = styleFor(options.colour);
  return [[bold('not checked'), ...notCheckedSummary(notChecked, options)]];
}
