import type { Resource } from './resource.ts';
import type { Place, Range } from './source.ts';

export type Severity = 'error' | 'warning' | 'information';

/** One thing that is wrong with a manifest, on the text that says it. */
export interface Finding extends Range {
  /** Rule id, such as `unknown-field`. */
  rule: string;
  severity: Severity;
  file: string;
  /** One sentence: the field, what was expected and, for a typo, the nearest name. */
  message: string;
  /** Field path in the object (`model/path.ts`), when it is about a field. */
  path?: string;
  object?: Resource;
  /** Names of the environments it was found in; empty for what does not depend on one. */
  environments: string[];
  /** What to do about it, when one sentence can say it. */
  fix?: string;
}

/** What could not be checked, and why. Never shown as green. */
export interface NotChecked {
  reason: string;
  place?: Place;
  object?: Resource;
  environment?: string;
}
