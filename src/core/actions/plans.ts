import type { EngineVerb } from '../engines/engine.ts';
import type { DriftPath } from '../model/drift.ts';
import type { NotChecked } from '../model/finding.ts';
import type { Resource } from '../model/resource.ts';

// What the verbs are about to do and what came of it: plain values, which cross to the editor as JSON.

/** A file that differs from the checked-out commit. */
export interface ChangedFile {
  /** Relative to the repository's root. */
  path: string;
  /** untracked files are named one by one. */
  change: 'modified' | 'added' | 'deleted' | 'untracked';
  /** Names of the environments that read it. */
  environments: string[];
}

export interface CommitPlan {
  files: ChangedFile[];
  /** Undefined where HEAD is detached. */
  branch?: string;
  /** Remote branch that a push goes to, such as `origin/main`; undefined where there is none yet. */
  upstream?: string;
  /** A message to start from, such as `production: change Deployment shop/web`. */
  message: string;
  /** One line per environment that says what all of these files change, for below the message. */
  summary: string[];
}

export interface CommitOutcome {
  /** Commit id. */
  commit: string;
  branch: string;
  /** Where it was pushed to; absent when no push was asked for. */
  pushedTo?: string;
}

/** A change about to be put on a branch of its own and proposed. */
export interface ProposalPlan {
  files: ChangedFile[];
  title: string;
  /** Markdown: per environment the objects that change, a masked diff, what could not be checked. */
  body: string;
  /** One line per environment that says what changes: the commit's text below its title. */
  summary?: string[];
  branch: string;
  base: string;
  forge: ForgePlan;
  /** Of the files as they were when the text was made; proposing refuses when they have changed since. */
  state: string;
}

export interface ForgePlan {
  /** Undefined when no API fits: the forge's own page is opened instead. */
  id?: 'github' | 'gitlab' | 'gitea';
  /** What people call it: `GitHub`, or its host. */
  title: string;
  host: string;
  /** Name of the secret that holds a token for it, such as `GITHUB_TOKEN`. */
  secret: string;
}

export type Proposed =
  | { kind: 'request'; url: string; number: number; branch: string; commit: string }
  /** The branch is pushed; a person opens the request on this page. */
  | { kind: 'page'; url: string; branch: string; commit: string }
  /** The branch is pushed; nobody knows where requests are made. */
  | { kind: 'branch'; branch: string; commit: string };

/** What the next sync of an application, or of a whole environment, would do; from server dry-runs. */
export interface SyncPlan {
  verb: EngineVerb;
  environment: string;
  protected: boolean;
  /** The cluster as it identified itself a moment ago. */
  cluster: { context?: string; server?: string; uid: string };
  applications: { name: string; engine: string; refused?: string }[];
  changes: SyncChange[];
  /** Objects that were compared and stay as they are. */
  unchanged: number;
  notChecked: NotChecked[];
}

export interface SyncChange {
  object: Resource;
  application: string;
  change: 'create' | 'update' | 'delete' | 'refused';
  /** Masked; empty for create and delete. */
  paths: DriftPath[];
  /** The server's sentence where it refuses. */
  reason?: string;
}

export interface SyncOutcome {
  applications: {
    name: string;
    kind: 'succeeded' | 'failed' | 'skipped';
    message: string;
    revision?: string;
  }[];
}

/** An earlier state of an application that it can be rolled back to, the newest first. */
export interface RollbackRevision {
  commit: string;
  subject: string;
  author: string;
  /** RFC 3339. */
  date: string;
  /** The engine says that it applied this one, now or before. */
  deployed?: 'now' | 'before';
}

export interface RollbackPlan extends Omit<ProposalPlan, 'files' | 'state'> {
  environment: string;
  application: string;
  /** The newest commit of `base`, which the change is made on. */
  from: string;
  /** The commit whose state is brought back. */
  to: string;
  /** The files that are set back, relative to the root: as `to` has them, deleted where it has them not. */
  paths: string[];
}
