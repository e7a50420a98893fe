import { jsonOf } from '../../manifests/locate.ts';
import { baseName, folderOf } from '../../manifests/paths.ts';
import type { RepositoryIndex } from '../../manifests/repository-index.ts';
import type { Pointer } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { KindType } from '../../schemas/type.ts';
import type { Across } from '../across.ts';
import { rangeInDocument } from '../places/place.ts';
import { goType } from '../structure/go-types.ts';
import { checkStructure } from '../structure/structural.ts';
import type { Violation } from '../violation.ts';
import { chartTypes } from './types.ts';

const chartKind: KindType = {
  type: goType('Metadata', chartTypes),
  origin: 'bundled',
  namespaced: false,
  builtin: true,
  hasStatusSubresource: false,
};

/**
 * What Helm refuses in a Chart.yaml when it loads the chart (helm.sh/helm/v4, chart/v2, Metadata.Validate), and what
 * `helm lint` calls an error there.
 */
export const checkChartFiles: Across = ({ checks }) => {
  const { index, only } = checks.input;
  for (const file of only === undefined
    ? index.files()
    : [index.file(only)].flatMap(each => each ?? [])) {
    if (baseName(file.path) !== 'Chart.yaml') continue;
    const [document] = file.parsed.documents;
    const value = document?.root && jsonOf(document.root);
    if (!document || !isObject(value) || !isChart(index, file.path, value)) continue;
    for (const { rule, severity, message, pointer, on, fix } of violationsOf(
      value,
      hasTemplates(index, file.path),
    ))
      checks.findings.add({
        rule,
        severity,
        message,
        file: file.path,
        environments: [],
        ...rangeInDocument(file.parsed, document, pointer, on),
        ...(fix !== undefined && { fix }),
      });
  }
};

/** Chart.yaml is a name that others may use, too. */
function isChart(index: RepositoryIndex, path: string, { apiVersion, dependencies }: JsonObject) {
  const folder = folderOf(path);
  const inside = (name: string) => index.isListed(folder === '' ? name : `${folder}/${name}`);
  return (
    apiVersion === 'v1' ||
    apiVersion === 'v2' ||
    dependencies !== undefined ||
    inside('values.yaml')
  );
}

/** False for what only brings other charts together. */
function hasTemplates(index: RepositoryIndex, path: string): boolean {
  const folder = path.replace(/Chart\.yaml$/, 'templates/');
  return index.files().some(file => file.path.startsWith(folder));
}

function violationsOf(value: JsonObject, hasTemplates: boolean): Violation[] {
  const structural = checkStructure(value, chartKind).flatMap(toHelm);
  return [
    ...structural,
    ...identity(value, hasTemplates),
    ...kinds(value),
    ...dependenciesOf(value),
  ];
}

/** Helm reads numbers and booleans as texts, and passes over names that it does not know; `helm lint` does not. */
function toHelm(violation: Violation): Violation[] {
  const { rule, message } = violation;
  if (rule === 'unknown-field') return [{ ...violation, severity: 'warning' }];
  if (rule !== 'wrong-type') return [];
  return / must be a string.*not the (?:number|boolean) /.test(message) ? [] : [violation];
}

/** As Masterminds/semver reads one: parts may be missing. */
const version =
  /^v?\d+(?:\.\d+){0,2}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

function identity(value: JsonObject, hasTemplates: boolean): Violation[] {
  const found: Violation[] = [];
  for (const name of ['name', 'version'])
    if (isEmpty(value[name])) {
      const message = `${name} is required in Chart.yaml: Helm refuses the chart.`;
      found.push({
        rule: 'missing-required',
        severity: 'error',
        pointer: [name],
        on: 'key',
        message,
      });
    }
  const { apiVersion, name, version: own } = value;
  if (isEmpty(apiVersion))
    found.push({
      rule: 'missing-required',
      severity: hasTemplates ? 'warning' : 'information',
      pointer: ['apiVersion'],
      on: 'key',
      message:
        'apiVersion is missing in Chart.yaml: Helm takes v1 for it, and helm lint refuses it.',
    });
  if (
    typeof apiVersion === 'string' &&
    apiVersion !== '' &&
    !['v1', 'v2', 'v3'].includes(apiVersion)
  )
    found.push(
      invalid(['apiVersion'], `apiVersion of a chart must be v2 (or v1), not ${apiVersion}`),
    );
  if (typeof name === 'string' && (name.includes('/') || name === '.' || name === '..'))
    found.push(invalid(['name'], `The name of a chart must not be a path: ${name}`));
  if (!isEmpty(own) && typeof own !== 'object' && !version.test(String(own)))
    found.push(
      invalid(
        ['version'],
        `version of a chart must be a semantic version such as 1.2.0, not ${own}`,
      ),
    );
  return found;
}

function kinds({ type, apiVersion, dependencies }: JsonObject): Violation[] {
  const found: Violation[] = [];
  if (typeof type === 'string' && !['', 'application', 'library'].includes(type))
    found.push(invalid(['type'], `type of a chart must be application or library, not ${type}`));
  if (apiVersion === 'v1' && Array.isArray(dependencies) && dependencies.length > 0)
    found.push(
      invalid(
        ['dependencies'],
        'dependencies need apiVersion v2; with v1 they are in requirements.yaml',
        'key',
      ),
    );
  return found;
}

function dependenciesOf({ dependencies }: JsonObject): Violation[] {
  if (!Array.isArray(dependencies)) return [];
  const known = new Map<string, number>();
  return dependencies.flatMap((dependency, index): Violation[] => {
    if (!isObject(dependency))
      return [
        invalid(['dependencies', index], 'A dependency of a chart must be a map with a name'),
      ];
    const { name, alias } = dependency;
    const key = String(isEmpty(alias) ? name : alias);
    const at = isEmpty(alias) ? 'name' : 'alias';
    if (isEmpty(name)) {
      const pointer: Pointer = ['dependencies', index, 'name'];
      const message = 'name is required of every dependency: Helm refuses the chart.';
      return [{ rule: 'missing-required', severity: 'error', pointer, on: 'key', message }];
    }
    if (known.has(key))
      return [
        invalid(
          ['dependencies', index, at],
          `Another dependency is called ${key} as well: give one an alias`,
        ),
      ];
    known.set(key, index);
    if (typeof alias === 'string' && !/^[\w-]*$/.test(alias))
      return [
        invalid(
          ['dependencies', index, 'alias'],
          'An alias may have letters, digits, _ and - only',
        ),
      ];
    return [];
  });
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '';
}

function invalid(pointer: Pointer, message: string, on: 'key' | 'value' = 'value'): Violation {
  return { rule: 'chart-file', severity: 'error', pointer, on, message: `${message}.` };
}
