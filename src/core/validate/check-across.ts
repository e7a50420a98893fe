import type { Across, Scope } from './across.ts';
import { checkArgo } from './argocd/index.ts';
import { chartChecks } from './charts/index.ts';
import type { Checks } from './checks.ts';
import type { Final } from './finals.ts';
import { checkFlux } from './flux/index.ts';
import { checkIdentities } from './identities/identities.ts';
import { kustomizationChecks } from './kustomization/index.ts';
import { checkMissingPaths } from './missing-paths.ts';
import { checkPolicies } from './policies/policies.ts';
import { checkReferences } from './references/references.ts';
import { checkDisruptionBudgets } from './rules/no-disruption-budget.ts';
import { checkSops } from './sops/index.ts';

/** All of them: to add one, write it in a folder or file of its own and add it here. */
export const across: readonly Across[] = [
  checkMissingPaths,
  checkFlux,
  checkArgo,
  checkSops,
  ...kustomizationChecks,
  ...chartChecks,
  checkDisruptionBudgets,
  checkReferences,
  checkIdentities,
  checkPolicies,
];

/** Runs them in turn. A finding may be in any file: who asked for one file leaves the others out. */
export async function checkAcross(checks: Checks, finals: readonly Final[]): Promise<void> {
  const { rendered, environments = [], only } = checks.input;
  const reached = rendered.filter(({ reads }) => only === undefined || reads.includes(only));
  const names = new Set(reached.map(({ environment }) => environment));
  const scope: Scope = {
    checks,
    finals,
    sets: Map.groupBy(rendered, ({ environment }) => environment),
    environments: environments.filter(({ name }) => only === undefined || names.has(name)),
  };
  for (const check of across) {
    checks.input.signal?.throwIfAborted();
    await check(scope);
  }
}
