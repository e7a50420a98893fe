/** The lines of a broken document, as the explanations of its error need them. */
export interface Line {
  /** Without its line break. */
  text: string;
  /** Offset of its first character. */
  start: number;
  /** Number of leading spaces. */
  indent: number;
}

export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (const match of text.matchAll(/([^\r\n]*)(?:\r\n|\r|\n|$)/g)) {
    const [, content = ''] = match;
    lines.push({ text: content, start: match.index, indent: /^ */.exec(content)?.[0].length ?? 0 });
  }
  // The pattern also matches the empty text behind the last line break.
  return lines;
}

/** True for lines without content: blank ones and comments. */
export function isIdle(line: Line): boolean {
  return /^\s*(?:#|$)/.test(line.text);
}

/** The nearest line above that has content. */
export function lineAbove(lines: readonly Line[], at: number): number | undefined {
  for (let above = at - 1; above >= 0; above--) {
    const line = lines[above];
    if (line && !isIdle(line)) return above;
  }
  return undefined;
}

export interface Quoted {
  quote: string;
  /** Offsets in the line; `end` is behind the closing quote, undefined when the line does not close it. */
  start: number;
  end: number | undefined;
}

/** The quoted scalars that begin on a line, where a value or a key may begin. */
export function quotedIn(text: string): Quoted[] {
  const found: Quoted[] = [];
  opener.lastIndex = 0;
  for (let match = opener.exec(text); match; match = opener.exec(text)) {
    const quote = match[1] ?? '"';
    const start = match.index + match[0].length - 1;
    const closed = (quote === '"' ? doubleQuoted : singleQuoted).exec(text.slice(start));
    const end = closed ? start + closed[0].length : undefined;
    found.push({ quote, start, end });
    if (end === undefined) break;
    opener.lastIndex = end;
  }
  return found;
}

const opener = /(?:^\s*|(?:^|\s)-\s+|:\s+|[[{,]\s*)(["'])/g;
const doubleQuoted = /^"(?:[^"\\]|\\.)*"/;
const singleQuoted = /^'(?:[^']|'')*'/;
