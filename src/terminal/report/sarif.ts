import { createHash } from 'node:crypto';
import type { Mend, NotChecked, RelatedPlace } from '../../core/model/finding.ts';
import { type Resource, resourceKey, resourceText } from '../../core/model/resource.ts';
import type { Place, Range } from '../../core/model/source.ts';
import type { RulePage } from '../../core/validate/catalogue.ts';
import { driftRules, type Issue, type Issues } from './issues.ts';
import { write } from './json.ts';

export interface Tool {
  version: string;
  /** What is written about a rule. */
  page?(id: string): RulePage | undefined;
}

/**
 * A SARIF 2.1.0 log: one run, a rule per kind of finding, each result with its place and a fingerprint
 * that survives moved lines. What was not checked is a notification of the invocation, so that an
 * empty list of results does not pass for a clean bill.
 */
export function sarif(report: Issues, tool: Tool): string {
  const issues = [...report.issues, ...(report.suppressed ?? [])];
  const rules = [...new Set(issues.map(({ rule }) => rule))].sort();
  const results = issues.map(issue => resultOf(issue, rules));
  return write({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Driftline',
            semanticVersion: tool.version,
            rules: rules.map(id => ruleOf(id, issues, tool.page?.(id))),
            notifications: [
              { id: 'not-checked', shortDescription: { text: 'Something could not be checked.' } },
            ],
          },
        },
        automationDetails: { id: `driftline/${report.command}/` },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: report.notChecked.map(notificationOf),
          },
        ],
        results: numbered(results),
      },
    ],
  });
}

function ruleOf(id: string, issues: readonly Issue[], page: RulePage | undefined): unknown {
  const levels = issues.flatMap(({ rule, level }) => (rule === id ? [level] : []));
  const level = (['error', 'warning', 'note'] as const).find(wanted => levels.includes(wanted));
  return {
    id,
    shortDescription: { text: driftRules[id] ?? (page ? `${page.title}.` : sentenceOf(id)) },
    ...(page && { help: { text: page.text, markdown: page.text } }),
    defaultConfiguration: { level },
  };
}

/** `unknown-field` → `Unknown field.` */
function sentenceOf(id: string): string {
  const words = id.replaceAll('-', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

interface SarifResult {
  partialFingerprints: Record<string, string>;
  [key: string]: unknown;
}

function resultOf(issue: Issue, rules: readonly string[]): SarifResult {
  const { rule, level, message, environments } = issue;
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level,
    message: { text: message },
    locations: locationsOf(issue.place, issue.object, issue.path),
    ...(issue.related && { relatedLocations: issue.related.map(relatedLocation) }),
    ...(issue.suppressed && { suppressions: [suppressionOf(issue.suppressed)] }),
    ...(issue.mends && { fixes: issue.mends.map(fixOf) }),
    partialFingerprints: { [fingerprintName]: fingerprint(issue) },
    ...(environments.length > 0 && { properties: { environments } }),
  };
}

function notificationOf({ reason, place, object, environment }: NotChecked): unknown {
  const subject = object === undefined ? environment : resourceText(object);
  return {
    descriptor: { id: 'not-checked' },
    level: 'warning',
    message: { text: subject === undefined ? reason : `${subject}: ${reason}` },
    locations: locationsOf(place, object, undefined),
  };
}

function suppressionOf({ by, reason }: NonNullable<Issue['suppressed']>): unknown {
  const kind = by === 'comment' ? 'inSource' : 'external';
  return { kind, ...(reason !== '' && { justification: reason }) };
}

function relatedLocation(place: RelatedPlace, index: number): unknown {
  const { file, message } = place;
  return {
    id: index + 1,
    physicalLocation: { artifactLocation: artifactAt(file), region: regionOf(place) },
    message: { text: message },
  };
}

/** A change of files as SARIF has it; what makes a file has an empty region at its start. */
function fixOf({ title, edits }: Mend): unknown {
  const files = [...Map.groupBy(edits, ({ file }) => file)];
  return {
    description: { text: title },
    artifactChanges: files.map(([file, changes]) => ({
      artifactLocation: artifactAt(file),
      replacements: changes.map(change => ({
        deletedRegion: regionOf(change),
        insertedContent: { text: change.text },
      })),
    })),
  };
}

function artifactAt(file: string): unknown {
  return { uri: uriOf(file), uriBaseId: '%SRCROOT%' };
}

function regionOf({
  line,
  column,
  endLine,
  endColumn,
}: Omit<Place, 'file'> & Partial<Range>): unknown {
  return { startLine: line, startColumn: column, endLine, endColumn };
}

function locationsOf(
  place: Issue['place'],
  object: Resource | undefined,
  path: string | undefined,
): unknown[] {
  if (place === undefined && object === undefined) return [];
  return [
    {
      ...(place && {
        physicalLocation: {
          artifactLocation: artifactAt(place.file),
          region: regionOf(place),
        },
      }),
      ...(object && {
        logicalLocations: [
          {
            name: object.name,
            fullyQualifiedName: resourceText(object) + (path ?? ''),
            kind: path === undefined ? 'object' : 'member',
          },
        ],
      }),
    },
  ];
}

/** A relative URI reference: a first segment with a colon would read as a scheme. */
function uriOf(file: string): string {
  const uri = file.toWellFormed().split('/').map(encodeURIComponent).join('/');
  return uri.split('/', 1)[0]?.includes(':') ? `./${uri}` : uri;
}

const fingerprintName = 'driftline/v1';

/** Says what an issue is about, not where it stands; without an object its file and message have to do. */
function fingerprint({ rule, object, path, environments, place, message }: Issue): string {
  const about =
    object === undefined ? [place?.file, message] : [resourceKey(object), path, ...environments];
  const hash = createHash('sha256').update(JSON.stringify([rule, ...about]));
  return hash.digest('hex').slice(0, 32);
}

/** Issues that are alike are told apart by their order, as the fingerprints of one run must be. */
function numbered(results: readonly SarifResult[]): SarifResult[] {
  const seen = new Map<string, number>();
  return results.map(result => {
    const print = result.partialFingerprints[fingerprintName] ?? '';
    const count = (seen.get(print) ?? 0) + 1;
    seen.set(print, count);
    return { ...result, partialFingerprints: { [fingerprintName]: `${print}:${count}` } };
  });
}
