import type { Severity } from './finding.ts';
import type { Range } from './source.ts';

/** As what the findings of a rule are shown. */
export type RuleLevel = Severity | 'off';

/** What `validate` of driftline.yaml says. */
export interface ValidationPolicy {
  /** By rule id. */
  levels: ReadonlyMap<string, RuleLevel>;
  ignore: readonly IgnoredFindings[];
  /** Where each rule of `levels` is named, by its id. */
  places: ReadonlyMap<string, Range>;
  /** The file that says it; undefined where none does. */
  file?: string;
}

/** Findings that a repository leaves out on purpose. */
export interface IgnoredFindings extends Range {
  rules: readonly string[];
  matches(file: string): boolean;
  reason: string;
}

export const noPolicy: ValidationPolicy = { levels: new Map(), ignore: [], places: new Map() };
