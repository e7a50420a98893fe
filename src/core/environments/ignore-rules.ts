import type { IgnoreRule } from '../model/drift.ts';
import { objectAt, textAt, textsAt } from '../model/fields.ts';
import type { JsonObject } from '../model/resource.ts';
import { placeText } from '../model/source.ts';
import type { DeployedObject } from './context.ts';

/**
 * Flux' `ignore` (Kustomization) and `driftDetection.ignore` (HelmRelease): pointers, and a target
 * of regular expressions and selectors in which an empty text is any.
 */
export function fluxIgnoreRules(
  entries: readonly JsonObject[],
  from: DeployedObject,
): IgnoreRule[] {
  return entries.map(entry => {
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
      origin: placeText(from.source),
    };
  });
}

/**
 * Argo CD's `ignoreDifferences`: an absent group is the core group, an empty name or namespace any.
 */
export function argoIgnoreRules(
  entries: readonly JsonObject[],
  from: DeployedObject,
): IgnoreRule[] {
  return entries.map(entry => ({
    ...differences(entry, placeText(from.source)),
    group: textAt(entry, 'group') ?? '',
  }));
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
