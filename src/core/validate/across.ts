import type { Environment } from '../model/environment.ts';
import type { Checks } from './checks.ts';
import type { Final } from './finals.ts';
import { checkFlux } from './flux/index.ts';
import type { RenderedSet } from './input.ts';
import { checkMissingPaths } from './missing-paths.ts';

/** What looks at several objects or files at once; it reports through `checks`. */
export type Across = (scope: Scope) => void | Promise<void>;

export interface Scope {
  checks: Checks;
  /** The complete objects that are checked, as they are rendered or stand alone. */
  finals: readonly Final[];
  /** Everything that is rendered, by the environment's name; undefined for what no environment deploys. */
  sets: ReadonlyMap<string | undefined, readonly RenderedSet[]>;
  /** The environments that the checked files reach; all of them when all files are checked. */
  environments: readonly Environment[];
}

/** All of them: to add one, write it in a folder or file of its own and add it here. */
export const across: readonly Across[] = [checkMissingPaths, checkFlux];

/** Runs them in turn. A finding may be in any file: who asked for one file leaves the others out. */
export async function checkAcross(checks: Checks, finals: readonly Final[]): Promise<void> {
  if (across.length === 0) return;
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
