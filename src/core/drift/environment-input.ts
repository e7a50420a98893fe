import type { Cluster } from '../cluster/cluster.ts';
import type { DriftResult } from '../model/drift.ts';
import type { Environment } from '../model/environment.ts';
import type { JsonObject } from '../model/resource.ts';
import type { Declared, RenderedApplication } from './declared.ts';
import type { CompareOptions, DriftInput } from './input.ts';
import type { CompareMemory } from './memory.ts';

export interface EnvironmentInput extends CompareOptions {
  environment: Environment;
  /** Every application of the environment, rendered; failed renders too. */
  applications: readonly RenderedApplication[];
  cluster: Cluster;
  /** True to send no dry-run to the cluster: each leaves an entry in its audit log. */
  localOnly?: boolean;
  /** What was compared before, so that only what changed is compared again. */
  memory?: CompareMemory;
}

export interface Compared {
  result: DriftResult;
  /** Name of the application that declares it, or did once. */
  application: string;
  /** What it was compared with; absent for objects that no manifest declares. */
  declared?: Declared;
  /** What was compared; absent where nothing could be. */
  input?: DriftInput;
  /** What runs, where it is known and there is something. */
  live?: JsonObject;
}
