import type { Across } from '../across.ts';
import { checkCycles } from './cycles.ts';
import { checkDeprecated } from './deprecated.ts';
import { checkBuilds } from './faults.ts';
import { checkFields } from './fields.ts';
import { checkPaths } from './paths.ts';

/** What is wrong with kustomizations; why builds fail comes last, as it says only what the others do not. */
export const kustomizationChecks: readonly Across[] = [
  checkFields,
  checkDeprecated,
  checkPaths,
  checkCycles,
  checkBuilds,
];
