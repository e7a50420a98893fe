import type { RepositoryIndex } from '../../manifests/repository-index.ts';
import type { Place, Range } from '../../model/source.ts';

/** From a place to the end of the text on its line, a comment left out. */
export function lineRange(index: RepositoryIndex, { file, line, column }: Place): Range {
  const lines = index.file(file)?.text.split(/\r\n|\r|\n/) ?? [];
  const text = (lines[line - 1] ?? '').replace(/\s+#.*$/, '').trimEnd();
  return { line, column, endLine: line, endColumn: Math.max(text.length + 1, column + 1) };
}
