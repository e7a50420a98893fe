import type { Json } from '../model/resource.ts';

/**
 * A type as `media/schemas` stores it: `"string"` for a bare scalar, `"#io.k8s.api.core.v1.PodSpec"`
 * for a type that has a name, else its attributes, named as in `FieldType`.
 */
export type CompactType = string | CompactAttributes;

export interface CompactAttributes {
  kind?: string;
  /** Name of the type that the other attributes add to. */
  of?: string;
  fields?: Record<string, CompactType>;
  required?: string[];
  element?: CompactType;
  merge?: 'granular' | 'atomic' | 'set' | 'map';
  keys?: string[];
  patch?: 'replace' | 'retainKeys';
  format?: string;
  enum?: string[];
  default?: Json;
  preserve?: boolean;
}

/**
 * One package of types (`io.k8s.api.core.v1`), by their last name. Each type has its variants with the
 * first minor that has it so; it is null from the minor that lost it.
 */
export type CompactPackage = Record<string, [since: number, type: CompactType | null][]>;

/** What is known of one kind of Kubernetes' own, in `kinds.json` below its apiVersion. */
export interface KindEntry {
  /** Name of its type; absent where no bundled minor serves it. */
  type?: string;
  namespaced?: boolean;
  /** Has a status subresource. */
  status?: boolean;
  /** First minor that serves it, where that is known. */
  introduced?: number;
  /** First minor that serves it no more. */
  removed?: number;
  /** `apiVersion Kind` to use instead. */
  replacement?: string;
}

export interface KindTable {
  /** Bundled minors of Kubernetes 1, ascending. */
  minors: number[];
  /** apiVersion → kind. */
  kinds: Record<string, Record<string, KindEntry>>;
}
