import { pathToFileURL } from 'node:url';
import {
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
  type Range as LspRange,
  type Position,
} from 'vscode-languageserver';
import type { MarkedDifference, Marker } from '../core/live/state.ts';
import type { Finding, Mend, NotChecked, RelatedPlace, Severity } from '../core/model/finding.ts';
import type { Range } from '../core/model/source.ts';
import type { RuleCatalogue } from '../core/validate/catalogue.ts';
import { safeFindings } from '../core/words/safe-findings.ts';
import { driftStates } from '../core/words/states.ts';
import { isSecret, printable } from '../core/words/values.ts';
import { differenceSentence } from './marker-text.ts';

/** What a code action needs to mend a finding. */
export interface Mending {
  /** The text that should stand there instead of the present one. */
  replacement?: string;
  instead?: string;
  /** Changes of files, worked out for the version of the document that the diagnostic is of. */
  mends?: Mend[];
  version?: number;
}

const severities: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

/** What changes nothing is shown faded, what is going away struck through. */
const fadedRules = new Set([
  'unused-patch',
  'unused-image',
  'unused-target',
  'unused-value',
  'unused-suppression',
]);
const struckRules = new Set(['deprecated-api']);

export interface TextAbout {
  /** Its lines. */
  lines: readonly string[];
  /** All environments that read the file. */
  reaching: readonly string[];
  /** Of the document, where it is open. */
  version?: number;
  /** The address of a file; absent where the client shows no other places. */
  uriOf?(file: string): string;
  /** Absent where the client opens no pages. */
  catalogue?: RuleCatalogue;
}

/** Environments are named only where a finding does not hold in all that read the file. */
export function findingDiagnostics(findings: readonly Finding[], about: TextAbout): Diagnostic[] {
  const { lines, reaching, version, uriOf, catalogue } = about;
  return safeFindings(findings).map(finding => {
    const { rule, severity, fix, environments, mends = [], related = [] } = finding;
    const range = lspRange(finding);
    const secret = isSecret(finding.object, finding.path ?? '');
    const replacement = secret ? undefined : /^Write ([^\s"]+)\.$/.exec(fix ?? '')?.[1];
    const advice = fix === undefined || replacement !== undefined ? '' : ` ${fix}`;
    const everywhere = reaching.every(name => environments.includes(name));
    const where = environments.length === 0 || everywhere ? '' : ` (in ${environments.join(', ')})`;
    const tags = tagsOf(rule);
    const others = mends.filter(mend => !replacesBy(replacement, mend, finding));
    const data: Mending = {
      ...(replacement !== undefined && mending(replacement, range, lines)),
      ...(others.length > 0 && { mends: others, version }),
    };
    const page = catalogue?.page(rule);
    return {
      range,
      severity: severities[severity],
      code: rule,
      ...(page && { codeDescription: { href: pathToFileURL(page.file).href } }),
      source: 'driftline',
      message: finding.message + advice + where + byServer(finding),
      ...(tags.length > 0 && { tags }),
      ...(uriOf &&
        related.length > 0 && {
          relatedInformation: related.map(place => relatedAt(place, uriOf)),
        }),
      ...(Object.keys(data).length > 0 && { data }),
    };
  });
}

/** Words of the server that do not say whose they are. */
function byServer({ source, message }: Finding): string {
  return source === 'server' && !/^The (server|cluster) /.test(message) ? ' (says the server)' : '';
}

function tagsOf(rule: string): DiagnosticTag[] {
  return [
    ...(fadedRules.has(rule) ? [DiagnosticTag.Unnecessary] : []),
    ...(struckRules.has(rule) ? [DiagnosticTag.Deprecated] : []),
  ];
}

function relatedAt(
  place: RelatedPlace,
  uriOf: (file: string) => string,
): DiagnosticRelatedInformation {
  const location = { uri: uriOf(place.file), range: lspRange(place) };
  return { location, message: printable(place.message) };
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

function mending(
  replacement: string,
  { start, end }: LspRange,
  lines: readonly string[],
): Pick<Mending, 'replacement' | 'instead'> {
  const line = lines[start.line] ?? '';
  const instead = line.slice(start.character, start.line === end.line ? end.character : undefined);
  return { replacement, instead };
}

/** Whether a change does what the replacement of the finding's own text does. */
function replacesBy(replacement: string | undefined, { edits }: Mend, finding: Finding): boolean {
  const [edit, ...more] = edits;
  const places = ['file', 'line', 'column', 'endLine', 'endColumn'] as const;
  return (
    edit?.text === replacement &&
    more.length === 0 &&
    places.every(place => edit?.[place] === finding[place])
  );
}

export function lspRange({ line, column, endLine, endColumn }: Range): LspRange {
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
