import { parseEvents, YAMLException } from 'js-yaml';
import { composeDocument } from './compose.ts';
import type { Defect } from './defect.ts';
import { explainSyntaxError } from './explain.ts';
import { flattenList } from './list-items.ts';
import { lineStartsOf, rangeOf } from './locate.ts';
import { type Chunk, splitDocuments } from './split.ts';
import type { Node, ParsedFile } from './syntax.ts';

/** Deeper nesting is refused: no manifest comes near it, and reading it would exhaust the stack. */
const maxDepth = 500;

/**
 * Reads YAML or JSON text in Kubernetes' dialect (`dialect.ts`). Never throws: a document that is broken
 * has a problem of rule `yaml-syntax` and no root, and the others still count. The items of `List`s are
 * documents of their own.
 */
export function parseManifests(text: string): ParsedFile {
  const parsed: ParsedFile = { documents: [], problems: [], lineStarts: lineStartsOf(text) };
  for (const [index, chunk] of splitDocuments(text).entries()) {
    const { root, defects } = parseDocument(text, chunk);
    for (const { rule, message, start, end } of defects)
      parsed.problems.push({ rule, message, document: index, ...rangeOf(parsed, start, end) });
    parsed.documents.push(...flattenList({ index, root, ...chunk, within: [] }));
  }
  return parsed;
}

function parseDocument(text: string, chunk: Chunk): { root: Node | undefined; defects: Defect[] } {
  const content = text.slice(chunk.start, chunk.end);
  try {
    const { root, defects } = composeDocument(
      content,
      chunk.start,
      parseEvents(content, { maxDepth }),
    );
    const broken = defects.some(defect => defect.rule === 'yaml-syntax');
    return { root: broken ? undefined : root, defects };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const at = error.mark?.position ?? 0;
    const defect = explainSyntaxError(content, at, error.reason);
    return {
      root: undefined,
      defects: [{ ...defect, start: chunk.start + defect.start, end: chunk.start + defect.end }],
    };
  }
}
