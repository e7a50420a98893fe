import type { Resource } from '../model/resource.ts';
import type { ManifestDocument, ParsedFile } from './syntax.ts';

/** What a file is to Kubernetes; told from its name, its place and its content (`corpora.md`). */
export type FileRole =
  | 'manifest'
  | 'kustomization'
  /** Patch or other input that only a kustomization uses; complete only after rendering. */
  | 'patch'
  | 'generator-input'
  | 'chart'
  | 'chart-template'
  | 'chart-values'
  /** Values, kind config, skaffold, …: YAML that no API server will see. */
  | 'other';

export interface IndexedFile {
  path: string;
  role: FileRole;
  parsed: ParsedFile;
  text: string;
  /** The objects of this file; for role `manifest` they can be applied as they are. */
  objects: IndexedObject[];
}

export interface IndexedObject {
  resource: Resource;
  file: string;
  document: ManifestDocument;
  /** 1-based line of the object's first line. */
  line: number;
}

export interface KustomizationFile {
  /** Folder, relative to the root; `''` is the root. */
  path: string;
  file: string;
  /** `Component` or `Kustomization`. */
  kind: string;
  /** Folders and files it names (resources, bases, components, patches, generator inputs), as far as they are in the repository. */
  refersTo: string[];
}

export interface ChartFolder {
  path: string;
  file: string;
  name: string;
  version: string;
  /** `library` charts are not rendered. */
  type: string;
}
