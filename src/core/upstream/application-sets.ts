import type { JsonObject } from '../model/resource.ts';

/** What the renderer is asked for the Applications of a set (`upstream/renderer/internal/appset/expand.go`). */
export interface SetRequest {
  set: JsonObject;
  /** Whether a source is the repository, by its address, a space and the revision. */
  here: Record<string, boolean>;
  clusters: SetCluster[];
  /** Why the clusters are not known. */
  noClusters?: string;
}

/** A cluster that Argo CD knows by a Secret, without what gives access to it. */
export interface SetCluster {
  name: string;
  server: string;
  project: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface SetAnswer {
  /** `generator` is the index of the one that made it. */
  applications: { value: JsonObject; generator: number }[];
  unresolved: string[];
  /** Sources of which `here` said nothing; complete when there are none. */
  asks: { url: string; revision: string }[];
}
