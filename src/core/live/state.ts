import type { Deployed } from '../actions/reports.ts';
import type { EngineVerb } from '../engines/engine.ts';
import type { Cause, DriftPath, DriftResult, DriftState, Stale } from '../model/drift.ts';
import type { EngineId } from '../model/environment.ts';
import type { NotChecked } from '../model/finding.ts';
import type { Health } from '../model/health.ts';
import type { Resource } from '../model/resource.ts';
import type { Place } from '../model/source.ts';
import type { Counts } from '../words/states.ts';

// What an open repository knows at this moment: plain values, which cross to the editor as JSON.

export interface EnvironmentState {
  name: string;
  engine: EngineId;
  protected: boolean;
  cluster: ClusterState;
  /** waiting: nothing is known yet. compared: `applications` hold what was found. blocked: `reason` says why not. */
  phase: 'waiting' | 'compared' | 'blocked';
  reason?: string;
  /** Set while some of what is shown is of an earlier moment, as its cluster does not answer. */
  stale?: Stale;
  /** A commit id, or `working tree`. */
  revision: string;
  branch?: string;
  deployed?: Deployed;
  counts: Counts;
  applications: ApplicationState[];
  /** What never became an object with a result. */
  notChecked: NotChecked[];
  /** RFC 3339; when the comparison shown was made. */
  comparedAt?: string;
  /** Where it is declared. */
  origin: Place;
}

export type ClusterState =
  /** `pinned`: the UID a person chose; `uid`: the one the cluster told. */
  | {
      kind: 'context';
      context: string;
      server?: string;
      version?: string;
      uid?: string;
      pinned?: string;
    }
  | { kind: 'snapshot'; file: string; takenAt?: string; version?: string }
  | { kind: 'none'; reason: string };

export interface ApplicationState {
  name: string;
  engine: EngineId;
  counts: Counts;
  /** What was found of its objects, the worst first; those in sync only with their identity. */
  objects: ObjectState[];
  /** Commit or chart version that its engine applied last. */
  deployed?: string;
  health?: Health;
  suspended: boolean;
  /** Why it could not be rendered, or what its engine complains of. */
  trouble?: string;
  /** What its engine can be told to do. */
  can: EngineVerb[];
  origin: Place;
}

export interface ObjectState extends Omit<DriftResult, 'paths'> {
  /** Masked. */
  paths: DriftPath[];
  health?: Health;
}

/** What stands at the end of a line: what the environments run there. */
export interface Marker {
  /** 1-based, in the text as it is now (unsaved edits included). */
  line: number;
  differences: MarkedDifference[];
}

export interface MarkedDifference {
  environment: string;
  application: string;
  object: Resource;
  state: DriftState;
  /** Absent where the object as a whole is meant (missing, invalid). */
  path?: DriftPath;
  /** True while the file holds text that is not saved: what it makes now is not what is in the repository. */
  edited?: boolean;
  /** That of the object's result, such as what the API server says against it. */
  reason?: string;
  /** Why the object as a whole differs. */
  cause?: Cause;
  /** Set where it is what was known last. */
  stale?: Stale;
}

/** How an object of a file stands in each environment that its file reaches. */
export interface ObjectSummary {
  /** 1-based first line of the object. */
  line: number;
  resource: Resource;
  environments: ObjectIn[];
}

export interface ObjectIn {
  name: string;
  state: DriftState | 'waiting' | 'blocked';
  fields: number;
  /** As it is rendered there: a namespace, a prefix or a version may be another than in the file. */
  object: Resource;
}

/** What changed since the last such event: names of environments, and files with other markers or findings. */
export interface LiveChange {
  environments: string[];
  files: string[];
}
