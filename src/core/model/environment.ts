import type { IgnoreRule, OwnerProfile } from './drift.ts';
import type { Json, JsonObject, Resource } from './resource.ts';
import type { Place } from './source.ts';

export type EngineId = 'flux' | 'argocd' | 'helm' | 'apply' | 'none';

/** The cluster an environment is compared with; never "whatever the current context is". */
export type ClusterTarget =
  /** `uid` is the UID of that cluster's `kube-system` namespace; absent until a person pinned it. */
  | { kind: 'context'; context: string; uid?: string }
  /** `file` is relative to the repository's root, or absolute. */
  | { kind: 'snapshot'; file: string }
  | { kind: 'none'; reason: string };

export interface Environment {
  name: string;
  engine: EngineId;
  applications: Application[];
  cluster: ClusterTarget;
  /** For objects that name none; `default` where nothing says otherwise. */
  namespace: string;
  /** Minor version such as `1.33`, where it was said; else the cluster is asked. */
  kubernetes?: string;
  /** Writes ask, and name the environment back. */
  protected: boolean;
  /** Promotion order: the environment before this one. */
  after?: string;
  /** Where it is declared. */
  origin: Place;
  ignore: IgnoreRule[];
  /** What could not be resolved: each makes something *not checked*. */
  unresolved: Unresolved[];
}

export interface Unresolved {
  reason: string;
  place: Place;
  /** What it names and the repository does not have. */
  missing?: MissingPath[];
}

/** A path of this repository that an engine's object names, where there is nothing. */
export interface MissingPath {
  kind: 'folder' | 'chart' | 'file';
  /** As it is written. */
  written: string;
  /** From the repository's root; undefined where it leads out. */
  path: string | undefined;
  place: Place;
}

/** One unit that an engine applies: a Flux Kustomization, an Argo CD Application, a folder, a chart. */
export interface Application {
  name: string;
  engine: EngineId;
  source: RenderSource;
  owner: OwnerProfile;
  /** Namespace for objects that name none; the environment's when absent. */
  namespace?: string;
  /** The custom resource that deploys it. */
  controller?: Resource;
  /** Names of applications of the same environment. */
  dependsOn: string[];
  origin: Place;
  ignore: IgnoreRule[];
}

/** What is rendered. Paths are folders relative to the repository's root; `''` is the root. */
export type RenderSource =
  | PlainSource
  | { kind: 'kustomize'; path: string; flux?: FluxBuild; argocd?: ArgoKustomize }
  | HelmSource
  /**
   * Several sources of one Argo CD Application: of objects that several make, the last one's counts.
   * `namespace` is that of objects that name none.
   */
  | { kind: 'several'; sources: SingleSource[]; namespace?: string }
  /** Known to exist, not renderable: its objects are *not checked*. */
  | { kind: 'unresolved'; reason: string; missing?: MissingPath };

export type SingleSource = Exclude<RenderSource, { kind: 'several' }>;

/** The sources that an application is rendered from: those of several, or the only one. */
export function partsOf(source: RenderSource): SingleSource[] {
  return source.kind === 'several' ? source.sources : [source];
}

/** Folders and charts of the repository that an application is rendered from. */
export function foldersOf(source: RenderSource): string[] {
  return partsOf(source).flatMap(part => (isHere(part) ? part.path : []));
}

/** False for a chart from elsewhere, and for what is not rendered. */
export function isHere(part: SingleSource): part is Extract<SingleSource, { path: string }> {
  return part.kind !== 'unresolved' && !(part.kind === 'helm' && part.chart);
}

export interface PlainSource {
  kind: 'plain';
  path: string;
  recurse: boolean;
  /** Patterns of files below `path`, as Argo CD has them. */
  include?: string;
  exclude?: string;
  /** Read as Argo CD reads a directory: it passes over some files and stops at others. */
  argocd?: true;
}

export interface HelmSource {
  kind: 'helm';
  /** The chart's folder; empty where `chart` says which one it is. */
  path: string;
  /** A chart that is not in the repository: taken from what was fetched before. */
  chart?: ChartReference;
  release: string;
  namespace: string;
  /** In the order they are merged; the later wins. */
  values: ValuesSource[];
  includeCrds: boolean;
  skipTests?: boolean;
  /** values.schema.json is not looked at. */
  skipSchema?: boolean;
  /** True where files among `values` take the place of the chart's own values.yaml. */
  withoutDefaults?: boolean;
  kubeVersion?: string;
  apiVersions?: string[];
  /** What a HelmRelease does to the chart's output before it is applied. */
  flux?: FluxRelease;
}

/** A chart in a chart repository (`https://…`) or registry (`oci://…`). */
export interface ChartReference {
  /** Address of the repository, or of the registry's folder without the chart's name. */
  url: string;
  name: string;
  /** As it is written: a version, or a range such as `6.x`. */
  version: string;
}

