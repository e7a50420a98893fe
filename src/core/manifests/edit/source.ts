import type { Pointer } from '../../model/path.ts';
import { nodeAt } from '../locate.ts';
import { parseManifests } from '../parse.ts';
import type { MapEntry, Node, ParsedFile } from '../syntax.ts';

/** One document of a text that is being edited, read anew after every step. */
export interface Source {
  text: string;
  parsed: ParsedFile;
  /** Position in `parsed.documents`. */
  document: number;
  root: Node | undefined;
  style: Style;
}

/** How the person writes. */
export interface Style {
  /** `\n` or `\r\n`. */
  lineBreak: string;
  /** Spaces by which a map stands deeper than its key. */
  step: number;
  /** True where a list stands deeper than its key. */
  listsIndented: boolean;
  /** The text is JSON: keys and strings have double quotes. */
  json: boolean;
  quote: 'single' | 'double';
}

/** Says in one sentence why a text cannot be edited so; `offset` is where that stands. */
export class NotEditable extends Error {
  readonly offset: number | undefined;

  constructor(message: string, offset?: number) {
    super(message);
    this.offset = offset;
  }
}

export function readSource(text: string, document: number): Source {
  return sourceOf(text, parseManifests(text), document);
}

/** The same of a text that was read before. */
export function sourceOf(text: string, parsed: ParsedFile, document: number): Source {
  const root = parsed.documents[document]?.root;
  return { text, parsed, document, root, style: styleOf(text, root) };
}

/** The node with what holds it. */
export interface Held {
  node: Node | undefined;
  parent: Node | undefined;
  /** In a map. */
  entry: MapEntry | undefined;
  /** In a list. */
  index: number | undefined;
}

/** Throws `NotEditable` where an alias or a merge key is on the way: the text there is another one's. */
export function heldAt(source: Source, pointer: Readonly<Pointer>): Held {
  for (let length = 0; length <= pointer.length; length++) {
    const node = nodeAt(source.root, pointer.slice(0, length));
    if (node?.alias !== undefined) throw aliased(node);
    const step = pointer[length - 1];
    const parent = length > 0 ? nodeAt(source.root, pointer.slice(0, length - 1)) : undefined;
    if (parent?.kind !== 'map') continue;
    const entry = parent.entries.find(({ key }) => key === String(step));
    if (entry?.merged)
      throw new NotEditable('A merge key (<<) brings this value from an anchor.', parent.start);
  }
  const node = nodeAt(source.root, pointer);
  const last = pointer.at(-1);
  const parent = last === undefined ? undefined : nodeAt(source.root, pointer.slice(0, -1));
  const entry =
    parent?.kind === 'map' ? parent.entries.find(({ key }) => key === String(last)) : undefined;
  return { node, parent, entry, index: parent?.kind === 'list' ? Number(last) : undefined };
}

function aliased({ alias, start }: Node): NotEditable {
  return new NotEditable(
    `The value stands at the anchor &${alias}, which *${alias} repeats.`,
    start,
  );
}

export function splice(text: string, start: number, end: number, newText: string): string {
  return text.slice(0, start) + newText + text.slice(end);
}

/** Offset of the first character of the line that holds an offset. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset of the line's end, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' && end - 1 >= offset ? end - 1 : end;
}

/** Offset of the first character of the next line; the text's end where there is none. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

export function columnOf(text: string, offset: number): number {
  return (
    offset - lineStart(text, offset) - (lineStart(text, offset) === 0 && isMarked(text) ? 1 : 0)
  );
}

function isMarked(text: string): boolean {
  return text.charCodeAt(0) === 0xfeff;
}

/** True where nothing but spaces stands before an offset on its line. */
export function beginsLine(text: string, offset: number): boolean {
  return /^\uFEFF?[ ]*$/.test(text.slice(lineStart(text, offset), offset));
}

function styleOf(text: string, root: Node | undefined): Style {
  const steps: number[] = [];
  const lists: boolean[] = [];
  const visit = (node: Node, column: number | undefined) => {
    if (node.alias !== undefined || node.kind === 'scalar') return;
    const isBlock = !node.flow;
    if (node.kind === 'list') {
      if (isBlock && column !== undefined) lists.push(columnOf(text, node.start) > column);
      for (const item of node.items) visit(item, undefined);
      return;
    }
    for (const { keyStart, node: child, merged } of node.entries) {
      if (merged) continue;
      const own = columnOf(text, keyStart);
      if (isBlock && child.kind === 'map' && !child.flow && child.alias === undefined)
        steps.push(columnOf(text, child.start) - own);
      visit(child, isBlock ? own : undefined);
    }
  };
  if (root) visit(root, undefined);
  const isDeep = lists.filter(Boolean).length * 2 > lists.length;
  const single = text.match(/:\s+'/g)?.length ?? 0;
  const double = text.match(/:\s+"/g)?.length ?? 0;
  return {
    lineBreak: text.includes('\r\n') ? '\r\n' : '\n',
    step: steps.filter(step => step > 0).sort((a, b) => a - b)[0] ?? 2,
    listsIndented: isDeep,
    json: /^\uFEFF?\s*[{[]/.test(text) && !/^---/m.test(text),
    quote: single > double ? 'single' : 'double',
  };
}
