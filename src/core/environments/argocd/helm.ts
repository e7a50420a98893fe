import { resolveReference } from '../../manifests/paths.ts';
import type { RenderSource, ValuesSource } from '../../model/environment.ts';
import { objectAt, objectsAt, textAt, textsAt, valueAt } from '../../model/fields.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import type { DeployedObject, DiscoveryContext } from '../context.ts';
import { parseValues } from '../inline-values.ts';
import { setValue } from './helm-set.ts';

export interface ArgoSource {
  source: JsonObject;
  /** Where the source stands in the Application. */
  pointer: (string | number)[];
  /** Folder from the repository's root. */
  path: string;
  /** All sources of the Application: value files may name another's `ref`. */
  siblings: readonly JsonObject[];
}

/**
 * The release that a source with a chart makes, its values in Argo CD's order: files, `values`,
 * parameters.
 */
export function argoHelmSource(
  context: DiscoveryContext,
  application: DeployedObject,
  argo: ArgoSource,
): RenderSource {
  const helm = objectAt(argo.source, 'helm');
  const files = valueFiles(context, argo, helm);
  if (typeof files === 'string') return { kind: 'unresolved', reason: files };
  const inline = inlineValues(application, argo, helm);
  if (typeof inline === 'string') return { kind: 'unresolved', reason: inline };
  const parameters = parameterValues(application, argo, helm);
  if (typeof parameters === 'string') return { kind: 'unresolved', reason: parameters };
  const { value, resource } = application;
  return {
    kind: 'helm',
    path: argo.path,
    release: textAt(helm, 'releaseName') || resource.name,
    namespace:
      textAt(helm, 'namespace') || textAt(value, 'spec', 'destination', 'namespace') || 'default',
    values: [...files, ...inline, ...parameters],
    includeCrds: valueAt(helm, 'skipCrds') !== true,
    kubeVersion: textAt(helm, 'kubeVersion') || undefined,
    apiVersions: textsAt(helm, 'apiVersions'),
  };
}

function valueFiles(
  context: DiscoveryContext,
  { path, siblings }: ArgoSource,
  helm: JsonObject | undefined,
): ValuesSource[] | string {
  const values: ValuesSource[] = [];
  for (const file of textsAt(helm, 'valueFiles')) {
    const found = valueFile(context, path, siblings, file);
    if ('reason' in found) return found.reason;
    if (context.index.file(found.path)) values.push({ kind: 'file', path: found.path });
    else if (valueAt(helm, 'ignoreMissingValueFiles') !== true)
      return `its values file ${file} is not in the repository`;
  }
  return values;
}

/**
 * `$ref/...` is from the root of the source of that name, `/...` from the repository's, others from
 * the chart.
 */
function valueFile(
  context: DiscoveryContext,
  path: string,
  siblings: readonly JsonObject[],
  file: string,
): { path: string } | { reason: string } {
  const outside = { reason: `its values file ${file} is not in the repository` };
  if (/^\w+:\/\//.test(file) || /[*?[]/.test(file))
    return { reason: `its values file ${file} is not read here` };
  const reference = /^\$([^/]+)\/(.*)$/.exec(file);
  if (!reference) {
    const found = resolveReference(file.startsWith('/') ? '' : path, `./${file}`);
    return found === undefined ? outside : { path: found };
  }
  const source = siblings.find(sibling => textAt(sibling, 'ref') === reference[1]);
  const isOurs =
    source !== undefined &&
    context.isThisRepository(textAt(source, 'repoURL') ?? '') &&
    context.isThisRevision(textAt(source, 'targetRevision'));
  const found = resolveReference('', `./${reference[2]}`);
  return isOurs && found !== undefined ? { path: found } : outside;
}

/** `valuesObject` wins over the text in `values`. */
function inlineValues(
  application: DeployedObject,
  { pointer }: ArgoSource,
  helm: JsonObject | undefined,
): ValuesSource[] | string {
  const place = (field: string): Place => application.locate([...pointer, 'helm', field]);
  const object = objectAt(helm, 'valuesObject');
  if (object) return [{ kind: 'inline', values: object, place: place('valuesObject') }];
  const text = textAt(helm, 'values');
  if (text === undefined || text.trim() === '') return [];
  const values = parseValues(text);
  return values
    ? [{ kind: 'inline', values, place: place('values') }]
    : 'its helm.values cannot be read';
}

/** Parameters are Helm's `--set` and `--set-string`; they win over all values. */
function parameterValues(
  application: DeployedObject,
  { pointer }: ArgoSource,
  helm: JsonObject | undefined,
): ValuesSource[] | string {
  if (objectsAt(helm, 'fileParameters').length > 0)
    return 'its helm.fileParameters are not read here';
  const values: ValuesSource[] = [];
  for (const [at, parameter] of objectsAt(helm, 'parameters').entries()) {
    const name = textAt(parameter, 'name') ?? '';
    const text = textAt(parameter, 'value') ?? '';
    const set = setValue({}, name, text, parameter.forceString === true);
    if (!set) return `its Helm parameter ${name} is not understood`;
    const place = application.locate([...pointer, 'helm', 'parameters', at]);
    values.push({ kind: 'inline', values: set, place });
  }
  return values;
}
