import type { Scope } from '../across.ts';
import { type EngineObject, engineObjects } from '../engine-object.ts';
import type { Violation } from '../violation.ts';
import { checkAddress } from './addresses.ts';
import { checkData } from './data.ts';
import { checkDependencies } from './dependencies.ts';
import { checkHealthChecks } from './health-checks.ts';
import { isFluxGroup } from './kinds.ts';
import { checkReferences } from './references.ts';
import { checkVariables } from './variables.ts';

/** What is looked at in each object of Flux: to add a check, write its file and add it here. */
const fluxChecks: readonly ((object: EngineObject) => Violation[])[] = [
  checkAddress,
  checkReferences,
  checkData,
  checkDependencies,
  checkHealthChecks,
  checkVariables,
];

/** Objects of Flux: what they name, and whether Flux can do what they say. */
export function checkFlux(scope: Scope): void {
  for (const object of engineObjects(scope, isFluxGroup))
    for (const check of fluxChecks) scope.checks.report(object.subject, check(object));
}
