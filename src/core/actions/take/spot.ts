import { editYaml } from '../../manifests/edit/edit.ts';
import { NotEditable } from '../../manifests/edit/source.ts';
import type { Wanted } from '../../manifests/edit/wanted.ts';
import { jsonOf, nodeAt, offsetAt, positionAt } from '../../manifests/locate.ts';
import { parseManifests } from '../../manifests/parse.ts';
import type { Node, ParsedFile } from '../../manifests/syntax.ts';
import type { Pointer } from '../../model/path.ts';
import type { Json } from '../../model/resource.ts';

/** Where a value stands in a YAML text: in a document, or in a document that a block of text holds (a patch, values). */
export interface Spot {
  document: number;
  pointer: Pointer;
  /** The block of text that holds the document; its own text is `text`. */
  within?: Spot;
  text: string;
  parsed: ParsedFile;
}

/** The value that begins at a line and column (1-based); undefined where none does. */
export function spotAt(
  text: string,
  { line, column }: { line: number; column: number },
  isIt: (node: Node) => boolean = () => true,
  parsed: ParsedFile = parseManifests(text),
): Spot | undefined {
  const offset = offsetAt(parsed, line, column);
  const found = [...parsed.documents.entries()].flatMap(([document, { root }]) =>
    root ? [...nodesAround(root, offset, [])].map(each => ({ document, ...each })) : [],
  );
  const innermost = found.at(-1);
  if (!innermost) return undefined;
  const { document, pointer, node } = innermost;
  const own: Spot = { document, pointer, text, parsed };
  const starting = found.findLast(each => each.node.start === offset && isIt(each.node));
  if (starting) return { ...own, pointer: starting.pointer };
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return undefined;
  if (node.style === 'literal') return inBlock(own, node, { line, column, isIt });
  // A part of a text: what follows `KEY=`.
  return isIt(node) ? own : undefined;
}

/** A place in a block of text is one of the text that the block holds, which stands deeper. */
function inBlock(
  within: Spot,
  node: Node & { kind: 'scalar' },
  at: { line: number; column: number; isIt: (node: Node) => boolean },
): Spot | undefined {
  const header = positionAt(within.parsed, node.start).line;
  const lines = within.text.slice(node.start, node.end).split('\n').slice(1);
  const indent = Math.min(
    ...lines.filter(each => each.trim() !== '').map(each => each.length - each.trimStart().length),
  );
  const place = { line: at.line - header, column: at.column - indent };
  if (place.line < 1 || place.column < 1) return undefined;
  const inner = spotAt(String(node.value), place, at.isIt);
  return inner && { ...inner, within: outermost(inner, within) };
}

function outermost(inner: Spot, within: Spot): Spot {
  return inner.within ? { ...inner.within, within: outermost(inner.within, within) } : within;
}

function* nodesAround(
  node: Node,
  offset: number,
  pointer: Pointer,
): Generator<{ node: Node; pointer: Pointer }> {
  if (node.start > offset || (node.end < offset && node.start !== offset)) return;
  yield { node, pointer };
  if (node.alias !== undefined || node.kind === 'scalar') return;
  const children =
    node.kind === 'list'
      ? node.items.map((child, index) => [index, child] as const)
      : node.entries.filter(({ merged }) => !merged).map(each => [each.key, each.node] as const);
  for (const [step, child] of children) yield* nodesAround(child, offset, [...pointer, step]);
}

export function nodeOf({ parsed, document, pointer }: Spot): Node | undefined {
  return nodeAt(parsed.documents[document]?.root, pointer);
}

export function readAt(spot: Spot): Json | undefined {
  const node = nodeOf(spot);
  return node && jsonOf(node);
}

/** The spot of something above or beside it in the same document. */
export function moved(spot: Spot, pointer: Pointer): Spot {
  return { ...spot, pointer };
}

/** The file's text with another value at the spot. Throws `NotEditable`. */
export function written(spot: Spot, wanted: Omit<Wanted, 'document' | 'pointer'>): string {
  const { text, document, pointer, within } = spot;
  const edited = editYaml(text, { ...wanted, document, pointer });
  if (!within) return edited;
  if (nodeOf(within)?.kind !== 'scalar')
    throw new NotEditable('The text that holds it has changed.');
  return written(within, { value: edited });
}
