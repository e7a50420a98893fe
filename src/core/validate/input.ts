import type { RepositoryIndex } from '../manifests/repository-index.ts';
import type { Environment, RenderSource, Unresolved } from '../model/environment.ts';
import type { RenderedObject, RenderFailure, Uncertain } from '../model/rendered.ts';
import type { Repository } from '../model/repository.ts';
import type { RuleLevel } from '../model/validation-policy.ts';
import type { SchemaStore } from '../schemas/store.ts';
import type { Schemas } from '../schemas/type.ts';
import type { Judge } from '../upstream/judge.ts';

/** What one environment, or a folder or chart that none names, would apply. */
export interface RenderedSet {
  /** Name of the environment; undefined for what none deploys. */
  environment?: string;
  /** Name of the environment's application. */
  application?: string;
  source?: RenderSource;
  /** Set when nothing could be rendered. */
  failure?: RenderFailure;
  /** Kubernetes version it is checked against, such as `1.33`. */
  target: string;
  objects: readonly RenderedObject[];
  /** Objects that are declared and were not surely rendered as their engine would. */
  uncertain?: readonly Uncertain[];
  /** Files the render read. */
  reads: readonly string[];
  /** True for what may be the base of an overlay elsewhere, so that what is missing may come from there. */
  incomplete?: boolean;
}

export interface ValidationInput {
  index: RepositoryIndex;
  /** Its files, YAML or not; without it nothing is said of files that a manifest names. */
  repository?: Repository;
  /** Addresses of the repository's remotes. */
  remotes?: readonly string[];
  /** All that the repository has, whether they are rendered or not. */
  environments?: readonly Environment[];
  /** What belongs to no environment although it looks as if it should. */
  unresolved?: readonly Unresolved[];
  /** All that is rendered, also where `only` limits what is checked. */
  rendered: readonly RenderedSet[];
  /** Kubernetes version for files that nothing renders. */
  target: string;
  /** Levels of rules by id: what is off by default is looked for where it has another one. */
  levels?: ReadonlyMap<string, RuleLevel>;
  /** Check this file only, and the objects that are rendered with it; all files when absent. */
  only?: string;
  /** Absent where the program is not there: only structure and our own rules are checked then. */
  judge?: Pick<Judge, 'validate'> & Partial<Pick<Judge, 'admit'>>;
  store?: SchemaStore;
  /**
   * The types of a Kubernetes version, for an environment or for what none deploys; made of the repository's own
   * definitions when absent.
   */
  schemasOf?: (version: string, environment?: string) => Schemas;
  signal?: AbortSignal;
}
