import type { DriftReport, EnvironmentDrift, ValidateReport } from '../../core/actions/reports.ts';
import type { DriftResult } from '../../core/model/drift.ts';
import type { Finding, NotChecked } from '../../core/model/finding.ts';
import { resourceText } from '../../core/model/resource.ts';
import { placeText } from '../../core/model/source.ts';
import { changeText, ownersText, remarks } from '../../core/words/change.ts';
import { safeFindings } from '../../core/words/safe-findings.ts';
import { shortPaths } from '../../core/words/short-path.ts';
import { isDrift, isOpen, quantity } from '../../core/words/states.ts';
import { objectRemarks } from './drift-object.ts';
import { spokenOf } from './states.ts';
import { type Element, xmlDocument } from './xml.ts';

/**
 * JUnit's XML as CI servers read it: a suite per environment, a case per object. Drift fails a case;
 * what was not checked is skipped with its reason, never passed.
 */
export function driftJunit({ environments, elapsedMs }: DriftReport): string {
  return suites(environments.map(environmentSuite), elapsedMs);
}

/**
 * A suite per file, a case per finding; only errors fail. A file without findings has no suite: that
 * everything was looked at is a case of its own.
 */
export function validateJunit(report: ValidateReport): string {
  const { findings, checked, notChecked, elapsedMs } = report;
  const files = Map.groupBy(safeFindings(findings), ({ file }) => file);
  const size = `${quantity(checked.objects, 'object')} in ${quantity(checked.files, 'file')}`;
  const open = notChecked.map(entry => notCheckedCase(entry, 'validate'));
  return suites(
    [
      suite('validate', [testcase({ name: `checked ${size}`, classname: 'validate' }), ...open]),
      ...[...files].map(([file, found]) => suite(file, found.map(findingCase))),
    ],
    elapsedMs,
  );
}

function environmentSuite({ name, results, notChecked }: EnvironmentDrift): Element {
  return suite(name, [
    ...results.map(result => resultCase(result, name)),
    ...notChecked.map(entry => notCheckedCase(entry, name)),
  ]);
}

function resultCase(result: DriftResult, environment: string): Element {
  const { resource, state, source } = result;
  const text = [...objectRemarks(result), ...fieldTexts(result)].join('\n');
  const message = `${resourceText(resource)} is ${spokenOf(result).word}`;
  const place = source && { file: source.file, line: source.line };
  const attributes = { name: resourceText(resource), classname: environment, ...place };
  if (isDrift(result))
    return testcase(attributes, {
      name: 'failure',
      attributes: { message, type: state },
      children: text === '' ? message : text,
    });
  if (isOpen(state) || state === 'skipped')
    return testcase(attributes, {
      name: 'skipped',
      attributes: { message: result.reason ?? message },
    });
  const said = state === 'synced' ? text : [message, text].filter(part => part !== '').join('\n');
  return testcase(attributes, ...(said === '' ? [] : [{ name: 'system-out', children: said }]));
}

function fieldTexts({ resource, paths }: DriftResult): string[] {
  const names = shortPaths(paths.map(({ path }) => path));
  return paths.map(path => {
    const { desired, live } = changeText(resource, path);
    const place = path.source === undefined ? '' : placeText(path.source);
    const about = [ownersText(path.by), ...remarks(path, resource), place];
    const said = about.filter(part => part !== '').map(part => `; ${part}`);
    return `${names.get(path.path)}: ${desired} → ${live}${said.join('')}`;
  });
}

function findingCase(finding: Finding): Element {
  const { file, line, column, rule, severity, message, fix, environments, related = [] } = finding;
  const others = related.map(place => `${placeText(place)}: ${place.message}`);
  const text = [
    ...[`${file}:${line}:${column}`, message, ...(fix ? [fix] : [])],
    ...[...others, ...environments],
  ];
  const said = text.join('\n');
  const body: Element =
    severity === 'error'
      ? { name: 'failure', attributes: { message, type: rule }, children: said }
      : { name: 'system-out', children: `${severity}: ${said}` };
  return testcase({ name: `${rule} at ${line}:${column}`, classname: file, file, line }, body);
}

function notCheckedCase(
  { reason, place, object, environment }: NotChecked,
  suite: string,
): Element {
  const name = object ? resourceText(object) : place ? placeText(place) : (environment ?? suite);
  return testcase(
    { name, classname: suite, file: place?.file, line: place?.line },
    { name: 'skipped', attributes: { message: `not checked: ${reason}` } },
  );
}

function testcase(attributes: Element['attributes'], ...children: Element[]): Element {
  return { name: 'testcase', attributes, children };
}

function suite(name: string, cases: readonly Element[]): Element {
  return { name: 'testsuite', attributes: { name, ...counted(cases), errors: 0 }, children: cases };
}

function suites(all: readonly Element[], elapsedMs: number): string {
  const { tests, failures } = counted(all.flatMap(elementsIn));
  const time = (elapsedMs / 1000).toFixed(3);
  return xmlDocument({
    name: 'testsuites',
    attributes: { name: 'driftline', tests, failures, errors: 0, time },
    children: all,
  });
}

function counted(cases: readonly Element[]): { tests: number; failures: number; skipped: number } {
  const having = (name: string) =>
    cases.filter(one => elementsIn(one).some(child => child.name === name)).length;
  return { tests: cases.length, failures: having('failure'), skipped: having('skipped') };
}

function elementsIn({ children = [] }: Element): readonly Element[] {
  return typeof children === 'string' ? [] : children;
}
