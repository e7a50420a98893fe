import { YAMLException } from 'js-yaml';
import { lineStartsOf, rangeOf } from './locate.ts';
import type { ManifestDocument, Node, ParsedFile, SyntaxProblem } from './syntax.ts';
import { composeDocument } from './text/compose.ts';
import type { Defect } from './text/defect.ts';
import { explainSyntaxError } from './text/explain.ts';
import { flattenList } from './text/list-items.ts';
import { codesOf, readQuickly } from './text/quick/read-quickly.ts';
import { readEvents } from './text/read-events.ts';
import { type Chunk, splitDocuments } from './text/split.ts';
import { tabIndentedLines } from './text/tab-lines.ts';

/**
 * Reads YAML or JSON text in Kubernetes' dialect (`dialect.ts`). Never throws: a document that is broken
 * has a problem of rule `yaml-syntax` and no root, and the others still count. The items of `List`s are
 * documents of their own.
 */
export function parseManifests(text: string): ParsedFile {
  const parsed = new ReadFile(text);
  const codes = codesOf(text);
  for (const [index, chunk] of splitDocuments(text).entries()) {
    const quick = readQuickly(text, codes, chunk);
    const { root, defects } = quick ? { ...quick, defects: [] } : readDocument(text, chunk);
    for (const { rule, message, start, end } of defects)
      parsed.problems.push({ rule, message, document: index, ...rangeOf(parsed, start, end) });
    parsed.documents.push(...flattenList({ index, root, ...chunk, within: [] }));
  }
  return parsed;
}

/** Most files are read without a place in them being asked for. */
class ReadFile implements ParsedFile {
  readonly documents: ManifestDocument[] = [];
  readonly problems: SyntaxProblem[] = [];
  readonly #text: string;
  #lineStarts: number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  get lineStarts(): number[] {
    this.#lineStarts ??= lineStartsOf(this.#text);
    return this.#lineStarts;
  }
}

/** Reads any document, and says what is wrong with it. */
export function readDocument(
  text: string,
  chunk: Chunk,
): { root: Node | undefined; defects: Defect[] } {
  const content = text.slice(chunk.start, chunk.end);
  try {
    const { root, defects } = composeDocument(content, chunk.start, readEvents(content));
    if (root) defects.push(...tabIndentedLines(content, chunk.start, root));
    const broken = defects.some(defect => defect.rule === 'yaml-syntax');
    return { root: broken ? undefined : root, defects };
  } catch (error) {
    return { root: undefined, defects: [defectOf(error, content, chunk.start)] };
  }
}

function defectOf(error: unknown, content: string, base: number): Defect {
  const reason = error instanceof YAMLException ? error.reason : 'it is nested too deeply';
  const defect = explainSyntaxError(content, positionOf(error), reason, failurePosition);
  return { ...defect, start: base + defect.start, end: base + defect.end };
}

function failurePosition(text: string): number | undefined {
  try {
    readEvents(text, 1_000_000);
    return undefined;
  } catch (error) {
    return positionOf(error);
  }
}

function positionOf(error: unknown): number {
  return (error instanceof YAMLException && error.mark?.position) || 0;
}
