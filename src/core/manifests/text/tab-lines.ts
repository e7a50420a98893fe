import type { Node, ScalarNode } from '../syntax.ts';
import type { Defect } from './defect.ts';

/**
 * Lines whose indentation holds a tab outside of scalars and brackets. YAML 1.2, and js-yaml with it, lets
 * them pass where nothing follows; go-yaml, and so Kubernetes' tools, refuse the document.
 */
export function tabIndentedLines(text: string, base: number, root: Node): Defect[] {
  // Hardly any text has a tab, and looking for one is cheaper than the pattern.
  if (!text.includes('\t') || !tabIndentation.test(text)) return [];
  const tokens: Token[] = [];
  collect(root, 0, text, base, tokens);
  tokens.sort((a, b) => a.start - b.start);
  const defects: Defect[] = [];
  let before: Token | undefined;
  let next = 0;
  /** Up to where the text behind `before` was looked at, and whether it is blank so far. */
  let seen = 0;
  let blankSoFar = true;
  for (const { index, 0: blank } of text.matchAll(allTabIndentations)) {
    const at = index + blank.length - 1;
    for (let token = tokens[next]; token && token.start <= at; token = tokens[++next]) {
      before = token;
      seen = token.end;
      blankSoFar = true;
    }
    blankSoFar &&= at < seen || text.slice(seen, at).trim() === '';
    seen = Math.max(seen, at);
    if (before && isContentOf(before, at, blank.length - 1, blankSoFar)) continue;
    const message = 'This line is indented with a tab; Kubernetes allows only spaces there.';
    defects.push({ rule: 'yaml-syntax', message, start: base + at, end: base + at + 1 });
    if (defects.length === maxDefects) break;
  }
  return defects;
}

/** A stretch of text in which tabs are content, or stand between brackets. */
interface Token {
  start: number;
  end: number;
  /** For plain and block scalars, the column from which on a line, also a blank one below, continues it. */
  indent?: number;
}

const tabIndentation = /^ *\t/m;
const allTabIndentations = /^ *\t/gm;

function isContentOf(token: Token, at: number, column: number, blankBefore: boolean): boolean {
  const inside = at < token.end;
  return token.indent === undefined ? inside : column >= token.indent && (inside || blankBefore);
}

const maxDefects = 100;

/** The tokens of a node's own text; `indent` is the least column at which a line continues it. */
function collect(node: Node, indent: number, text: string, base: number, tokens: Token[]): void {
  const start = node.start - base;
  const end = node.end - base;
  if (node.alias !== undefined) tokens.push({ start, end });
  else if (node.kind === 'scalar') {
    if (start < end) tokens.push({ start, end, ...continuation(node, indent, text, start) });
  } else if (node.flow) tokens.push({ start, end });
  else if (node.kind === 'list') {
    const inner = columnOf(text, start) + 1;
    for (const item of node.items) collect(item, inner, text, base, tokens);
  } else {
    const inner = columnOf(text, start) + 1;
    for (const { keyStart, keyEnd, node: value, merged } of node.entries) {
      if (merged) continue;
      tokens.push({ start: keyStart - base, end: keyEnd - base });
      collect(value, inner, text, base, tokens);
    }
  }
}

function continuation(
  { style }: ScalarNode,
  indent: number,
  text: string,
  start: number,
): { indent?: number } {
  if (style === 'plain') return { indent };
  if (style !== 'literal' && style !== 'folded') return {};
  blockContent.lastIndex = start;
  return { indent: blockContent.exec(text)?.[1]?.length ?? indent };
}

/** From a block's header on: the indentation of its first line that is not blank. */
const blockContent = /[^\n]*\n(?:[ \t]*\r?\n)*( *)/y;

function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf('\n', at - 1) + 1);
}
