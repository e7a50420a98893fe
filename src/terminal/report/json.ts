import type { Reach } from '../../core/actions/reach/reach.ts';
import type {
  DriftReport,
  EnvironmentDrift,
  TracedField,
  TraceReport,
  ValidateReport,
} from '../../core/actions/reports.ts';
import type { DriftPath, DriftResult } from '../../core/model/drift.ts';
import type { Finding, NotChecked, Severity, SuppressedFinding } from '../../core/model/finding.ts';
import type { Resource } from '../../core/model/resource.ts';
import { safeFindings } from '../../core/words/safe-findings.ts';
import { countStates } from '../../core/words/states.ts';
import { isSecret, masked, maskPath } from '../../core/words/values.ts';

/** The JSON of `driftline validate` (`cli.md`); fields are added, never renamed. */
export function validateJson(report: ValidateReport): string {
  const { findings, suppressed, checked, checkedBy, notChecked } = report;
  return write({
    version: 1,
    command: 'validate',
    findings: safeFindings(findings).map(findingJson),
    suppressed: suppressedJson(suppressed),
    checked,
    ...(checkedBy && { checkedBy }),
    notChecked: notChecked.map(notCheckedJson),
  });
}

/** The JSON of `driftline drift`; objects in sync are listed only with `all`, but always counted. */
export function driftJson(report: DriftReport, options: { all?: boolean } = {}): string {
  return write({
    version: 1,
    command: 'drift',
    environments: report.environments.map(environment => environmentJson(environment, options)),
  });
}

/** The JSON of `driftline trace`, of either direction; values in a Secret are masked. */
export function traceJson(report: TraceReport): string {
  if (report.kind === 'reaches') {
    const { place, reaches, why, compared, notCompared } = report;
    return write({
      version: 1,
      command: 'trace',
      file: place.file,
      line: place.line,
      reaches: reaches.map(reachJson),
      why,
      compared,
      notCompared,
    });
  }
  return write({
    version: 1,
    command: 'trace',
    objects: report.objects.map(({ object, environment, fields }) => ({
      object: objectJson(object),
      environment,
      fields: fields.map(field => fieldJson(object, field)),
    })),
    notChecked: report.notChecked.map(notCheckedJson),
  });
}

function reachJson({ environment, application, object, path, how, liveEdit }: Reach): unknown {
  return {
    environment,
    application,
    object: objectJson(object),
    path,
    how,
    liveEdit: liveEdit && pathJson(object, liveEdit),
  };
}

/** Two spaces, a newline at the end; undefined fields are left out. */
export function write(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Counts by severity, and what each is: place, rule, who left it out and why. */
function suppressedJson(suppressed: readonly SuppressedFinding[]): unknown {
  const count = (wanted: Severity) =>
    suppressed.filter(({ finding: { severity } }) => severity === wanted).length;
  return {
    error: count('error'),
    warning: count('warning'),
    information: count('information'),
    findings: suppressed.map(({ finding, by, reason }) => {
      const { rule, severity, file, line, column } = finding;
      return { rule, severity, file, line, column, by, reason };
    }),
  };
}

function findingJson(finding: Finding): unknown {
  const { rule, severity, file, line, column, endLine, endColumn } = finding;
  const { message, path, object, environments, fix, source, related, mends } = finding;
  return {
    rule,
    severity,
    file,
    line,
    column,
    endLine,
    endColumn,
    message,
    path,
    object: object && objectJson(object),
    environments,
    fix,
    source,
    related,
    mends,
  };
}

export function notCheckedJson({ place, reason, object, environment }: NotChecked): unknown {
  return {
    file: place?.file,
    line: place?.line,
    reason,
    object: object && objectJson(object),
    environment,
  };
}

function environmentJson(environment: EnvironmentDrift, { all }: { all?: boolean }): unknown {
  const { name, cluster, revision, branch, deployed, engine, results, notChecked } = environment;
  const { context, server, uid, version, snapshot } = cluster;
  return {
    name,
    cluster: { context, server, uid, version, snapshot },
    revision,
    branch,
    deployed,
    engine,
    counts: countStates([environment]),
    objects: results.filter(({ state }) => all || state !== 'synced').map(resultJson),
    notChecked: notChecked.map(notCheckedJson),
  };
}

function resultJson(result: DriftResult): unknown {
  const { resource, state, confirmed, reason, recreate, equivalent, cause, source } = result;
  return {
    object: objectJson(resource),
    state,
    confirmed,
    reason,
    recreate: recreate ?? false,
    equivalent: equivalent ?? false,
    cause,
    source: source && { file: source.file, line: source.line },
    paths: result.paths.map(path => pathJson(resource, path)),
    extra: result.extra,
    notes: result.notes,
  };
}

export function pathJson(resource: Resource, path: DriftPath): unknown {
  const { kind, desired, live, becomes, consequence, equivalent, by, cause, source, sourceText } =
    maskPath(resource, path);
  return {
    path: path.path,
    kind,
    desired,
    live,
    becomes,
    consequence,
    equivalent,
    by,
    cause,
    source: source && { file: source.file, line: source.line, column: source.column },
    sourceText,
  };
}

function fieldJson(object: Resource, field: TracedField): unknown {
  const { path, value, file, line, column, via, how } = field;
  return {
    path,
    value: isSecret(object, path) ? masked : value,
    file,
    line,
    column,
    via,
    how,
  };
}

/** The fields of a name in the order of the contract, nothing else that may hang on the value. */
export function objectJson({ group, version, kind, namespace, name }: Resource): Resource {
  return { group, version, kind, namespace, name };
}
