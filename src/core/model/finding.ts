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
  /** Who found it, where that is not Driftline: the API server of a cluster, by a dry-run. */
  source?: 'server';
  /** Other places that it is about, such as the other definition of a duplicate. */
  related?: RelatedPlace[];
  /** Changes that mend it, the best first. */
  mends?: Mend[];
}

/** A finding that is left out on purpose: counted, never forgotten. */
export interface SuppressedFinding {
  finding: Finding;
  /** Who says so: a comment in the file, or driftline.yaml. */
  by: 'comment' | 'driftline.yaml';
  /** Empty where none is given. */
  reason: string;
}

export interface RelatedPlace extends Range {
  file: string;
  /** One sentence. */
  message: string;
}

/** A change of files that a person may choose. */
export interface Mend {
  /** What it does, as the title of a quick fix: `Replace extensions/v1beta1 by apps/v1`. */
  title: string;
  edits: FileEdit[];
}

/** Text in place of a stretch of a file; of a file that is not there yet, its whole text at 1:1. */
export interface FileEdit extends Range {
  file: string;
  text: string;
}

/** What could not be checked, and why. Never shown as green. */
export interface NotChecked {
  reason: string;
  place?: Place;
  object?: Resource;
  environment?: string;
}
