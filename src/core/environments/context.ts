import type { RepositoryIndex } from '../manifests/repository-index.ts';
import type { Application, Environment, Unresolved } from '../model/environment.ts';
import type { Finding } from '../model/finding.ts';
import type { Pointer } from '../model/path.ts';
import type { ProvenanceKind } from '../model/rendered.ts';
import type { JsonObject, Resource } from '../model/resource.ts';
import type { Place } from '../model/source.ts';
import type { ValidationPolicy } from '../model/validation-policy.ts';
import type { SetAnswer, SetRequest } from '../upstream/application-sets.ts';
import type { ManifestIndex } from './manifest-index.ts';

/** An object that a source deploys, as far as discovery reads it; what a renderer gives fits. */
export interface DeclaredObject {
  resource: Resource;
  value: JsonObject;
  source: Place;
  locate(pointer: Pointer): Place & { how?: ProvenanceKind };
  /** Paths whose value a Secret made. */
  sensitive?: string[];
}

/** As much of an application as tells what it deploys. */
export type Deployable = Pick<Application, 'source' | 'origin'>;

export interface DeclaredObjects {
  objects: readonly DeclaredObject[];
  /** Objects that are declared and were not surely rendered as their engine would. */
  notChecked?: readonly { resource?: Resource; reason: string }[];
  failure?: { message: string; place: Place };
}

export interface DiscoveryInput {
  index: RepositoryIndex;
  /** Addresses of this repository as `git remote -v` prints them; empty where there are none. */
  remotes: readonly string[];
  /** What engines may call the revision that is read: branch, default branch, tag, commit. */
  revisions?: readonly string[];
  /**
   * Renders an application. Without it the files are read as they are written, and what a kustomization
   * changes on the way to an engine's object is unresolved.
   */
  render?: (application: Deployable) => Promise<DeclaredObjects>;
  /** The same with every field's place; `render` where there is none. */
  trace?: (application: Deployable) => Promise<DeclaredObjects>;
  /** Expands an ApplicationSet. Without it ApplicationSets are unresolved. */
  expand?: Expand;
}

export type Expand = (request: SetRequest) => Promise<SetAnswer>;

export interface Discovery {
  environments: Environment[];
  /** What belongs to no environment although it looks as if it should. */
  unresolved: Unresolved[];
  /** What driftline.yaml says about findings. */
  validation: ValidationPolicy;
  /** What is wrong with driftline.yaml. */
  problems: Finding[];
}

/** What one discoverer found in the whole repository. */
export interface Found {
  environments: Environment[];
  unresolved: Unresolved[];
}

/** What a discoverer needs; made once per discovery. */
export interface DiscoveryContext {
  index: ManifestIndex;
  /** True when a git address is this repository's. */
  isThisRepository(url: string): boolean;
  /**
   * True when a branch, tag or commit that an engine names is what is being read; so is none at
   * all.
   */
  isThisRevision(revision: string | undefined): boolean;
  expand?: Expand;
  /** False where `deployed` can only give what is written. */
  renders: boolean;
  /**
   * What an application deploys, if there are objects of an engine among it (Flux, Argo CD); else
   * nothing. Rendered where a renderer is there, else as written.
   */
  deployed(application: Deployable): Promise<DeployedObject[]>;
  /** All that an application deploys, with the places of its fields; as written where there is no renderer. */
  rendered(application: Deployable): Promise<DeclaredObjects>;
}

export interface DeployedObject extends DeclaredObject {
  /** What changes it on its way to the cluster, where only rendering could have told how. */
  changedBy?: string;
  /** True where its fields stand in other files too: a kustomization or a parent's patch changed it. */
  scattered?: boolean;
}

/** A way to find environments. The first in the list that finds any wins. */
export interface Discoverer {
  id: 'flux' | 'argocd' | 'layouts' | 'plain';
  /** Environments of the whole repository. */
  discover(context: DiscoveryContext): Promise<Found>;
  /** The environment that one folder declares; undefined when the folder is not of this kind. */
  at(
    context: DiscoveryContext,
    folder: string,
    name: string,
    origin: Place,
  ): Promise<Environment | undefined>;
}
