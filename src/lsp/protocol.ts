import type {
  CommitOutcome,
  CommitPlan,
  ProposalPlan,
  Proposed,
  RollbackPlan,
  RollbackRevision,
  SyncOutcome,
  SyncPlan,
} from '../core/actions/plans.ts';
import type { EngineVerb } from '../core/engines/engine.ts';
import type { EnvironmentState, ObjectSummary } from '../core/live/state.ts';
import type { DriftState } from '../core/model/drift.ts';
import type { NotChecked } from '../core/model/finding.ts';
import type { Resource } from '../core/model/resource.ts';

// Every request and notification that is ours, beyond LSP. Both sides import this file and nothing else of
// each other. Types and names only: the editor's bundle must not grow by it.

/** `initializationOptions` of a client that shows markers, lenses and the tree itself. */
export interface InitializationOptions {
  /** False until the person trusts the folder: no cluster, no git network, no program. */
  trusted: boolean;
  /** Our extension: no inlay hints, markers are pushed. */
  markers: boolean;
  /** Clusters that the person chose on this machine; they win over driftline.yaml. */
  clusters: ChosenCluster[];
  settings: Settings;
}

export interface ChosenCluster {
  environment: string;
  context: string;
  /** UID of its `kube-system` namespace, as it was when it was chosen. */
  uid: string;
}

/** The settings that the server reads; sent anew whenever one changes. */
export interface Settings {
  /** Absolute path; undefined: as kubectl finds it. */
  kubeconfig?: string;
  /** Forges of hosts that are not well-known: `{"git.example.com": "gitea"}`. */
  forges: Record<string, string>;
  /** Send no dry-run to a cluster: each leaves an entry in its audit log. A person's own choice. */
  localOnly: boolean;
  /** Audit logs of clusters, absolute paths by context: `{"admin": "/var/log/kubernetes/audit.log"}`. */
  auditLogs: Record<string, string>;
  /** Folders of schemas and addresses of mirrors. */
  schemas: string[];
  /** Publish findings as diagnostics. */
  validation: boolean;
  /** Publish drift as diagnostics too, as information. */
  drift: boolean;
  /**
   * What is completed, and whether hovers explain fields. all: names of the repository, and what schemas say; names:
   * the names only; auto: all, but only the names in a file that `schemasElsewhere` has.
   */
  completion: 'auto' | 'all' | 'names' | 'off';
  /** Present while another extension completes YAML by schemas: the files for which it has some. */
  schemasElsewhere?: { patterns: string[] } | undefined;
}

/** Codes of the errors that our requests answer with. */
export const errorCodes = {
  /** The message is a finished sentence for the person: show it as it is. */
  person: 1,
  /** A defect of ours, which the log tells more about: show the sentence with "Show Log". */
  defect: 2,
} as const;

/** Commands that hovers, lenses and code actions name; each has one argument. */
export const commands = {
  /** `OfObject`: of the editor. */
  compare: '_driftline.compareObject',
  /** `OfApplication`: of the editor. */
  sync: '_driftline.syncApplication',
  /** `OfRendered`: of the editor. */
  openRendered: '_driftline.openRenderedObject',
  /** `Lines`: of the editor. */
  whereUsed: '_driftline.showUses',
  /** Nothing: of the editor. */
  preview: '_driftline.previewEdits',
  /** `OfFile`: of the editor. */
  checkServer: 'driftline.checkServer',
  /** `OfEnvironment`: of the editor. */
  fetch: '_driftline.fetchMissingCharts',
  /** `OfField`: of the server, as those below; the client library registers them by itself. */
  take: '_driftline.takeValue',
  /** `OfField`: takes the field out of the manifest. */
  remove: '_driftline.removeField',
  /** `OfField`: writes a rule that leaves the difference out. */
  ignore: '_driftline.ignoreDifference',
} as const;

/** A field that differs. */
export interface OfField extends OfObject {
  /** See `core/model/path.ts`. */
  path: string;
  /** Environments that a person was told of: that they change too is not asked again. */
  told?: string[];
}

/** One field that differs on a line, with words for a choice. */
export interface LineDifference extends OfField {
  application: string;
  /** `production runs 5, the repository says 3`. */
  words: string;
}

/** How a check against a cluster went; its findings are diagnostics. */
export interface CheckedOnServer {
  errors: number;
  warnings: number;
  notChecked: number;
  /** Objects that the server tried. */
  tried: number;
  /** Why most of what was not checked was not: one sentence. */
  reason?: string;
}

/** A request: its name and, for the type checker only, what goes and what comes. */
export interface Request<Params, Result> {
  readonly method: string;
  readonly types?: (params: Params) => Result;
}
export interface Notification<Params> {
  readonly method: string;
  readonly types?: (params: Params) => void;
}

