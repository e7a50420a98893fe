import type { DriftReport, EnvironmentDrift, ValidateReport } from '../../core/actions/reports.ts';
import type { DriftPath, DriftResult } from '../../core/model/drift.ts';
import type {
  Finding,
  Mend,
  NotChecked,
  RelatedPlace,
  SuppressedFinding,
} from '../../core/model/finding.ts';
import { type Resource, resourceText } from '../../core/model/resource.ts';
import type { Place, Range } from '../../core/model/source.ts';
import { causeReason, whyText } from '../../core/words/causes.ts';
import { changeText, remarks } from '../../core/words/change.ts';
import { safeFindings } from '../../core/words/safe-findings.ts';
import { shortPath } from '../../core/words/short-path.ts';
import { isOpen, shownState } from '../../core/words/states.ts';
import { isSecret } from '../../core/words/values.ts';
import { shortenPair } from './shorten-pair.ts';
import { spokenOf } from './states.ts';

/** One thing to point at, in the form that CI's own displays know: a level, a sentence, a place. */
export interface Issue {
  /** A key of `driftRules`, or a validation rule's id. */
  rule: string;
  level: 'error' | 'warning' | 'note';
  message: string;
  place?: Place & Partial<Range>;
  object?: Resource;
  path?: string;
  environments: string[];
  related?: readonly RelatedPlace[];
  mends?: readonly Mend[];
  /** Left out on purpose: only what keeps such things apart lists it. */
  suppressed?: Pick<SuppressedFinding, 'by' | 'reason'>;
}

/** What a CI display is told: what was found, and what was not checked. */
export interface Issues {
  command: 'validate' | 'drift';
  issues: Issue[];
  /** What is left out on purpose. */
  suppressed?: Issue[];
  notChecked: NotChecked[];
}

/** What drift reports can point at; the ids are part of the output and never change. */
export const driftRules: Record<string, string> = {
  'field-changed': 'A field has another value than the repository says.',
  'field-missing': 'A field of the repository is not set on what runs.',
  'field-stale': 'A field that the repository no longer has still runs.',
  'field-order': 'A list has the same members in another order.',
  'object-drifted': 'An object differs from the repository.',
  'object-missing': 'An object of the repository does not run.',
  'object-invalid': 'The API server refuses an object of the repository.',
  'object-pruned': 'An object that the repository no longer has will be removed.',
  'object-orphaned': 'An object runs that the repository no longer has.',
  'object-terminating': 'An object is being deleted.',
};

export function validateIssues({ findings, suppressed, notChecked }: ValidateReport): Issues {
  return {
    command: 'validate',
    issues: safeFindings(findings).map(findingIssue),
    suppressed: suppressed.flatMap(({ finding, by, reason }) =>
      safeFindings([finding]).map(safe => ({ ...findingIssue(safe), suppressed: { by, reason } })),
    ),
    notChecked,
  };
}

export function driftIssues({ environments }: DriftReport): Issues {
  return {
    command: 'drift',
    issues: environments.flatMap(environment =>
      environment.results.flatMap(result => resultIssues(result, environment)),
    ),
    notChecked: environments.flatMap(environmentNotChecked),
  };
}

function findingIssue(finding: Finding): Issue {
  const { rule, severity, message, fix, file, path, object, environments } = finding;
  const { line, column, endLine, endColumn, related, mends } = finding;
  return {
    rule,
    level: severity === 'information' ? 'note' : severity,
    message: fix === undefined ? message : `${message} ${fix}`,
    place: { file, line, column, endLine, endColumn },
    object,
    path,
    environments,
    ...(related && related.length > 0 && { related }),
    ...(mends && mends.length > 0 && { mends }),
  };
}

function environmentNotChecked({ name, results, notChecked }: EnvironmentDrift): NotChecked[] {
  const open = results.filter(({ state }) => isOpen(state));
  return [
    ...open.map(({ resource, reason, source, state }) => ({
      reason: reason ?? (state === 'suspect' ? 'It may have drifted.' : 'No reason was given.'),
      object: resource,
      place: source,
      environment: name,
    })),
    ...notChecked.map(entry => ({ ...entry, environment: entry.environment ?? name })),
  ];
}

function resultIssues(result: DriftResult, environment: EnvironmentDrift): Issue[] {
  const about = objectIssue(result, environment);
  const listed = ['drifted', 'invalid', 'terminating', 'prune-candidate'].includes(result.state);
  const fields = listed ? result.paths.map(path => fieldIssue(result, path, environment)) : [];
  return [...(about === undefined ? [] : [about]), ...fields];
}

const objectRules: Partial<Record<DriftResult['state'], [rule: string, level: Issue['level']]>> = {
  missing: ['object-missing', 'error'],
  invalid: ['object-invalid', 'error'],
  'prune-candidate': ['object-pruned', 'warning'],
  orphan: ['object-orphaned', 'note'],
  terminating: ['object-terminating', 'note'],
};

function objectIssue(result: DriftResult, environment: EnvironmentDrift): Issue | undefined {
  const { resource, state, reason, recreate, paths, source } = result;
  const bare = state === 'drifted' && (paths.length === 0 || recreate);
  const [rule, level] =
    objectRules[shownState(result)] ?? (bare ? ['object-drifted', 'warning'] : []);
  if (rule === undefined) return undefined;
  const recreated = recreate ? ' It has to be recreated.' : '';
  const why = reason === undefined ? '.' : `: ${reason}`;
  const text = `${resourceText(resource)} is ${spokenOf(result).word} in ${environment.name}`;
  return {
    rule,
    level: level as Issue['level'],
    message: text + why + recreated,
    place: source ?? environment.origin,
    object: resource,
    environments: [environment.name],
  };
}

function fieldIssue(result: DriftResult, path: DriftPath, environment: EnvironmentDrift): Issue {
  const { resource, state } = result;
  const harmless = path.kind === 'order' || path.equivalent || state === 'terminating';
  return {
    rule: `field-${path.kind}`,
    level: harmless ? 'note' : 'warning',
    message: fieldSentence(resource, path, environment.name),
    place: path.source ?? result.source ?? environment.origin,
    object: resource,
    path: path.path,
    environments: [environment.name],
  };
}

/** `Deployment shop/web, spec.replicas: 3 in the repository, 5 in production (kubectl-scale, …).` */
function fieldSentence(resource: Resource, path: DriftPath, environment: string): string {
  const change = changeText(resource, path);
  const [desired, live] = shortenPair(change.desired, change.live, 200);
  const said = path.kind === 'stale' ? desired : `${desired} in the repository`;
  const values = isSecret(resource, path.path)
    ? `the secret value in ${environment} differs from the repository`
    : `${said}, ${live} in ${environment}`;
  const about = [
    whyText(path),
    causeReason(path.cause).replace(/\.$/, ''),
    ...remarks(path, resource),
  ].filter(text => text !== '');
  const end = about.length === 0 ? '.' : ` (${about.join('; ')}).`;
  return `${resourceText(resource)}, ${shortPath(path.path)}: ${values}${end}`;
}
