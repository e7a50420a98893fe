import type { Environment } from '../model/environment.ts';
import type { Checks } from './checks.ts';
import type { Final } from './finals.ts';
import type { RenderedSet } from './input.ts';

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