const request = <Params, Result>(method: string): Request<Params, Result> => ({ method });
const notification = <Params>(method: string): Notification<Params> => ({ method });

export interface OfEnvironment {
  /** Name; all when absent. */
  environment?: string;
}

export interface OfApplication {
  environment: string;
  /** Name; all of the environment when absent. */
  application?: string;
}

export interface OfObject {
  environment: string;
  object: Resource;
}

/** A field of a rendered object; the whole object where there is no path. */
export interface OfRendered extends OfObject {
  /** See `core/model/path.ts`. */
  path?: string;
}

/** Lines of a file, 0-based and inclusive. */
export interface Lines {
  uri: string;
  line: number;
  /** `line` when absent. */
  endLine?: number;
}

/** Text of a read-only document; `side` tells which, the names are for people. */
export type RenderedSide = 'rendered' | 'desired' | 'live';

/** A rendered object as the repository makes it now, secrets masked. */
export interface RenderedDocument {
  text: string;
  /** Why there is none. */
  reason?: string;
}

/** Where a field of a rendered object stands. */
export interface RenderedField extends OfRendered {
  application: string;
  path: string;
  /** 0-based, in the rendered document. */
  line: number;
}

/** Fields of rendered objects that a line reaches; of several lines, objects. `why` says why there is nothing. */
export interface Uses {
  fields: RenderedField[];
  why?: string;
}

/** What edits are compared with: what is on disk, or the commit that is checked out. */
export type EffectSince = 'disk' | 'commit';

/** What edits change, in each environment in which something does. */
export interface EditEffect {
  since: EffectSince;
  environments: EnvironmentEdit[];
}

export interface EnvironmentEdit {
  environment: string;
  /** `2 objects change; would overwrite a live edit by kubectl-edit, 3 h ago`. */
  summary: string;
  /** The objects that change as YAML, secrets masked. */
  before: string;
  after: string;
}

/** A chart that environments name and that is not here. */
export interface MissingChart {
  /** Address of its repository, or of the registry's folder. */
  url: string;
  name: string;
  /** A version, or a range such as `6.x`. */
  version: string;
  /** Names of environments. */
  neededBy: string[];
}

/** What came of fetching: `redis 19.1.0`, and one sentence for each that could not be got. */
export interface FetchedCharts {
  fetched: string[];
  failed: string[];
}

/** A place in a file, 0-based. */
export interface SourcePlace {
  uri: string;
  line: number;
  character: number;
}

/** Drawn at the end of a line. Lines are 0-based as in LSP. */
export interface MarkerLine {
  line: number;
  /** `production runs 5 · kubectl-scale, 3 h ago`, without the arrow; secrets masked. */
  text: string;
  state: DriftState;
  /** What to compare when it is clicked. */
  environment: string;
  object: Resource;
}

export interface FileMarkers {
  uri: string;
  /** Version of the text that the lines are of; undefined for the file on disk. */
  version?: number;
  lines: MarkerLine[];
}

/** Two texts side by side: what the repository renders, what runs; noise removed, secrets masked. */
export interface Comparison {
  title: string;
  desired: string;
  live: string;
  /** Why one side is empty or partial. */
  reason?: string;
}

export interface ContextChoice {
  context: string;
  server: string;
}

export interface Identity {
  context: string;
  server: string;
  uid: string;
  version?: string;
}

/** The repository as a whole. `none`: no GitOps repository here, `reason` says what was looked for. */
export interface WorkspaceState {
  kind: 'none' | 'loading' | 'ready';
  reason?: string;
  root?: string;
  environments: EnvironmentState[];
  /** Files of role manifest, kustomization and so on that were read. */
  files: number;
  /** What belongs to no environment, and what is wrong with driftline.yaml. */
  unresolved: NotChecked[];
  /** Names this state for who asks again; absent where there is none yet. */
  at?: string;
  /**
   * Set where the applications' `objects` are only those that changed since the state that was asked with: keys
   * (`resourceKey`) of objects that are gone, by environment.
   */
  gone?: Record<string, string[]>;
}

export interface FileBadge {
  uri: string;
  /** Fields and objects that drift because of this file. */
  count: number;
  /** `2 fields drifted in production`. */
  words: string;
}

