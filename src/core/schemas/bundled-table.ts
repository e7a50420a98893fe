/** `media/schemas/crds.json`: which CustomResourceDefinitions come with Driftline, and from where. */
export interface BundledTable {
  products: BundledProduct[];
  groups: Record<string, BundledGroup>;
}

export interface BundledProduct {
  name: string;
  /** Release, as people know it. */
  version: string;
  modules: { module: string; version: string; licence: string }[];
}

/**
 * One API group. Its definitions are the lines of `<group>.crds.br`, and with descriptions those of
 * `<group>.described.br`, in the order of `kinds`.
 */
export interface BundledGroup {
  /** Versions that releases of long ago served. */
  former?: string[];
  /** Versions that releases served which many clusters still run. */
  lately?: string[];
  kinds: Record<string, BundledKind>;
}

export interface BundledKind {
  /** Index of its product. */
  product: number;
  /** Versions that are served, the preferred one first. */
  versions: string[];
}
