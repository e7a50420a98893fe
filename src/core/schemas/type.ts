import type { GroupVersionKind, Json, JsonObject } from '../model/resource.ts';

/**
 * The type of a field, resolved from OpenAPI v3 with Kubernetes' extensions (drift.md 1.1, 2.3).
 * Types are shared and may be recursive: compare by identity, never walk without the value.
 */
export interface FieldType {
  kind:
    | 'map'
    | 'list'
    | 'string'
    | 'integer'
    | 'number'
    | 'boolean'
    | 'int-or-string'
    | 'quantity'
    | 'any';
  /** Struct fields of a map. */
  fields?: ReadonlyMap<string, FieldType>;
  required?: readonly string[];
  /** Type of map values (additionalProperties) or list items. */
  element?: FieldType;
  /** How server-side apply merges it: maps granular or atomic; lists atomic, set or map (keyed). */
  merge?: 'granular' | 'atomic' | 'set' | 'map';
  /** For keyed lists; a strategic merge patch merges by the first. */
  keys?: readonly string[];
  /**
   * Where a strategic merge patch does otherwise: the value is replaced, or of a map (or a list's items) only
   * the fields stay that the manifest declares.
   */
  patch?: 'replace' | 'retainKeys';
  format?: string;
  enum?: readonly Json[];
  pattern?: string;
  default?: Json;
  nullable?: boolean;
  /** x-kubernetes-preserve-unknown-fields: undeclared fields are kept. */
  preserve?: boolean;
  /** x-kubernetes-embedded-resource. */
  embedded?: boolean;
  /** Remaining JSON Schema checks of a CRD. */
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  /** What the schema of a custom resource says of it; of Kubernetes' own types see `descriptions.ts`. */
  description?: string;
  /** OpenAPI name, such as `io.k8s.api.core.v1.PodSpec`. */
  ref?: string;
}

/** Whose word a type is: Kubernetes' own, a definition of the environment, one that comes with Driftline, or one of a catalogue. */
export type Origin = 'kubernetes' | 'definition' | 'bundled' | 'catalogue';

export interface KindType {
  type: FieldType;
  origin: Origin;
  /** Of bundled definitions, the release that they are of: `cert-manager 1.21`. */
  release?: string;
  /** Other definitions of the same custom resource that the repository holds: releases, install variants. */
  alternatives?: readonly FieldType[];
  namespaced: boolean;
  builtin: boolean;
  hasStatusSubresource: boolean;
}

export type KindLookup =
  | { found: true; kind: KindType }
  | {
      found: false;
      /**
       * unknown: nobody here knows it, so it is *not checked*. former and lately: only earlier releases
       * served it, of long ago or such as many clusters run. The others are errors for that server.
       */
      why:
        | 'unknown'
        | 'unknown-kind'
        | 'unknown-version'
        | 'removed'
        | 'not-yet'
        | 'former'
        | 'lately';
      /** Where it is told by what comes with Driftline, the cluster may know better. */
      origin?: Origin;
      /** One sentence. */
      reason: string;
      /** The nearest kind or apiVersion that exists. */
      suggestion?: GroupVersionKind;
    };

/** Types of one Kubernetes version plus custom resources; loads a group-version when it is first asked for. */
export interface Schemas {
  /** Minor version, such as `1.33`. */
  readonly version: string;
  /** The CustomResourceDefinitions it was made of; always the same list. */
  readonly customTypes: JsonObject[];
  /**
   * Of these, and of the bundled ones before them, the definitions of what was looked up so far: by these the judge
   * judges it. The same list until there are more.
   */
  judgedTypes(): JsonObject[];
  lookup(gvk: GroupVersionKind): KindLookup;
  /** Every kind that can be written for this version; made anew by each call. */
  kinds(): KnownKind[];
  /**
   * The same type with what the API says of its fields, for kinds that come with Driftline: their descriptions are
   * left out of `lookup`. Read anew each time; undefined for others.
   */
  described(gvk: GroupVersionKind): FieldType | undefined;
}

export interface KnownKind extends GroupVersionKind {
  /** A CustomResourceDefinition defines it. */
  custom: boolean;
}
