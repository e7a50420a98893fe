import type { Range } from '../model/source.ts';

/**
 * A parsed YAML or JSON node with its place in the text. `start` and `end` are UTF-16 offsets into the
 * text as given (a byte order mark counts); an alias has its own place and its target's content.
 */
export type Node = ScalarNode | MapNode | ListNode;

interface NodeBase {
  start: number;
  end: number;
  /** Name of the anchor whose node an alias or a merge key brought here; absent for text of its own. */
  alias?: string;
}

export interface ScalarNode extends NodeBase {
  kind: 'scalar';
  /** As Kubernetes reads it: `0644` is 420, `yes` is true, dates are strings. */
  value: null | boolean | number | string;
  style: 'plain' | 'single' | 'double' | 'literal' | 'folded';
}

export interface MapNode extends NodeBase {
  kind: 'map';
  /** In the order of the text, merge keys resolved in place, of duplicate keys only the last. */
  entries: MapEntry[];
  flow: boolean;
}

export interface MapEntry {
  key: string;
  keyStart: number;
  keyEnd: number;
  node: Node;
  /** True when a merge key (`<<`) brought it. */
  merged?: boolean;
}

export interface ListNode extends NodeBase {
  kind: 'list';
  items: Node[];
  flow: boolean;
}

/** One YAML document, or one item of a `List`. */
export interface ManifestDocument {
  /** Position among the file's YAML documents; items of one List share it. */
  index: number;
  /** Undefined for an empty document. */
  root: Node | undefined;
  start: number;
  end: number;
  /** Steps from the YAML document's root to `root`, for items of a `List`; else empty. */
  within: (string | number)[];
}

export interface SyntaxProblem extends Range {
  /** yaml-syntax: the document is broken. duplicate-key: the last one wins. */
  rule: 'yaml-syntax' | 'duplicate-key';
  message: string;
  document: number;
}

export interface ParsedFile {
  documents: ManifestDocument[];
  problems: SyntaxProblem[];
  /** Offset at which each line starts. */
  readonly lineStarts: readonly number[];
}
