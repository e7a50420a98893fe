import type { EnvironmentDrift } from '../actions/reports.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { RenderedApplication } from '../drift/declared.ts';
import type { DriftResult, Stale } from '../model/drift.ts';
import type { Environment } from '../model/environment.ts';
import type { JsonObject } from '../model/resource.ts';

/** One object with everything that was known when it was compared. */
export interface ComparedObject {
  result: DriftResult;
  /** Name; absent for what belongs to none. */
  application?: string;
  /** As rendered; absent for what no manifest declares. */
  desired?: JsonObject;
  live?: JsonObject;
  /** Paths of `desired` whose value a Secret made, and values of Secrets that its application is rendered with. */
  sensitive?: readonly string[];
  secrets?: readonly string[];
}

/** An environment after its last comparison, or why there is none. */
export interface ComparedEnvironment {
  environment: Environment;
  phase: 'waiting' | 'compared' | 'blocked';
  /** Why nothing is compared. */
  reason?: string;
  applications: readonly RenderedApplication[];
  report?: EnvironmentDrift;
  objects: readonly ComparedObject[];
  /** The engines' own objects, by application. */
  controllers: ReadonlyMap<string, JsonObject>;
  /** What was compared with. */
  cluster?: Cluster;
  /** When. */
  at?: Date;
  /** Set while the cluster does not answer: since when some of it is what was known last. */
  stale?: Stale;
}
