import type { ClusterIdentity } from '../cluster/cluster.ts';
import type { DriftResult } from '../model/drift.ts';
import type { EngineId, Environment } from '../model/environment.ts';
import type { Finding, NotChecked, SuppressedFinding } from '../model/finding.ts';
import type { Provenance, ProvenanceKind } from '../model/rendered.ts';
import type { Json, Resource } from '../model/resource.ts';
import type { Place } from '../model/source.ts';
import type { CheckedBy } from './checked-by.ts';
import type { Effect } from './effect/effect.ts';
import type { Reach } from './reach/reach.ts';

/** What `driftline drift` found: one entry per chosen environment, in the order they are shown. */
export interface DriftReport {
  environments: EnvironmentDrift[];
  /** Milliseconds from start to report. */
  elapsedMs: number;
}

export interface EnvironmentDrift {
  name: string;
  engine: EngineId;
  /** What it was compared with; all absent when there was nothing to compare with. */
  cluster: ClusterIdentity;
  /** A commit id, or `working tree`. */
  revision: string;
  /** Branch or tag that `revision` is, where one was chosen or checked out. */
  branch?: string;
  /** What the engine says it applied last. */
  deployed?: Deployed;
  /** Where the environment is declared: the place for what has no line of its own. */
  origin?: Place;
  /** Every object that was looked at, the synced ones too. */
  results: DriftResult[];
  /** What never became an object with a result: a chart that did not render, a list that was refused. */
  notChecked: NotChecked[];
}

export interface Deployed {
  revision: string;
  /** Commits between `revision` of the report and this one; absent where git cannot tell. */
  behind?: number;
}

/** What `driftline validate` found. */
export interface ValidateReport {
  findings: Finding[];
  /** Left out by comments and driftline.yaml. */
  suppressed: SuppressedFinding[];
  /** `tried`: by the servers of the environments; absent where they were not asked. */
  checked: { files: number; documents: number; objects: number; tried?: number };
  /** By whose types each environment was checked. */
  checkedBy?: CheckedBy[];
  notChecked: NotChecked[];
  elapsedMs: number;
}

/** What `driftline environments` knows. */
export interface EnvironmentsReport {
  environments: Environment[];
  /** What belongs to no environment: a broken `driftline.yaml`, an Application that could not be placed. */
  unresolved: { reason: string; place?: Place }[];
}

/** What `driftline trace` answers: where fields come from, or what a line reaches. */
export type TraceReport =
  | { kind: 'objects'; objects: TracedObject[]; notChecked: NotChecked[] }
  | ReachReport;

export interface ReachReport {
  kind: 'reaches';
  place: { file: string; line: number };
  reaches: Reach[];
  /** Where nothing is reached, why that may be: one sentence. */
  why?: string;
  /** Environments whose cluster or snapshot was compared, so that live edits are known. */
  compared: string[];
  /** Those of what is reached that were not, each with the reason. */
  notCompared: NotCompared[];
}

/** An environment whose chosen cluster or snapshot was not compared, and why. */
export interface NotCompared {
  environment: string;
  reason: string;
}

/** What `driftline render --diff` found. */
export interface EffectReport extends Effect {
  /** The revision that the present state is compared with, as it was named. */
  since: string;
  compared: string[];
  notCompared: NotCompared[];
}

export interface TracedObject {
  object: Resource;
  environment?: string;
  fields: TracedField[];
}

/** A leaf of a rendered object; `path` as in `model/path.ts`. Secret values are masked by the report. */
export interface TracedField extends Provenance {
  path: string;
  value: Json;
  how: ProvenanceKind;
}
