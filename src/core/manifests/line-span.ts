/** Lines of a text, 1-based, both ends included. */
export interface LineSpan {
  from: number;
  to: number;
}

/**
 * What a line of YAML, or of a Helm template, stands over, read from indentation alone so that it also works in
 * what no YAML parser takes: the children of a key that has no value on its line, a block scalar, the lines of
 * a list item below a bare dash, the body of `{{ if }}`, `{{ range }}`, `{{ with }}`, `{{ define }}` and
 * `{{ block }}`. Undefined for a line that says all itself.
 */
export function spanBelow(lines: readonly string[], line: number): LineSpan | undefined {
  const text = lines[line - 1];
  if (text === undefined || isBlank(text)) return undefined;
  const body = opensAction(text) ? endOfAction(lines, line) : undefined;
  if (body !== undefined) return { from: line, to: body };
  if (isComment(text) || !opensValue(text)) return undefined;
  return { from: line, to: endOfValue(lines, line) };
}

/** The list item that begins with a line, or that a line lies in: the innermost. */
export function itemAround(lines: readonly string[], line: number): LineSpan | undefined {
  let depth = indentOf(lines[line - 1] ?? '') + 1;
  for (let at = line; at >= 1; at--) {
    const text = lines[at - 1] ?? '';
    if (isBlank(text) || isComment(text)) continue;
    const indent = indentOf(text);
    if (indent >= depth) continue;
    if (isItem(text)) return { from: at, to: endOfValue(lines, at) };
    // The first line of the loop is the line itself: what is above must be less deep than it.
    depth = at === line ? indent : Math.min(depth, indent);
  }
  return undefined;
}

/**
 * The line at which the value begins that a line goes on: the key of a block scalar, of a text over several
 * lines. Undefined for a line that begins a value of its own.
 */
export function startOfValue(lines: readonly string[], line: number): number | undefined {
  // An empty line is as deep as what follows it.
  const deep = lines.slice(line - 1).find(text => !isBlank(text));
  let depth = indentOf(deep ?? '');
  for (let at = line - 1; at >= 1 && depth > 0; at--) {
    const text = lines[at - 1] ?? '';
    if (isBlank(text) || indentOf(text) >= depth) continue;
    if (isBlockHeader(text) || (depth > contentOf(text) && goesOn(text))) return at;
    depth = indentOf(text);
  }
  return undefined;
}

/** True for a line that says nothing to a YAML parser. */
export function isComment(text: string): boolean {
  return /^\s*#/.test(text);
}

export function isBlank(text: string): boolean {
  return /^\s*$/.test(text);
}

/** The lines of a document around a line, without its `---`. */
export function documentAround(lines: readonly string[], line: number): LineSpan {
  const isMark = (text: string | undefined) => text !== undefined && /^---(\s|$)/.test(text);
  let from = line;
  while (from > 1 && !isMark(lines[from - 2])) from--;
  let to = line;
  while (to < lines.length && !isMark(lines[to])) to++;
  return { from, to };
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}

/** Where the text of a list item begins, behind its dashes: its other keys stand there too. */
function contentOf(text: string): number {
  return /^\s*(-\s+)*/.exec(text)?.[0].length ?? 0;
}

function isItem(text: string): boolean {
  return /^\s*-(\s|$)/.test(text);
}

const properties = String.raw`(\s+[&!][^\s]*)*`;
const blockHeader = new RegExp(String.raw`(:|^\s*-)${properties}\s+[|>][-+0-9]*(\s+#.*)?$`);
const openKey = new RegExp(String.raw`(:|^\s*(-\s+)*-)${properties}\s*([[{]\s*)?(\s#.*)?$`);

function isBlockHeader(text: string): boolean {
  return blockHeader.test(text);
}

function opensValue(text: string): boolean {
  return openKey.test(text) || isBlockHeader(text) || /:\s+[[{][^\]}]*$/.test(text);
}

/** A value that is not finished on its line can go on below; what is deeper than it can be nothing else. */
function goesOn(text: string): boolean {
  return !isComment(text) && !opensValue(text) && /:\s+\S|^\s*-\s+\S/.test(text);
}

/** The last line that is deeper, or an item of a key's list at the key's own depth. */
function endOfValue(lines: readonly string[], line: number): number {
  const head = lines[line - 1] ?? '';
  const indent = indentOf(head);
  const takesItems = !isItem(head);
  let last = line;
  for (let at = line + 1; at <= lines.length; at++) {
    const text = lines[at - 1] ?? '';
    if (isBlank(text)) continue;
    const depth = indentOf(text);
    if (depth < indent || (depth === indent && !(takesItems && isItem(text)))) break;
    last = at;
  }
  return last;
}

const opening = /^(if|range|with|define|block)\b/;

/** The actions of a template's line that open and close blocks, in order. */
function actionsOf(text: string): ('open' | 'else' | 'end')[] {
  return [...text.matchAll(/\{\{-?\s*([a-z]+)/g)].flatMap(([, word = '']) =>
    opening.test(word) ? ['open'] : word === 'else' ? ['else'] : word === 'end' ? ['end'] : [],
  );
}

function opensAction(text: string): boolean {
  const depth = actionsOf(text).reduce((sum, action) => sum + step[action], 0);
  return depth > 0 || (depth === 0 && actionsOf(text).join() === 'else');
}

const step = { open: 1, else: 0, end: -1 };

/** The line with the `end` (or, for an `else`, also the next `else`) of the block that a line opens. */
function endOfAction(lines: readonly string[], line: number): number | undefined {
  let depth = 0;
  for (let at = line; at <= lines.length; at++)
    for (const action of actionsOf(lines[at - 1] ?? '')) {
      if (at === line && action === 'else') depth = 1;
      else depth += step[action];
      if (depth <= 0 && at > line) return at;
    }
  return undefined;
}
