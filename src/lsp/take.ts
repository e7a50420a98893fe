import { offsetAt } from '../core/manifests/locate.ts';
import { parseManifests } from '../core/manifests/parse.ts';
import type { Node, ParsedFile, ScalarNode } from '../core/manifests/syntax.ts';
import type { DriftPath } from '../core/model/drift.ts';
import type { Json, Resource } from '../core/model/resource.ts';
import { isSecret } from '../core/words/values.ts';

/** One replacement in a text; offsets are UTF-16, `end` is exclusive. */
export interface Splice {
  start: number;
  end: number;
  newText: string;
}

/**
 * The smallest edit that makes a line say what runs: only the value is replaced, comments and the style of quotes
 * stay. Undefined where the line does not hold the very value (a tag of an image, a template, an alias), where
 * the value is secret, or where it cannot be written on one line.
 *
 * @param line 1-based, in this text
 */
export function takeValue(
  text: string,
  line: number,
  object: Resource,
  path: DriftPath,
): Splice | undefined {
  const { kind, desired, live } = path;
  if (kind !== 'changed' || path.secret || isSecret(object, path.path)) return undefined;
  if (!isScalar(desired) || !isScalar(live)) return undefined;
  const parsed = parseManifests(text);
  const node = scalarOn(parsed, line, path, desired);
  if (!node) return undefined;
  const splices = waysToWrite(node, live).map(newText => ({
    ...{ start: node.start, end: node.end },
    newText,
  }));
  // Where a template turns a number into a text, the file says the number all the same.
  const isConverted = node.value !== desired;
  return splices.find(splice => {
    const value = valueAfter(text, splice);
    return value === live || (isConverted && value !== undefined && String(value) === String(live));
  });
}

type Scalar = string | number | boolean;

function isScalar(value: Json | undefined): value is Scalar {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** The one scalar on the line that has the value; where several have it, the one at the known column. */
function scalarOn(
  parsed: ParsedFile,
  line: number,
  { source }: DriftPath,
  value: Scalar,
): ScalarNode | undefined {
  const from = offsetAt(parsed, line, 1);
  const to = parsed.lineStarts[line] ?? Number.POSITIVE_INFINITY;
  const onLine = parsed.documents
    .flatMap(({ root }) => (root ? [...scalarsOf(root)] : []))
    .filter(({ start }) => start >= from && start < to)
    .filter(node => String(node.value) === String(value));
  if (onLine.length < 2) return onLine[0];
  return onLine.find(({ start }) => start === from + (source?.column ?? 0) - 1);
}

/** Scalars that stand in the text themselves, on one line. */
function* scalarsOf(node: Node): Generator<ScalarNode> {
  if (node.alias !== undefined) return;
  if (node.kind === 'list') for (const item of node.items) yield* scalarsOf(item);
  else if (node.kind === 'map') for (const { node: inner } of node.entries) yield* scalarsOf(inner);
  else if (node.style !== 'literal' && node.style !== 'folded') yield node;
}

/** In the style that the value has now, then in a safer one. */
function waysToWrite({ style, value }: ScalarNode, live: Scalar): string[] {
  const text = String(live);
  if (/[\r\n]/.test(text)) return [];
  const double = JSON.stringify(text);
  if (style === 'single') return [`'${text.replaceAll("'", "''")}'`, double];
  if (style === 'double') return [double];
  return typeof value === 'string' ? [text, double] : [text];
}

/** What the edited text says there; undefined where the edit would be read as something else than one value. */
function valueAfter(text: string, { start, end, newText }: Splice): Scalar | undefined {
  const parsed = parseManifests(text.slice(0, start) + newText + text.slice(end));
  if (parsed.problems.length > parseManifests(text).problems.length) return undefined;
  const scalars = parsed.documents.flatMap(({ root }) => (root ? [...scalarsOf(root)] : []));
  const node = scalars.find(
    scalar => scalar.start === start && scalar.end === start + newText.length,
  );
  return node?.value ?? undefined;
}
