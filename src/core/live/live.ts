import type { Effect } from '../actions/effect/effect.ts';
import type { LiveEdits } from '../actions/reach/live-edits.ts';
import type { FileReach } from '../actions/reach/reach.ts';
import type { ValidateReport } from '../actions/reports.ts';
import type { ClusterIdentity } from '../cluster/cluster.ts';
import type { Finding } from '../model/finding.ts';
import type { Host } from '../model/host.ts';
import type { Resource } from '../model/resource.ts';
import type { Workspace } from '../workspace.ts';
import type { ComparedObject } from './compared.ts';
import type { EnvironmentState, LiveChange, Marker, ObjectSummary } from './state.ts';

export interface LiveOptions {
  /** Any folder of the repository. */
  directory: string;
  host: Host;
  /** Clusters that a person chose by hand: they win over what the repository says. */
  clusters: { environment: string; context: string; uid: string }[];
}

/**
 * One repository kept current: what is edited (before it is saved), what changes on disk, and what changes in the
 * clusters of its environments. Nothing throws for what is wrong with the repository or a cluster; it is in the
 * states. Where `host.trusted()` is false no cluster is asked (snapshots are files and work).
 */
export interface Live {
  readonly root: string;
  /** The workspace as it is now, unsaved texts included; a new object after every change. */
  workspace(): Workspace;
  /** The same when every edit so far is in it. */
  present(): Promise<Workspace>;
  /** `since`: of their objects only those that changed after that moment. */
  environments(since?: string): EnvironmentState[];
  /** Names what is known now; another one after every change. */
  moment(): string;
  /** Keys of objects that are no more since a moment, by environment; undefined where that is not known. */
  gone(since: string): Record<string, string[]> | undefined;
  /** Takes the text of an open document (`undefined`: closed, the file on disk counts again). */
  edit(file: string, text: string | undefined): void;
  /** Files that changed, appeared or vanished on disk. */
  changedOnDisk(files: readonly string[]): void;
  /** Files that a person looks at now: what they declare is asked of the server first. */
  visible(files: readonly string[]): void;
  /** What the present text of a file tells by itself, at once: a part of its `findings`. */
  textFindings(file: string): Promise<Finding[]>;
  /** Findings of one file in its present text: fast, the rendered objects that this file reaches included. */
  findings(file: string, signal?: AbortSignal): Promise<Finding[]>;
  /** Findings of the whole repository. */
  validate(signal?: AbortSignal): Promise<Omit<ValidateReport, 'elapsedMs'>>;
  /** Markers of a file, from the last comparison of every environment that reaches it. */
  markers(file: string): Marker[];
  /** False while an edit of the file is not compared yet: its markers are of an earlier text then. */
  isCurrent(file: string): boolean;
  /** Number of differences per file that has some. */
  badges(): Map<string, { differences: number; environments: string[] }>;
  objects(file: string): ObjectSummary[];
  /**
   * What the lines of a file reach, from the last comparison of every environment; fast. Ask again after every
   * change.
   */
  reach(file: string): FileReach;
  /**
   * What the present texts change in every environment: against the files on disk, or against the checked-out
   * commit. Throws a `UserError` where there is none.
   */
  effect(since: 'disk' | 'commit', signal?: AbortSignal): Promise<Effect>;
  /** Files whose open text is not what is on disk. */
  editedFiles(): string[];
  /** What was changed by hand in the clusters, from the last comparisons. */
  liveEdits(): LiveEdits;
  /** Desired and live of one object as YAML: noise removed, secrets masked. */
  compare(
    environment: string,
    resource: Resource,
  ): Promise<{ desired: string; live: string; reason?: string }>;
  /** What was found of an object when it was compared last, Secret values among it: for the core's own use. */
  compared(environment: string, resource: Resource): ComparedObject | undefined;
  /** Takes a choice of cluster; `undefined` takes it back. */
  choose(environment: string, cluster: { context: string; uid: string } | undefined): void;
  /** The contexts of the person's kubeconfig. Throws a `UserError` where it cannot be read. */
  contexts(): Promise<{ context: string; server: string }[]>;
  /** Asks a context who it is. Throws a `UserError` where it does not say. */
  identify(context: string): Promise<ClusterIdentity>;
  /** Lists anew and compares; resolves when done. */
  check(environments: readonly string[]): Promise<void>;
  /** Reads `host` anew: trust was granted, or a setting changed. */
  hostChanged(): void;
  onChanged(listener: (change: LiveChange) => void): () => void;
  /** Resolves when everything that was asked for so far is compared. */
  settled(): Promise<void>;
  close(): Promise<void>;
}
