import type { ArgoKustomize, SingleSource } from '../../model/environment.ts';
import { objectAt, textAt } from '../../model/fields.ts';
import type { Pointer } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import type { DeployedObject, DiscoveryContext } from '../context.ts';
import { writtenOfKind } from '../written.ts';
import { buildEnvironment, type Substituted } from './build-environment.ts';
import { type ArgoSource, isSet } from './source.ts';

/** Options that say how kustomize is started, not what it makes. */
const withoutEffect = ['version', 'kubeVersion', 'apiVersions'];

/** The build of a folder with what the source's `kustomize` adds. */
export function argoKustomizeSource(
  context: DiscoveryContext,
  application: DeployedObject,
  source: ArgoSource,
  path: string,
): SingleSource {
  const entries = Object.entries(objectAt(source.value, 'kustomize') ?? {});
  const options = Object.fromEntries(
    entries.filter(([name, value]) => !withoutEffect.includes(name) && isSet(value)),
  );
  const anyFile = readsAnyFile(context);
  if (Object.keys(options).length === 0 && !anyFile) return { kind: 'kustomize', path };
  const places = otherPlaces(source, options);
  const problem = fillIn(options, buildEnvironment(application, source.value));
  if (problem !== undefined)
    return { kind: 'unresolved', reason: `of its kustomize options one is not known: ${problem}` };
  const argocd: ArgoKustomize = { options, place: source.locate(['kustomize']) };
  if (Object.keys(places).length > 0) argocd.places = places;
  if (anyFile) argocd.anyFile = true;
  return { kind: 'kustomize', path, argocd };
}

/** Replaces the variables in the options; the answer is why one cannot be. */
function fillIn(
  options: JsonObject,
  substitute: (text: string) => Substituted,
): string | undefined {
  let problem: string | undefined;
  const fill = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(fill);
    if (isObject(value))
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item)]));
    if (typeof value !== 'string') return value;
    const filled = substitute(value);
    if ('text' in filled) return filled.text;
    problem ??= filled.reason;
    return value;
  };
  for (const name of filledIn(options)) options[name] = fill(options[name] ?? null);
  return problem;
}

/** Where the options stand that are not in the file of the others. */
function otherPlaces(source: ArgoSource, options: JsonObject): Record<string, Place> {
  const { file } = source.locate(['kustomize']);
  const places: Record<string, Place> = {};
  const visit = (value: Json, pointer: Pointer): void => {
    if (Array.isArray(value))
      for (const [at, item] of value.entries()) visit(item, [...pointer, at]);
    else if (isObject(value))
      for (const [key, item] of Object.entries(value)) visit(item, [...pointer, key]);
    else {
      const place = source.locate(['kustomize', ...pointer]);
      const known = !('how' in place) || place.how === 'exact' || place.how === 'transformed';
      if (known && place.file !== file)
        places[pointerText(pointer)] = { file: place.file, line: place.line, column: place.column };
    }
  };
  visit(options, []);
  return places;
}

/** RFC 6901. */
function pointerText(pointer: Pointer): string {
  return pointer
    .map(step => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** What Argo CD's settings say of all builds, where they stand in the repository. */
function readsAnyFile({ index }: DiscoveryContext): boolean {
  const settings = writtenOfKind(index, '', 'ConfigMap').filter(
    ({ resource }) => resource.name === 'argocd-cm',
  );
  const options = settings.map(({ value }) => textAt(value, 'data', 'kustomize.buildOptions'));
  return (
    options.length > 0 && options.every(text => text?.includes('LoadRestrictionsNone') === true)
  );
}

/** The options in which Argo CD fills in its build environment. */
function filledIn(options: JsonObject): string[] {
  const names = ['images', 'commonLabels'];
  if (options.commonAnnotationsEnvsubst === true) names.push('commonAnnotations');
  return names.filter(name => options[name] !== undefined);
}
