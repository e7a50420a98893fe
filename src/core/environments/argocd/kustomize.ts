import type { SingleSource } from '../../model/environment.ts';
import { objectAt } from '../../model/fields.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { DeployedObject } from '../context.ts';
import { buildEnvironment } from './build-environment.ts';
import { type ArgoSource, isSet } from './source.ts';

/** Options that say how kustomize is started, not what it makes. */
const withoutEffect = ['version', 'kubeVersion', 'apiVersions'];

/** The build of a folder with what the source's `kustomize` adds. */
export function argoKustomizeSource(
  application: DeployedObject,
  source: ArgoSource,
  path: string,
): SingleSource {
  const entries = Object.entries(objectAt(source.value, 'kustomize') ?? {});
  const options = Object.fromEntries(
    entries.filter(([name, value]) => !withoutEffect.includes(name) && isSet(value)),
  );
  if (Object.keys(options).length === 0) return { kind: 'kustomize', path };
  const problems: string[] = [];
  const substitute = buildEnvironment(application, source.value);
  const fill = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(fill);
    if (isObject(value))
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item)]));
    if (typeof value !== 'string') return value;
    const filled = substitute(value);
    if ('text' in filled) return filled.text;
    problems.push(filled.reason);
    return value;
  };
  for (const name of filledIn(options)) options[name] = fill(options[name] ?? null);
  const [problem] = problems;
  if (problem !== undefined)
    return { kind: 'unresolved', reason: `of its kustomize options one is not known: ${problem}` };
  return {
    kind: 'kustomize',
    path,
    argocd: { options, place: source.locate(['kustomize']) },
  };
}

/** The options in which Argo CD fills in its build environment. */
function filledIn(options: JsonObject): string[] {
  const names = ['images', 'commonLabels'];
  if (options.commonAnnotationsEnvsubst === true) names.push('commonAnnotations');
  return names.filter(name => options[name] !== undefined);
}
