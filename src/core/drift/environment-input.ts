import type { Cluster } from '../cluster/cluster.ts';
import type { DriftResult } from '../model/drift.ts';
import type { Environment } from '../model/environment.ts';
import type { Health } from '../model/health.ts';
import type { JsonObject } from '../model/resource.ts';
import type { Declared, RenderedApplication } from './declared.ts';
import type { CompareOptions, DriftInput } from './input.ts';
import type { ServerWord } from './server/server-word.ts';

export interface EnvironmentInput extends CompareOptions {
  environment: Environment;
  /** Every application of the environment, rendered; failed renders too. */
  applications: readonly RenderedApplication[];
  cluster: Cluster;
  /** The server's word as far as it was given before; one of its own for this comparison when absent. */
  word?: ServerWord;
  /** Files that a person looks at: the server is asked about what they declare first. */
  visibleFiles?(): ReadonlySet<string>;
  /**
   * How many objects in sync the server is asked about all the same, where mutating admission may make something else
   * of them; what is left out is said. None when absent.
   */
  audited?: number;
  /** Hears of each object that differs as far as is known before the server has its word. */
  differing?(compared: Compared): void;
  /** Set where the comparison is followed. */
  followed?: Followed;
}

/** Who follows a comparison does not wait for the server's word longer than a moment. */
export interface Followed {
  /** Hears the keys of objects whose result is another one by the word that came later. */
  later(keys: ReadonlySet<string>): void;
  /** Hears that `EnvironmentComparison.notChecked` is another now. */
  reached?(): void;
  /** True while a person waits for the server's word on everything; `verified` hears that it was given. */
  verify?(): boolean;
  verified?(): void;
}

export interface Compared {
  result: DriftResult;
  /** Name of the application that declares it, or did once. */
  application: string;
  /** What it was compared with; absent for objects that no manifest declares. */
  declared?: Declared;
  health?: Health;
  /** What runs, where it is known and there is something: read when it is asked for. */
  readonly live?: JsonObject;
  /** What was compared, with what runs now; absent where nothing could be. */
  readonly input?: DriftInput;
}
