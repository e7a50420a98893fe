import type { IgnoreRule } from '../model/drift.ts';
import { argoRule, fluxRule } from '../model/ignore-rules.ts';
import type { JsonObject } from '../model/resource.ts';
import { placeText } from '../model/source.ts';
import type { DeployedObject } from './context.ts';

/** Flux' `ignore` (Kustomization) and `driftDetection.ignore` (HelmRelease). */
export function fluxIgnoreRules(
  entries: readonly JsonObject[],
  from: DeployedObject,
): IgnoreRule[] {
  return entries.map(entry => fluxRule(entry, placeText(from.source)));
}

/** Argo CD's `ignoreDifferences` of an Application. */
export function argoIgnoreRules(
  entries: readonly JsonObject[],
  from: DeployedObject,
): IgnoreRule[] {
  return entries.map(entry => argoRule(entry, placeText(from.source)));
}
