import type { ApiResource, Cluster } from '../cluster/cluster.ts';
import type { DriftState, OwnerProfile } from '../model/drift.ts';
import type { Application, EngineId, Environment } from '../model/environment.ts';
import type { Health } from '../model/health.ts';
import type { JsonObject, Resource } from '../model/resource.ts';

export type EngineVerb = 'sync' | 'suspend' | 'resume' | 'refresh' | 'terminate';

/** Deploys applications to a cluster, and can be told to. A verb exists only where `can` names it. */
export interface Engine {
  readonly id: EngineId;
  readonly can: ReadonlySet<EngineVerb>;
  /**
   * What the engine says of an application, read from the object that controls it (undefined when the cluster
   * has none). Pure: no request is sent. Absent fields are not known.
   */
  status(application: Application, controller: JsonObject | undefined): EngineStatus;
  /** The branch, tag or commit that it deploys from; undefined where it does not say. May read the cluster. */
  follows(target: ControlledTarget): Promise<Followed | undefined>;
  /**
   * Why what is pushed is not applied: one sentence, its own words where it has some; undefined where it says
   * nothing of the kind. May read the cluster.
   */
  delays(target: ControlledTarget): Promise<string | undefined>;
  /**
   * Why a verb must not be used on this application now (suspended, being deleted, an operation is running, a
   * sync window denies it): one sentence; undefined when nothing is in the way. May read the cluster.
   */
  refuses(verb: EngineVerb, target: EngineTarget): Promise<string | undefined>;
  /** Starts the verb and follows it until the engine reports its outcome, or the signal aborts (rejects). */
  run(verb: EngineVerb, target: EngineTarget, progress: Progress): Promise<Outcome>;
}

/** An application with the object that controls it as it is now; undefined when the cluster has none. */
export interface ControlledTarget extends Pick<EngineTarget, 'application' | 'cluster' | 'signal'> {
  controller: JsonObject | undefined;
}

export interface Followed {
  /** Address of the git repository. */
  url?: string;
  /** `any`: whichever of the others has the name. `default`: the default branch, which has no name here. */
  kind: 'branch' | 'tag' | 'commit' | 'any' | 'default';
  name: string;
  /** The commit that the engine last took it for (40 hex digits). */
  commit?: string;
}

export interface EngineStatus {
  /** Commit (40 hex digits) or chart version that was applied last. */
  revision?: string;
  health?: Health;
  suspended: boolean;
  /** What the engine complains of: one sentence, as it says it. */
  trouble?: string;
}

export interface EngineTarget {
  environment: Environment;
  application: Application;
  cluster: Cluster;
  /** Objects as rendered, in their environment's namespaces; what plain apply applies. */
  objects: readonly SyncObject[];
  signal?: AbortSignal;
}

export interface SyncObject {
  resource: Resource;
  /** With its namespace, and with what runs at the paths that are ignored on purpose. */
  desired: JsonObject;
  state: DriftState;
  /** Who applies it, and by which merge, as the comparison found. */
  owner: OwnerProfile;
  /** Why it must not be applied from here: one sentence. */
  withheld?: string;
}

/** One line for whoever waits, such as `flux-system/apps: applying main@1a2b3c4`. */
export type Progress = (message: string) => void;

export interface Outcome {
  kind: 'succeeded' | 'failed';
  /** One sentence, the engine's own words where it has some. */
  message: string;
  revision?: string;
}

/** The served type of a resource, for requests about it. */
export type TypeOf = (resource: Resource) => Promise<ApiResource | undefined>;
