import {
  type Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type Range as LspRange,
  type Position,
} from 'vscode-languageserver';
import type { MarkedDifference, Marker } from '../core/live/state.ts';
import type { Finding, NotChecked, Severity } from '../core/model/finding.ts';
import type { Range } from '../core/model/source.ts';
import { safeFindings } from '../core/words/safe-findings.ts';
import { driftStates } from '../core/words/states.ts';
import { isSecret, printable } from '../core/words/values.ts';
import { differenceSentence } from './marker-text.ts';

/** What a code action needs to mend a finding: the text that should stand there instead of the present one. */
export interface Mending {
  replacement: string;
  instead: string;
}

const severities: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

/** What changes nothing is shown faded. */
const fadedRules = new Set(['unused-patch', 'unused-value']);

export interface TextAbout {
  /** Its lines. */
  lines: readonly string[];
  /** All environments that read the file. */
  reaching: readonly string[];
}

/** Environments are named only where a finding does not hold in all that read the file. */
export function findingDiagnostics(
  findings: readonly Finding[],
  { lines, reaching }: TextAbout,
): Diagnostic[] {
  return safeFindings(findings).map(finding => {
    const { rule, severity, fix, environments } = finding;
    const range = lspRange(finding);
    const secret = isSecret(finding.object, finding.path ?? '');
    const replacement = secret ? undefined : /^Write ([^\s"]+)\.$/.exec(fix ?? '')?.[1];
    const advice = fix === undefined || replacement !== undefined ? '' : ` ${fix}`;
    const everywhere = reaching.every(name => environments.includes(name));
    const where = environments.length === 0 || everywhere ? '' : ` (in ${environments.join(', ')})`;
    return {
      range,
      severity: severities[severity],
      code: rule,
      source: 'driftline',
      message: finding.message + advice + where,
      ...(fadedRules.has(rule) && { tags: [DiagnosticTag.Unnecessary] }),
      ...(replacement !== undefined && { data: mending(replacement, range, lines) }),
    };
  });
}

/** Drift as information on the line that causes it. */
export function driftDiagnostics(
  markers: readonly Marker[],
  lines: readonly string[],
  now: Date,
): Diagnostic[] {
  return markers.flatMap(({ line, differences }) =>
    differences.map(difference => ({
      range: textOfLine(line - 1, lines[line - 1] ?? ''),
      severity: DiagnosticSeverity.Information,
      code: driftRule(difference),
      source: 'driftline',
      message: differenceSentence(difference, now),
    })),
  );
}

/** The id of what `fetchDiagnostics` say. */
export const missingChart = 'missing-chart';

/** What is not checked until a chart is fetched, on the line that names it. */
export function fetchDiagnostics(
  missing: readonly NotChecked[],
  lines: readonly string[],
): Diagnostic[] {
  const reasons = Map.groupBy(missing, ({ reason, place }) => `${place?.line} ${reason}`);
  return [...reasons.values()].map(same => {
    const [{ reason, place }] = same as [NotChecked, ...NotChecked[]];
    const line = (place?.line ?? 1) - 1;
    const names = new Set(same.flatMap(({ environment }) => environment ?? []));
    const where = names.size > 0 ? ` in ${[...names].join(' and ')}` : '';
    return {
      range: textOfLine(line, lines[line] ?? ''),
      severity: DiagnosticSeverity.Information,
      code: missingChart,
      source: 'driftline',
      message: printable(`not checked${where}: ${reason}`),
    };
  });
}

function mending(replacement: string, { start, end }: LspRange, lines: readonly string[]): Mending {
  const line = lines[start.line] ?? '';
  const instead = line.slice(start.character, start.line === end.line ? end.character : undefined);
  return { replacement, instead };
}

function lspRange({ line, column, endLine, endColumn }: Range): LspRange {
  return { start: position(line, column), end: position(endLine, endColumn) };
}

function position(line: number, column: number): Position {
  return { line: Math.max(line - 1, 0), character: Math.max(column - 1, 0) };
}

/** From the first to the last visible character of a line. */
function textOfLine(line: number, text: string): LspRange {
  const end = text.trimEnd().length;
  const start = Math.min(text.length - text.trimStart().length, end);
  return { start: { line, character: start }, end: { line, character: end } };
}

/** The ids that reports use, see `terminal/report/issues.ts`. */
function driftRule({ path, state }: MarkedDifference): string {
  if (path) return `field-${path.kind}`;
  return driftStates.includes(state) && state !== 'prune-candidate'
    ? `object-${state}`
    : `object-${state === 'prune-candidate' ? 'pruned' : state}`;
}
