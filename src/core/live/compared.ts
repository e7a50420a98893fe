import type { EnvironmentDrift } from '../actions/reports.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { RenderedApplication } from '../drift/declared.ts';
import type { Compared } from '../drift/environment-input.ts';
import type { DriftResult, Stale } from '../model/drift.ts';
import type { Environment } from '../model/environment.ts';
import type { JsonObject } from '../model/resource.ts';

/** One object with what is known of it. */
export interface ComparedObject {
  /** With the places of its paths. */
  result: DriftResult;
  about: Compared;
}

/** An environment after its last comparison, or why there is none. */
export interface ComparedEnvironment {
  environment: Environment;
  phase: 'waiting' | 'compared' | 'blocked';
  /** Why nothing is compared. */
  reason?: string;
  applications: readonly RenderedApplication[];
  /** Its results are those of `objects`. */
  report?: Omit<EnvironmentDrift, 'results'>;
  /** By key (`resourceKey`); follows what changes in the cluster. */
  objects: ReadonlyMap<string, ComparedObject>;
  /** The engines' own objects, by application. */
  controllers: ReadonlyMap<string, JsonObject>;
  /** What was compared with. */
  cluster?: Cluster;
  /** When. */
  at?: Date;
  /** Set while the cluster does not answer: since when some of it is what was known last. */
  stale?: Stale;
}

/** What is not as it was told last. */
export interface EnvironmentNews {
  /** Keys of objects whose result, places or health are others now; those that are gone too. */
  objects: ReadonlySet<string>;
  /** True where more than objects may be another thing: the environment, its applications, why it is not compared. */
  header: boolean;
}
