import type {
  ChartReference,
  HelmSet,
  MissingPath,
  SingleSource,
  ValuesSource,
} from '../../model/environment.ts';
import { objectAt, objectsAt, textAt, textsAt, valueAt } from '../../model/fields.ts';
import type { DeployedObject, DiscoveryContext } from '../context.ts';
import { parseValues } from '../inline-values.ts';
import { buildEnvironment } from './build-environment.ts';
import type { ArgoSource } from './source.ts';
import { type FileLookup, filePath, valueFiles } from './value-files.ts';

/** A folder of the repository, or a chart that is elsewhere. */
export type ArgoChart = { path: string } | { chart: ChartReference };

/**
 * The release that a source with a chart makes, its values in the order in which Argo CD gives them to Helm:
 * files, values written inline, parameters (argo-cd v3.5.7, helmTemplate).
 */
export function argoHelmSource(
  context: DiscoveryContext,
  application: DeployedObject,
  source: ArgoSource,
  siblings: readonly ArgoSource[],
  chart: ArgoChart,
): SingleSource {
  const helm = objectAt(source.value, 'helm');
  const folder = 'path' in chart ? chart.path : undefined;
  const substitute = buildEnvironment(application, source.value);
  const lookup = { context, source, folder, siblings, substitute };
  const values: ValuesSource[] = [];
  for (const found of [
    filesOf(lookup),
    inlineValues(source),
    parameters(lookup),
    fileParameters(lookup),
  ])
    if ('reason' in found) return { kind: 'unresolved', ...found };
    else values.push(...found);
  const { value, resource } = application;
  const apiVersions = textsAt(helm, 'apiVersions');
  return {
    kind: 'helm',
    path: folder ?? '',
    ...('chart' in chart ? { chart: chart.chart } : {}),
    release: textAt(helm, 'releaseName') || resource.name,
    namespace:
      textAt(helm, 'namespace') || textAt(value, 'spec', 'destination', 'namespace') || 'default',
    values,
    includeCrds: valueAt(helm, 'skipCrds') !== true,
    ...(valueAt(helm, 'skipTests') === true ? { skipTests: true } : {}),
    ...(valueAt(helm, 'skipSchemaValidation') === true ? { skipSchema: true } : {}),
    kubeVersion: versionOf(textAt(helm, 'kubeVersion')),
    apiVersions,
  };
}

/** Argo CD gives Helm the numbers only: `v1.33.4-eks-1` is `1.33.4`. */
function versionOf(text: string | undefined): string | undefined {
  return /^v?(\d+(?:\.\d+)+)/.exec(text ?? '')?.[1];
}

type Found = ValuesSource[] | { reason: string; missing?: MissingPath };

function filesOf(lookup: FileLookup): Found {
  const files = valueFiles(lookup);
  return 'reason' in files ? files : files.map(path => ({ kind: 'file', path }));
}

/** `valuesObject` wins over the text in `values`. */
function inlineValues(source: ArgoSource): Found {
  const object = objectAt(source.value, 'helm', 'valuesObject');
  if (object)
    return [{ kind: 'inline', values: object, place: source.locate(['helm', 'valuesObject']) }];
  const text = textAt(source.value, 'helm', 'values');
  if (text === undefined || text.trim() === '') return [];
  const values = parseValues(text);
  return values
    ? [{ kind: 'inline', values, place: source.locate(['helm', 'values']) }]
    : { reason: 'its helm.values cannot be read' };
}

/** `--set` before `--set-string`; of one name the last. */
function parameters({ source, substitute }: FileLookup): Found {
  const values = new Map<string, ValuesSource>();
  for (const [at, parameter] of objectsAt(source.value, 'helm', 'parameters').entries()) {
    const name = textAt(parameter, 'name') ?? '';
    const as: HelmSet = parameter.forceString === true ? 'string' : 'set';
    const filled = substitute(textAt(parameter, 'value') ?? '');
    if ('reason' in filled)
      return { reason: `its Helm parameter ${name} is not known: ${filled.reason}` };
    const text = `${name}=${escaped(filled.text)}`;
    const place = source.locate(['helm', 'parameters', at, 'value']);
    values.set(`${as} ${name}`, { kind: 'set', text, as, place });
  }
  const all = [...values.values()];
  return [...all.filter(isTyped), ...all.filter(value => !isTyped(value))];
}

function isTyped(value: ValuesSource): boolean {
  return value.kind === 'set' && value.as === 'set';
}

function fileParameters(lookup: FileLookup): Found {
  const values = new Map<string, ValuesSource>();
  const { source } = lookup;
  for (const [at, parameter] of objectsAt(source.value, 'helm', 'fileParameters').entries()) {
    const name = textAt(parameter, 'name') ?? '';
    const written = textAt(parameter, 'path') ?? '';
    const file = filePath(lookup, written);
    if ('reason' in file)
      return { reason: `the file ${written} of its Helm parameter ${name} ${file.reason}` };
    const text = `${name}=${escaped(file.path)}`;
    const place = source.locate(['helm', 'fileParameters', at, 'path']);
    values.set(name, { kind: 'set', text, as: 'file', place });
  }
  return [...values.values()];
}

/** Commas would begin another value, but in `{a,b}`. */
function escaped(text: string): string {
  return /^\{.*\}$/s.test(text) ? text : text.replace(/(?<!\\),/g, '\\,');
}
