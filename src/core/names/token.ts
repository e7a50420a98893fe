/** The word around a place in a YAML document. Offsets are into the document. */
export interface Token {
  start: number;
  end: number;
  /** What is typed before the place. */
  typed: string;
  /** The quote that the word stands in; empty for a plain one. */
  quote: '' | '"' | "'";
  /** alone: the only word of its line, maybe after dashes; key: before a colon; value: after one, or in a flow list. */
  place: 'alone' | 'key' | 'value';
  /** What closes the flow collections that the word stands in; absent outside of them. */
  flow?: string;
}

/** The word at an offset; undefined in a comment, in a block scalar and right behind a colon. */
export function tokenAt(document: string, offset: number): Token | undefined {
  const lineStart = document.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = endOfLine(document, offset);
  const before = document.slice(lineStart, offset);
  const after = document.slice(offset, lineEnd);
  if (isComment(before) || isInBlockScalar(document, lineStart, before)) return undefined;
  const flow = openFlow(document.slice(0, offset));
  const from = flow === '' ? lineStart : lineStart + Math.max(flowStart(before), 0);
  const [, lead = '', key = '', rest = ''] = parts.exec(document.slice(from, offset)) ?? [];
  if (/:$/.test(rest) && !/^["']/.test(rest)) return undefined;
  const start = from + lead.length + key.length;
  return { ...wordOf(rest, after, { start, offset, hasKey: key !== '' }), ...(flow && { flow }) };
}

/** Indent and dashes; a key with its colon; what is typed. */
const parts =
  /^([ \t]*(?:-[ \t]+)*-?(?:(?<=-)[ \t]*)?)((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'{}[\],#&*!|>%@`-][^#]*?|-[^\s#][^#]*?)[ \t]*:[ \t]+)?(.*)$/s;

function wordOf(
  rest: string,
  after: string,
  { start, offset, hasKey }: { start: number; offset: number; hasKey: boolean },
): Omit<Token, 'flow'> {
  const quote = /^["']/.exec(rest)?.[0] as '"' | "'" | undefined;
  const inner = quote ? start + 1 : start;
  const ending = quote ? new RegExp(`^[^${quote}]*`) : /^(?:[^\s,\]}:#]|:(?=[^\s])|#(?<=\S#))*/;
  const end = offset + (ending.exec(after)?.[0].length ?? 0);
  const behind = after.slice(end - offset).replace(/^["']/, '');
  const isKey = !hasKey && /^[ \t]*:(?:\s|$)/.test(behind);
  const isAlone = !hasKey && /^[ \t]*(?:#.*)?\r?$/.test(behind);
  const place = isKey ? 'key' : hasKey || !isAlone || quote ? 'value' : 'alone';
  const typed = quote ? rest.slice(1) : rest;
  return { start: inner, end, typed, quote: quote ?? '', place };
}

function endOfLine(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  return at < 0 ? text.length : at;
}

function isComment(before: string): boolean {
  const plain = before.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, quoted => 'x'.repeat(quoted.length));
  return /(?:^|\s)#/.test(plain);
}

/** Goes up to the first line that is indented less: a block scalar's header ends in `|` or `>`. */
function isInBlockScalar(document: string, lineStart: number, before: string): boolean {
  let indent = /^ */.exec(before)?.[0].length ?? 0;
  for (let end = lineStart - 1; end > 0 && indent > 0; ) {
    const start = document.lastIndexOf('\n', end - 1) + 1;
    const line = document.slice(start, end);
    end = start - 1;
    const own = /^[ ]*/.exec(line)?.[0].length ?? 0;
    if (/^\s*(?:#.*)?\r?$/.test(line) || own >= indent) continue;
    if (/(?:^|[\s:-])[|>][-+0-9]*[ \t]*(?:#.*)?\r?$/.test(line)) return true;
    indent = own;
  }
  return false;
}

/** What closes the flow collections that are open at the end of a text; empty where none is. */
function openFlow(text: string): string {
  let open = '';
  // Flow collections hardly span more than what is near; further up a bracket is text.
  const near = text.slice(-8000);
  for (const line of near.split('\n')) {
    const plain = line
      .replace(/"(?:[^"\\]|\\.)*"?|'[^']*'?/g, '')
      .replace(/(?:^|\s)#.*$/, '')
      .replace(/\{\{.*?\}\}|\$\{[^}]*\}?/g, '');
    if (open === '' && !/(?:^|[:\-\s])\s*[[{]/.test(plain)) continue;
    const content = open === '' ? plain.slice(plain.search(/(?<=^|:\s|-\s|^\s+)[[{]/)) : plain;
    for (const char of content) {
      if (char === '{') open = `}${open}`;
      else if (char === '[') open = `]${open}`;
      else if (char === open[0]) open = open.slice(1);
    }
  }
  return open;
}

/** Where the last entry of a flow collection begins in a line: behind the last opening or comma. */
function flowStart(before: string): number {
  const plain = before.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, quoted => 'x'.repeat(quoted.length));
  return Math.max(plain.lastIndexOf('{'), plain.lastIndexOf('['), plain.lastIndexOf(',')) + 1;
}
