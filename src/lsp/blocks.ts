import type { IndexedFile } from '../core/manifests/index-types.ts';
import { positionAt } from '../core/manifests/locate.ts';
import type { Node } from '../core/manifests/syntax.ts';

/** Lines of a file that a person reads as one thing; 1-based and inclusive. */
export interface Block {
  line: number;
  endLine: number;
  /** Part of another block: only worth telling of where it reaches something else than the whole. */
  part?: true;
}

/** Blocks of a template that is no YAML by its name: helpers. */
export function helperBlocks(text: string): Block[] {
  return [{ line: 1, endLine: text.split('\n').length }, ...definitionsOf(text)];
}

/**
 * What of a file is told as a whole: an object, a patch, a top-level value, a kustomization and what of it reaches
 * less than all, a template and the definitions in it.
 */
export function blocksOf(file: IndexedFile): Block[] {
  switch (file.role) {
    case 'kustomization':
      return [
        ...wholeOf(file),
        ...entriesOf(file).map(block => ({ ...block, part: true as const })),
      ];
    case 'chart-template':
      return helperBlocks(file.text);
    case 'manifest':
    case 'patch':
      return documentsOf(file);
    case 'chart-values':
    case 'other':
      return entriesOf(file);
    default:
      return wholeOf(file);
  }
}

function wholeOf({ parsed }: IndexedFile): Block[] {
  return [{ line: 1, endLine: Math.max(parsed.lineStarts.length, 1) }];
}

/** Documents, and each item of a `List`. */
function documentsOf(file: IndexedFile): Block[] {
  return file.parsed.documents.flatMap(({ root }) =>
    root ? [linesOf(file, root.start, root.end)] : [],
  );
}

/** The top-level keys of the documents. */
function entriesOf(file: IndexedFile): Block[] {
  return file.parsed.documents.flatMap(({ root }) =>
    root?.kind === 'map'
      ? root.entries
          .filter(({ merged }) => !merged)
          .map(({ keyStart, keyEnd, node }) => linesOf(file, keyStart, endOf(node, keyEnd)))
      : [],
  );
}

/** What an alias brought stands elsewhere. */
function endOf(node: Node, keyEnd: number): number {
  return Math.max(node.end, keyEnd);
}

function definitionsOf(text: string): Block[] {
  const lines = text.split('\n');
  const starts = lines.flatMap((line, index) =>
    /\{\{-?\s*define\s/.test(line) ? [index + 1] : [],
  );
  return starts.map((line, index) => ({
    line,
    endLine: (starts[index + 1] ?? lines.length + 1) - 1,
    part: true as const,
  }));
}

/** A literal block goes on to what follows it: that is no text of its own. */
function linesOf({ parsed, text }: IndexedFile, start: number, end: number): Block {
  const { line } = positionAt(parsed, start);
  let last = end - 1;
  while (last > start && /\s/.test(text[last] ?? '')) last--;
  return { line, endLine: Math.max(positionAt(parsed, Math.max(last, start)).line, line) };
}
