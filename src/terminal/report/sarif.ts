import { createHash } from 'node:crypto';
import type { NotChecked } from '../../core/model/finding.ts';
import { type Resource, resourceKey, resourceText } from '../../core/model/resource.ts';
import { driftRules, type Issue, type Issues } from './issues.ts';
import { write } from './json.ts';

/**
 * A SARIF 2.1.0 log: one run, a rule per kind of finding, each result with its place and a fingerprint
 * that survives moved lines. What was not checked is a notification of the invocation, so that an
 * empty list of results does not pass for a clean bill.
 */
export function sarif(report: Issues, tool: { version: string }): string {
  const rules = [...new Set(report.issues.map(({ rule }) => rule))].sort();
  const results = report.issues.map(issue => resultOf(issue, rules));
  return write({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Driftline',
            semanticVersion: tool.version,
            rules: rules.map(id => ruleOf(id, report.issues)),
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

function ruleOf(id: string, issues: readonly Issue[]): unknown {
  const levels = issues.flatMap(({ rule, level }) => (rule === id ? [level] : []));
  const level = (['error', 'warning', 'note'] as const).find(wanted => levels.includes(wanted));
  return {
    id,
    shortDescription: { text: driftRules[id] ?? sentenceOf(id) },
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
          artifactLocation: { uri: uriOf(place.file), uriBaseId: '%SRCROOT%' },
          region: {
            startLine: place.line,
            startColumn: place.column,
            endLine: place.endLine,
            endColumn: place.endColumn,
          },
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
