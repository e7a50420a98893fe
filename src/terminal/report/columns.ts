import { stripVTControlCharacters } from 'node:util';

/** The number of terminal columns a text takes: wide characters are two, combining marks and colours none. */
export function textWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  const plain = stripVTControlCharacters(text);
  return graphemes(plain).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
}

/** The columns of the widest text among those that are not wider than `most`; 0 where there is none. */
export function widest(texts: Iterable<string>, most = Number.POSITIVE_INFINITY): number {
  let columns = 0;
  for (const text of texts) {
    const width = textWidth(text);
    if (width <= most && width > columns) columns = width;
  }
  return columns;
}

/** Fills a text with spaces up to a number of columns; a longer one stays as it is. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)));
}

/** Puts `left` and `right` at the two ends of a line, or undefined where they do not fit beside each other. */
export function justify(left: string, right: string, columns: number): string | undefined {
  const gap = columns - textWidth(left) - textWidth(right);
  return gap < 2 ? undefined : left + ' '.repeat(gap) + right;
}

/** At most so many columns from the start of a text. */
export function takeColumns(text: string, columns: number): string {
  const parts = graphemes(text);
  return parts.slice(0, countFitting(parts, columns)).join('');
}

/** At most so many columns from the end of a text. */
export function takeColumnsEnd(text: string, columns: number): string {
  const parts = graphemes(text).reverse();
  return parts.slice(0, countFitting(parts, columns)).reverse().join('');
}

/** Shortens a text in its middle, where names and paths differ least. */
export function shortenMiddle(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  const room = Math.max(0, columns - 1);
  const head = takeColumns(text, Math.ceil(room / 2));
  return `${head}…${takeColumnsEnd(text, room - textWidth(head))}`;
}

/** Breaks a sentence into lines at spaces; a word longer than a line is cut. */
export function wrap(text: string, columns: number): string[] {
  return wrapParts(text.split(/\s+/), ' ', columns);
}

/** Joins parts with a separator into as few lines as fit; a part longer than a line is cut. */
export function wrapParts(parts: readonly string[], separator: string, columns: number): string[] {
  const lines: string[] = [];
  for (const part of parts.flatMap(part => cut(part, columns))) {
    const last = lines.at(-1);
    const joined = last === undefined ? part : `${last}${separator}${part}`;
    if (last !== undefined && textWidth(joined) <= columns) lines[lines.length - 1] = joined;
    else lines.push(part);
  }
  return lines;
}

/** Cuts at the last space that fits, or where there is none, anywhere. */
function cut(text: string, columns: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (textWidth(rest) > columns) {
    const most = takeColumns(rest, columns);
    const space = most.lastIndexOf(' ');
    const piece = space > 0 ? most.slice(0, space) : most;
    if (piece === '') break;
    pieces.push(piece);
    rest = rest.slice(piece.length).trimStart();
  }
  return [...pieces, rest];
}

function countFitting(parts: readonly string[], columns: number): number {
  let used = 0;
  const end = parts.findIndex(part => {
    used += graphemeWidth(part);
    return used > columns;
  });
  return end < 0 ? parts.length : end;
}

/** Made when it is first needed: it takes as long as reading a hundred files. */
const made: { segmenter?: Intl.Segmenter } = {};

function graphemes(text: string): string[] {
  if (ascii.test(text)) return text.split('');
  made.segmenter ??= new Intl.Segmenter('en');
  return Array.from(made.segmenter.segment(text), ({ segment }) => segment);
}

const ascii = /^[\x20-\x7e]*$/;

/** East Asian wide and fullwidth blocks of Unicode's EastAsianWidth.txt, and what is drawn as a picture. */
const wide =
  /^(?:[\u1100-\u115f\u231a\u231b\u2329\u232a\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2fb}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f)/u;
const invisible =
  /^[\p{Mark}\p{Control}\p{Format}\p{Surrogate}\p{Default_Ignorable_Code_Point}]+$/u;

function graphemeWidth(grapheme: string): number {
  if (/^[\x20-\x7e]/.test(grapheme) && grapheme.length === 1) return 1;
  if (invisible.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}
