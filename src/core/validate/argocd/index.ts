import type { Scope } from '../across.ts';
import { type EngineObject, engineObjects, isShown } from '../engine-object.ts';
import type { Violation } from '../violation.ts';
import { checkDestination, checkSources } from './application.ts';
import { checkGenerators } from './generators.ts';
import { checkIgnoredFields } from './ignored.ts';
import { annotationViolations, checkSyncOptions } from './options.ts';
import { checkProject, checkProjectKinds } from './projects.ts';
import { checkParameters } from './templates.ts';
import { checkSyncWindows } from './windows.ts';

/** What is looked at in each object of Argo CD: to add a check, write its file and add it here. */
const argoChecks: readonly ((object: EngineObject) => Violation[])[] = [
  checkDestination,
  checkSources,
  checkSyncOptions,
  checkProject,
  checkGenerators,
  checkParameters,
  checkSyncWindows,
  checkIgnoredFields,
];

const kinds = new Set(['Application', 'ApplicationSet', 'AppProject']);

/** Objects of Argo CD, and what objects say to it by their annotations. */
export function checkArgo(scope: Scope): void {
  const { checks, finals } = scope;
  const isArgo = (group: string) => group === 'argoproj.io';
  for (const object of engineObjects(scope, isArgo)) {
    if (!kinds.has(object.resource.kind)) continue;
    for (const check of argoChecks) checks.report(object.subject, check(object));
    checkProjectKinds(object);
  }
  for (const { subject } of finals)
    if (!isShown(subject)) checks.report(subject, annotationViolations(subject.object));
}