export type ValuesSource =
  /** `optional`: a file that is not there is no error. */
  | { kind: 'file'; path: string; optional?: boolean }
  /**
   * Values written inside another file, such as a HelmRelease's `spec.values`. `secret`: from a Secret, so that
   * what they make must not be shown.
   */
  | {
      kind: 'inline';
      values: JsonObject;
      place: Place;
      /** Where values stand that are not written there, by JSON pointers below `values`. */
      places?: Record<string, Place>;
      secret?: boolean;
    }
  /** What follows `--set` (or `--set-string`, …) on Helm's command line; Helm reads it itself. */
  | { kind: 'set'; text: string; as: HelmSet; place: Place; secret?: boolean }
  | NamedValues;

/** Values of a ConfigMap or Secret that the repository does not have: nothing is rendered without them. */
export interface NamedValues {
  kind: 'named';
  object: { kind: string; name: string; namespace: string };
  /** The reference of `valuesFrom` as it is written. */
  reference: JsonObject;
  /** The end of "Secret keys, which …". */
  reason: string;
}

/** `--set`, `--set-string`, `--set-json`, `--set-literal`, `--set-file`. */
export type HelmSet = 'set' | 'string' | 'json' | 'literal' | 'file';

/** What a Flux HelmRelease adds after Helm rendered. */
export interface FluxRelease {
  /** `spec.postRenderers` as they are written, in order. */
  postRenderers: JsonObject[];
  /** `nohooks` leaves hooks as they are, `separate` renders them by themselves; `combined` where absent. */
  postRenderStrategy?: string;
  commonMetadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  /** Where values stand that are not written in the HelmRelease's own file, by JSON pointers (`/spec/…`). */
  places?: Record<string, Place>;
  /** Name and namespace of the HelmRelease, for the labels that the controller adds to every object. */
  name: string;
  namespace: string;
}

/** `spec.source.kustomize` of an Argo CD Application: what Argo CD adds by `kustomize edit` before the build. */
export interface ArgoKustomize {
  /** The options as they are written, with the variables of Argo CD's build environment filled in. */
  options: JsonObject;
  /** Where the options stand. */
  place: Place;
  /** Where those stand that another file says, by JSON pointer. */
  places?: Record<string, Place>;
  /** Argo CD's settings let a kustomization read files above its folder. */
  anyFile?: true;
}

/**
 * What a Flux Kustomization adds to the build of its path; where the folder has no kustomization.yaml
 * Flux makes one of all manifests below it.
 */
export interface FluxBuild {
  targetNamespace?: string;
  namePrefix?: string;
  nameSuffix?: string;
  patches?: JsonObject[];
  images?: JsonObject[];
  components?: string[];
  ignoreMissingComponents?: boolean;
  buildMetadata?: string[];
  commonMetadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  /** Present when `spec.postBuild` is: `substituteFrom` names ConfigMaps and Secrets. */
  postBuild?: {
    substitute: Record<string, string>;
    substituteFrom: JsonObject[];
    /** `Always` substitutes also where no variable is set. */
    substituteStrategy?: string;
    /** Those of `substituteFrom` that are known; one that is known not to exist has no data. */
    known?: NamedData[];
    /** Why others are not known, as the end of "Secret keys, which …". */
    unknown?: UnknownData[];
  };
  /** Where values stand that are not written in the Kustomization's own file, by JSON pointers (`/spec/…`). */
  places?: Record<string, Place>;
  /** Name and namespace of the Kustomization, for the labels Flux adds to every object. */
  name: string;
  namespace: string;
}

/** What is known of a ConfigMap or Secret that an engine's object names. */
export interface NamedData {
  kind: string;
  name: string;
  data: Record<string, string>;
  /** Where a key's value stands in the repository; absent for what only the cluster has. */
  places?: Record<string, Place>;
  /** From a Secret: what the values make must not be shown. */
  secret: boolean;
  /** Keys whose values cannot be read, and why: the end of "Secret keys, which …". */
  hidden?: string[];
  reason?: string;
}

export interface UnknownData {
  kind: string;
  name: string;
  reason: string;
}

/** Values of Secrets that a render is made with, as texts that are long enough to be told apart from others. */
export function secretValues(source: RenderSource): string[] {
  const found = partsOf(source).flatMap(part => {
    if (part.kind === 'kustomize')
      return (part.flux?.postBuild?.known ?? [])
        .filter(({ secret }) => secret)
        .flatMap(({ data }) => Object.values(data));
    if (part.kind !== 'helm') return [];
    return part.values.flatMap(value => {
      if (value.kind === 'inline') return value.secret ? textsIn(value.values) : [];
      if (value.kind !== 'set' || !value.secret) return [];
      return [value.text.slice(value.text.indexOf('=') + 1)];
    });
  });
  // A value of many lines is substituted without its line breaks, and shows line by line.
  const texts = found.flatMap(text => [text, text.replaceAll('\n', ''), ...text.split('\n')]);
  return [...new Set(texts.map(text => text.trim()))].filter(text => text.length >= 4);
}

function textsIn(value: Json): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
