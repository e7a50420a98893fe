import type { IgnoreRule } from '../model/drift.ts';
import type { JsonObject } from '../model/resource.ts';
import { placeText } from '../model/source.ts';
import type { DeployedObject } from './context.ts';
import { objectAt, textAt, textsAt } from './fields.ts';

/** Flux' `ignore` (Kustomization) and `driftDetection.ignore` (HelmRelease): pointers, with anchored regular expressions for the target. */
export function fluxIgnoreRules(
  entries: readonly JsonObject[],
  from: DeployedObject,
): IgnoreRule[] {
  const origin = placeText(from.source);
  return entries.map(entry => {
    const target = objectAt(entry, 'target') ?? {};
    const patterns = ['group', 'kind', 'namespace', 'name'].map(field => textAt(target, field));
    const globs = patterns.map(pattern => (pattern ? globOf(pattern) : undefined));
    const odd = patterns.find((pattern, at) => pattern && globs[at] === undefined);
    const selector = ['version', 'labelSelector', 'annotationSelector'].find(field =>
      textAt(target, field),
    );
    const unclear = odd ?? selector;
    const [group, kind, namespace, name] = globs;
    const pointers = unclear === undefined ? textsAt(entry, 'paths') : [];
    return { group, kind, namespace, name, pointers, unclear, origin };
  });
}

/** An anchored regular expression as a glob, where it is no more than names and `.*`. */
function globOf(pattern: string): string | undefined {
  const glob = pattern.replace(/^\^|\$$/g, '').replaceAll('.*', '*');
  return /^[A-Za-z0-9*_-]*(\.[A-Za-z0-9*_-]+)*$/.test(glob) ? glob : undefined;
}

/** Argo CD's `ignoreDifferences`: pointers, and jq paths where they are plain paths. */
export function argoIgnoreRules(
  entries: readonly JsonObject[],
  from: DeployedObject,
): IgnoreRule[] {
  const origin = placeText(from.source);
  const scope = (entry: JsonObject, field: string) => textAt(entry, field) || undefined;
  return entries.map(entry => {
    const expressions = textsAt(entry, 'jqPathExpressions');
    const odd = expressions.find(expression => pointerOf(expression) === undefined);
    const managers = textsAt(entry, 'managedFieldsManagers');
    return {
      group: textAt(entry, 'group') ?? '',
      kind: scope(entry, 'kind'),
      namespace: scope(entry, 'namespace'),
      name: scope(entry, 'name'),
      pointers: [
        ...textsAt(entry, 'jsonPointers'),
        ...expressions.flatMap(expression => pointerOf(expression) ?? []),
      ],
      unclear:
        odd ?? (managers.length > 0 ? `managedFieldsManagers ${managers.join(', ')}` : undefined),
      origin,
    };
  });
}

/** `.spec.template["a/b"][0]` as an RFC 6901 pointer; undefined for any other jq. */
function pointerOf(expression: string): string | undefined {
  const step = /\.?\["((?:[^"\\])+)"\]|\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]/y;
  let pointer = '';
  let at = 0;
  while (at < expression.length) {
    step.lastIndex = at;
    const match = step.exec(expression);
    if (!match) return undefined;
    const name = match[1] ?? match[2] ?? match[3] ?? '';
    pointer += `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    at = step.lastIndex;
  }
  return pointer === '' ? undefined : pointer;
}
