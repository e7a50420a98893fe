import type { IgnoreRule } from './drift.ts';
import { objectAt, textAt, textsAt } from './fields.ts';
import type { JsonObject } from './resource.ts';

/** Pointers, and a target of anchored regular expressions and selectors in which an empty text is any. */
export function fluxRule(entry: JsonObject, origin: string): IgnoreRule {
  const target = objectAt(entry, 'target');
  const said = (field: string) => textAt(target, field) || undefined;
  return {
    group: said('group'),
    version: said('version'),
    kind: said('kind'),
    namespace: said('namespace'),
    name: said('name'),
    matching: 'regex',
    labels: said('labelSelector'),
    annotations: said('annotationSelector'),
    pointers: textsAt(entry, 'paths'),
    origin,
  };
}

/**
 * One of Argo CD's rules: group and kind are globs, an absent group is the core group; name and namespace are
 * exact, and empty ones any.
 */
export function argoRule(entry: JsonObject, origin: string): IgnoreRule {
  const { pointers, ...rule } = differences(entry, origin);
  // A pointer to the whole object removes nothing there: it is an error that is passed over.
  return {
    ...rule,
    pointers: pointers.filter(pointer => pointer !== ''),
    group: textAt(entry, 'group') ?? '',
    kind: textAt(entry, 'kind') ?? '',
    matching: 'argo',
  };
}

/**
 * The rules of `resource.customizations.ignoreDifferences.<scope>` in argocd-cm: `group/kind`, the kind alone
 * for the core group, globs in both; `all` is any.
 */
export function overrideRules(scope: string, entry: JsonObject, origin: string): IgnoreRule[] {
  const parts = scope === 'all' ? ['*', '*'] : scope.split('/');
  const [group, kind] = parts.length === 1 ? ['', parts[0] ?? ''] : parts;
  if (parts.length > 2 || group === undefined || kind === undefined) return [];
  return [argoRule({ ...entry, group, kind, name: '', namespace: '' }, origin)];
}

/**
 * The shape that Argo CD and driftline.yaml share; what names no group, kind, namespace or name is
 * about any.
 */
export function differences(entry: JsonObject, origin: string): IgnoreRule {
  const said = (field: string) => textAt(entry, field) || undefined;
  return {
    group: said('group'),
    kind: said('kind'),
    namespace: said('namespace'),
    name: said('name'),
    pointers: textsAt(entry, 'jsonPointers'),
    jq: textsAt(entry, 'jqPathExpressions'),
    managers: textsAt(entry, 'managedFieldsManagers'),
    origin,
  };
}
