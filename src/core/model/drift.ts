import type { Json, Resource } from './resource.ts';
import type { Place } from './source.ts';

/** `unknown` is spoken as "not checked", `synced` as "in sync", `orphan` as "orphaned". */
export type DriftState =
  | 'synced'
  | 'drifted'
  | 'missing'
  | 'suspect'
  | 'invalid'
  | 'skipped'
  | 'unknown'
  | 'untracked'
  | 'prune-candidate'
  | 'orphan'
  | 'terminating';

/** Who applies the object, and by which merge: it decides what the next apply would change. */
export interface OwnerProfile {
  mode: 'ssa' | 'flux' | 'csa' | 'csa3';
  /** Field manager, such as `kubectl`, `kustomize-controller` or `argocd-controller`. */
  manager: string;
}

/** A field manager that holds the live value, from managedFields. */
export interface Owner {
  manager: string;
  operation: 'Apply' | 'Update';
  subresource?: string;
  /** RFC 3339. */
  time?: string;
}

/**
 * Where on the way from the editor to the cluster a difference begins: in a buffer, in the working tree, in
 * commits that are not pushed, in what the engine has not applied yet, in the cluster itself, or by a default or
 * webhook that no manager owns. `not-pulled`: what is read here is older than what the engine deploys.
 */
export type CauseKind =
  | 'not-saved'
  | 'not-committed'
  | 'not-pushed'
  | 'not-pulled'
  | 'not-synced'
  | 'changed-in-cluster'
  | 'default-or-webhook';

export interface Cause {
  kind: CauseKind;
  /** More than the kind says: why the engine does not sync, or an Event that tells who changed it. */
  reason?: string;
}

/** What was known last, as the cluster does not answer now. */
export interface Stale {
  /** RFC 3339; from then on changes were not seen. */
  since: string;
  reason: string;
}

/** Which ready-made ignore rule fits a difference whose cause is recognised; a `driftline.yaml` names it alike. */
export type PresetName = 'hpa-replicas' | 'keda-replicas' | 'ca-injection' | 'aggregated-rules';

export interface PresetHint {
  preset: PresetName;
  /** What was recognised, one sentence: `HorizontalPodAutoscaler demo/web scales this Deployment.` */
  because: string;
}

export interface DriftPath {
  /** `.spec.template.spec.containers[name="app"].image`, see `model/path.ts`. */
  path: string;
  /** changed: declared, differs. missing: declared, not live. stale: live, ours, not declared any more. order: same members, other order. */
  kind: 'changed' | 'missing' | 'stale' | 'order';
  desired?: Json;
  live?: Json;
  /** stale only: what it becomes by the next apply (its default), when it does not vanish. */
  becomes?: Json;
  /** True when the manifest does not declare it and the change follows from another one. */
  consequence?: boolean;
  /** Only the text differs, not the meaning (`1000m` and `1`). */
  equivalent?: boolean;
  /** A Secret's value made it: `desired`, `live` and `becomes` are masks. */
  secret?: boolean;
  by: Owner[];
  /** Absent where no known controller is behind the difference. */
  suggests?: PresetHint;
  /** Absent while it is not known, such as where no deployed revision is. */
  cause?: Cause;
  source?: Place;
  /** What stands at `source`, when that is not the value itself (`newTag: 1.8.2`). */
  sourceText?: string;
}

export interface DriftResult {
  resource: Resource;
  state: DriftState;
  paths: DriftPath[];
  /** Foreign additions: information, never drift. */
  extra: { path: string; by: Owner }[];
  confirmed: 'local' | 'dry-run' | 'unconfirmed';
  /** Why skipped, not checked, invalid or unconfirmed: one sentence. */
  reason?: string;
  equivalent?: boolean;
  /** The server refuses the change on the living object (immutable field). */
  recreate?: boolean;
  /** prune-candidate: its owner is told to leave it, so that the next apply does not remove it. */
  kept?: boolean;
  /** Set where it is compared with what the cluster said earlier. */
  stale?: Stale;
  /** Of the object as a whole (missing, refused, to be removed); its fields have causes of their own. */
  cause?: Cause;
  /** Notes such as "2 paths ignored by rule 1 of driftline.yaml". */
  notes: string[];
  source?: Place;
}

/** Hides differences on purpose; `pointers` are RFC 6901 into the object, `''` is the whole object. */
export interface IgnoreRule {
  /** Globs, or regular expressions where `matching` says so; absent means any, an empty group the core group. */
  group?: string;
  version?: string;
  kind?: string;
  namespace?: string;
  name?: string;
  /**
   * `regex` as Flux reads its targets: anchored at both ends. `argo`: group and kind are Argo CD's globs, name and
   * namespace exact. `glob` (`*` and `?`) when absent.
   */
  matching?: 'glob' | 'regex' | 'argo';
  /** Selectors such as `app=web,tier in (a,b)` (Flux). */
  labels?: string;
  annotations?: string;
  pointers: string[];
  /** jq path expressions (Argo CD's jqPathExpressions). */
  jq?: string[];
  /** Managers whose changes are hidden (Argo CD's managedFieldsManagers). */
  managers?: string[];
  /** A part of the rule that is not understood: a difference it may be about is *not checked*. */
  unclear?: string;
  /** Where the rule stands, for "ignored by …". */
  origin: string;
}