export const requests = {
  /** `since`: `at` of the state that the client has, which it is then told the changes to. */
  state: request<{ since?: string } | null, WorkspaceState>('driftline/state'),
  badges: request<null, FileBadge[]>('driftline/badges'),
  markers: request<{ uri: string }, FileMarkers>('driftline/markers'),
  /** The objects of a file, in its present text, in the order of their lines (1-based): what a command is about. */
  objects: request<{ uri: string }, ObjectSummary[]>('driftline/objects'),
  /** What differs on a line (0-based) of a file in its present text: what can be taken, ignored, restored. */
  differences: request<{ uri: string; line: number }, LineDifference[]>('driftline/differences'),
  compare: request<OfObject, Comparison>('driftline/compare'),
  /** One object as the repository renders it in its present text. */
  rendered: request<OfObject, RenderedDocument>('driftline/rendered'),
  /** What lines decide or take part in. */
  uses: request<Lines, Uses>('driftline/uses'),
  /** Where a field stands in its rendered object: 0-based line. */
  fieldLine: request<OfRendered, number>('driftline/fieldLine'),
  /** The text that decides the field on a line (0-based) of a rendered or compared document. */
  source: request<OfObject & { side: RenderedSide; line: number }, SourcePlace | null>(
    'driftline/source',
  ),
  /** Reads clusters and snapshots anew and compares. */
  check: request<OfEnvironment, null>('driftline/check'),
  /** Publishes the findings of all files; answers how many there are. */
  validate: request<null, { errors: number; warnings: number; notChecked: number }>(
    'driftline/validate',
  ),
  /** The cluster's own word on what an environment applies, or on what one file decides of it; by dry-runs only. */
  checkServer: request<{ environment: string; uri?: string }, CheckedOnServer>(
    'driftline/checkServer',
  ),
  contexts: request<null, ContextChoice[]>('driftline/contexts'),
  /** Who a context leads to, for the person to confirm; writes nothing. */
  identify: request<{ context: string }, Identity>('driftline/identify'),
  choose: request<ChosenCluster, null>('driftline/choose'),
  /** Takes a choice back: what the repository says counts again. */
  unchoose: request<{ environment: string }, null>('driftline/unchoose'),

  /** Without `since`: of what is not saved if there is something, else of what is not committed. */
  effect: request<{ since?: EffectSince }, EditEffect>('driftline/effect'),
  missingCharts: request<OfEnvironment, MissingChart[]>('driftline/missingCharts'),
  /** Gets charts that `missingCharts` named, from the addresses that it named. Progress by `progress`. */
  fetchCharts: request<OfEnvironment & { charts: MissingChart[]; id: string }, FetchedCharts>(
    'driftline/fetchCharts',
  ),

  commitPlan: request<OfEnvironment, CommitPlan>('driftline/commitPlan'),
  /** `environment` tells which repository is meant, where several are open. */
  commit: request<
    {
      environment?: string;
      paths: string[];
      message: string;
      /** Say below a message of one line what the files change in each environment. */
      describe?: boolean;
      push: boolean;
    },
    CommitOutcome
  >('driftline/commit'),
  proposalPlan: request<{ environment?: string; paths: string[] }, ProposalPlan>(
    'driftline/proposalPlan',
  ),
  /**
   * `token` goes to the forge and nowhere else; without one the forge's page is the answer. Progress by `progress`
   * where there is an `id`.
   */
  propose: request<
    { environment?: string; plan: ProposalPlan; token?: string; id?: string },
    Proposed
  >('driftline/propose'),
  syncPlan: request<OfApplication & { verb: EngineVerb }, SyncPlan>('driftline/syncPlan'),
  /** `confirmation`: the environment's name as the person typed it, where it is protected. Progress by `progress`. */
  sync: request<
    OfApplication & { verb: EngineVerb; uid: string; confirmation?: string; id: string },
    SyncOutcome
  >('driftline/sync'),
  rollbackRevisions: request<{ environment: string; application: string }, RollbackRevision[]>(
    'driftline/rollbackRevisions',
  ),
  rollbackPlan: request<{ environment: string; application: string; commit: string }, RollbackPlan>(
    'driftline/rollbackPlan',
  ),
  rollback: request<{ plan: RollbackPlan; token?: string; id?: string }, Proposed>(
    'driftline/rollback',
  ),
} as const;

export const notifications = {
  /** Client → server: the person trusts the folder now, or a setting changed. */
  trust: notification<{ trusted: boolean }>('driftline/trust'),
  settings: notification<Settings>('driftline/settings'),
  /** Client → server: the files that the person sees now; all of them each time. */
  visible: notification<{ uris: string[] }>('driftline/visible'),
  /** Server → client: ask `state` again; `environments` are those that changed. */
  changed: notification<{ environments: string[] }>('driftline/changed'),
  /** Server → client: markers of an open document. */
  markers: notification<FileMarkers>('driftline/markersChanged'),
  /** Server → client: what a running verb does now. */
  progress: notification<{ id: string; message: string }>('driftline/progress'),
} as const;
