import { nodeAt, textAt } from '../manifests/locate.ts';
import type { Node } from '../manifests/syntax.ts';
import { composeDocument } from '../manifests/text/compose.ts';
import { codesOf, readQuickly } from '../manifests/text/quick/read-quickly.ts';
import { readEvents } from '../manifests/text/read-events.ts';
import type { Pointer } from '../model/path.ts';
import { withoutElsewhere } from './skeleton.ts';
import { type Token, tokenAt } from './token.ts';

/** Where somebody types in a YAML document. */
export interface Cursor {
  /** Steps to the value that is typed, or to the map whose key is. */
  path: Pointer;
  /** either: a word alone on its line may become a value as well as a key. */
  part: 'key' | 'value' | 'either';
  token: Token;
  /** The object, `word` standing where is typed; its places are those of the text without other documents. */
  root: Node;
  /** The object is an item of a `List`, which is what the document as a whole is. */
  isItem: boolean;
  /** Where the document begins in the text, and what it says. */
  start: number;
  text: string;
}

/** Stands for what is typed: nobody writes it. */
const word = 'xDriftlineCursorx';

/**
 * The place of an offset in a YAML text that is being typed: only its document is read, and where that is broken
 * elsewhere, only the lines that lead to the place. Undefined in comments, block scalars, and where no structure can
 * be made out.
 */
export function cursorAt(text: string, offset: number): Cursor | undefined {
  const { start, end } = documentAround(text, offset);
  const document = text.slice(start, end);
  const token = tokenAt(document, offset - start);
  if (!token) return undefined;
  for (const written of [document, withoutElsewhere(document, offset - start)]) {
    const found = read(written, token);
    if (found) return { ...found, token, start, text: document };
  }
  return undefined;
}

/** The stretch between the document markers around an offset. */
export function documentAround(text: string, offset: number): { start: number; end: number } {
  let start = 0;
  for (const { index, 0: marker } of text.matchAll(/^(?:---|\.\.\.)(?=\s|$).*(?:\r?\n|$)/gm)) {
    if (index > offset) return { start, end: index };
    if (offset >= index + marker.length) start = index + marker.length;
  }
  return { start, end: text.length };
}

function read(
  document: string,
  token: Token,
): Pick<Cursor, 'path' | 'part' | 'root' | 'isItem'> | undefined {
  // A word alone becomes a key: so the lines after it stay what they are.
  const key = token.place === 'alone' ? `${word}:` : word;
  for (const each of readings(document, token, key)) {
    const whole = rootOf(each);
    const found = whole && find(whole, []);
    if (!whole || !found) continue;
    const isEither = token.place === 'alone' && found.part === 'key';
    const part = isEither ? 'either' : found.part;
    return { part, ...inItem(whole, found.path) };
  }
  return undefined;
}

/** The document as it is, and with what is open at the place closed there: a quote, flow collections. */
function readings(document: string, { start, end, quote, flow }: Token, key: string): string[] {
  const before = document.slice(0, start) + key;
  const whole = before + document.slice(end);
  if (quote === '' && flow === undefined) return [whole];
  const lineEnd = document.indexOf('\n', end);
  const rest = lineEnd < 0 ? '' : document.slice(lineEnd);
  const closing = quote + (flow ?? '');
  return [whole, before + closing + rest, before + closing];
}

/** What can be read of a document; nobody asks what is wrong with it. */
function rootOf(text: string): Node | undefined {
  const quick = readQuickly(text, codesOf(text), { start: 0, end: text.length });
  if (quick) return quick.root;
  try {
    return composeDocument(text, 0, readEvents(text)).root;
  } catch {
    return undefined;
  }
}

/** An item of a `List` is an object by itself. */
function inItem(root: Node, path: Pointer): Pick<Cursor, 'path' | 'root' | 'isItem'> {
  const [items, index] = path;
  const item = nodeAt(root, path.slice(0, 2));
  const isItem = items === 'items' && typeof index === 'number' && item?.kind === 'map';
  if (!isItem || !textAt(root, 'kind')?.endsWith('List')) return { path, root, isItem: false };
  return { path: path.slice(2), root: item, isItem };
}

function find(node: Node, path: Pointer): { path: Pointer; part: 'key' | 'value' } | undefined {
  if (node.kind === 'scalar')
    return String(node.value).includes(word) ? { path, part: 'value' } : undefined;
  if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) {
      const found = find(item, [...path, index]);
      if (found) return found;
    }
    return undefined;
  }
  for (const { key, node: member } of node.entries) {
    if (key.includes(word)) return { path, part: 'key' };
    const found = find(member, [...path, key]);
    if (found) return found;
  }
  return undefined;
}

/** True for a key or value that stands for what is typed. */
export function isTyped(text: unknown): boolean {
  return typeof text === 'string' && text.includes(word);
}
