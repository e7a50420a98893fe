import { isIdle, type Line, lineAbove } from './document-lines.ts';
import { type Explanation, lineEndOf, type Trouble } from './trouble.ts';

/** What is wrong with how a line fits the lines above it; undefined when that is not the trouble. */
export function explainIndentation(trouble: Trouble): Explanation | undefined {
  if (!/indentation|document separator|mapping entry|mapping key|key-value/.test(trouble.reason))
    return undefined;
  for (const explain of [
    colonInValue,
    missingColon,
    leftBlockText,
    listItem,
    childOfValue,
    besideList,
    misfit,
    secondValue,
  ]) {
    const explanation = explain(trouble);
    if (explanation) return explanation;
  }
  return undefined;
}

/** `message: error: disk full`. */
function colonInValue({ lines, line, at, text }: Trouble): Explanation | undefined {
  const own = lines[line];
  if (!own || text[at] !== ':') return undefined;
  const before = own.text.slice(0, at - own.start);
  const value = /^(?:\s*- )*\s*[^\s"'][^"']*?:\s+(?=\S)/.exec(before);
  if (!value) return undefined;
  const start = own.start + value[0].length;
  return {
    message: 'This value holds ": ", which begins a mapping inside it: put the value in quotes.',
    start,
    end: own.start + own.text.trimEnd().length,
  };
}

/** A line that should be `key: value` and was taken together with the next one. */
function missingColon(trouble: Trouble): Explanation | undefined {
  const { lines, line, at, text } = trouble;
  const own = lines[line];
  if (!own || (text[at] !== ':' && !/document separator/.test(trouble.reason))) return undefined;
  const candidate = firstOfText(lines, line);
  if (candidate === undefined || leavesBlock(lines, candidate)) return undefined;
  const found = lines[candidate];
  if (!found || found.indent > own.indent) return undefined;
  const key = /^\s*([\w./-]+):\S/.exec(found.text)?.[1];
  const message =
    key === undefined
      ? 'This line is no "key: value" and continues no value above: a colon is missing, or it belongs elsewhere.'
      : `A space is missing behind the colon of "${key}".`;
  return { message, start: found.start + found.indent, end: lineEndOf(trouble, candidate) };
}

/** Text that was meant for the block above but is not indented like it. */
function leftBlockText(trouble: Trouble): Explanation | undefined {
  const { lines, line } = trouble;
  const candidates = [firstOfText(lines, line), line];
  for (const candidate of candidates) {
    if (candidate === undefined) continue;
    const key = leavesBlock(lines, candidate);
    const found = lines[candidate];
    if (key === undefined || !found) continue;
    return {
      message: `This line leaves the text block of ${key}, because it is indented less than the block's first line.`,
      start: found.start + found.indent,
      end: lineEndOf(trouble, candidate),
    };
  }
  return undefined;
}

/** A list item beside the others but not in their column, or among the keys of a mapping. */
function listItem(trouble: Trouble): Explanation | undefined {
  const { lines, line } = trouble;
  const own = lines[line];
  if (!own || !/^ *-(?:\s|$)/.test(own.text)) return undefined;
  const sibling = lines
    .slice(0, line)
    .findLast(({ text, indent }) => /^ *-(?:\s|$)/.test(text) && Math.abs(indent - own.indent) < 4);
  const start = own.start + own.indent;
  const message =
    sibling && sibling.indent !== own.indent
      ? `This list item is indented by ${spaces(own.indent)}, the other items of the list by ${sibling.indent}.`
      : 'A list item cannot stand among the keys of a mapping: indent it below the key it belongs to.';
  return { message, start, end: start + 1 };
}

/** A mapping below a key that already has a value. */
function childOfValue(trouble: Trouble): Explanation | undefined {
  const { lines, line } = trouble;
  const own = lines[line];
  const above = lineAbove(lines, line);
  const parent = above === undefined ? undefined : lines[above];
  if (!own || !parent || own.indent <= parent.indent) return undefined;
  const value = /^\s*(?:- )*("[^"]*"|'[^']*'|[^\s:]+):\s+\S/.exec(parent.text);
  if (!value) return undefined;
  const start = own.start + own.indent;
  const key = /^[^:\s]*/.exec(own.text.slice(own.indent))?.[0] ?? '';
  return {
    message: `No mapping can begin here: ${value[1]} in the line above already has a value. Indent this line like it, or remove that value.`,
    start,
    end: start + Math.max(key.length, 1),
  };
}

/** A key in the column of a list's items. */
function besideList(trouble: Trouble): Explanation | undefined {
  const { lines, line } = trouble;
  const own = lines[line];
  const above = lines.slice(0, line).findLast(({ indent }) => own && indent <= own.indent);
  if (!own || above?.indent !== own.indent || !/^ *-(?:\s|$)/.test(above.text)) return undefined;
  return {
    message:
      'A key cannot stand beside the items of a list: indent it to belong to an item, or begin it with "- ".',
    start: own.start + own.indent,
    end: lineEndOf(trouble, line),
  };
}

/** The general case: which columns would have fitted. */
function misfit(trouble: Trouble): Explanation | undefined {
  const { lines, line } = trouble;
  const own = lines[line];
  const columns = own ? openColumns(lines, line) : [];
  if (!own || columns.length === 0 || columns.includes(own.indent)) return undefined;
  return {
    message: `This line is indented by ${spaces(own.indent)}, which fits nothing above it: ${columns.join(' or ')} would.`,
    start: own.start + own.indent,
    end: lineEndOf(trouble, line),
  };
}

/** A second value in one document, as in a stream of JSON objects. */
function secondValue(trouble: Trouble): Explanation | undefined {
  if (!trouble.reason.includes('document separator')) return undefined;
  const message = 'The document has ended before this: put a line "---" between two documents.';
  return { message, start: trouble.at, end: lineEndOf(trouble, trouble.line) };
}

/**
 * The line at which the text begins that was read as one key with the line `at`: the outermost line without
 * a colon directly above.
 */
function firstOfText(lines: readonly Line[], at: number): number | undefined {
  let first: number | undefined;
  for (let above = at - 1; above >= 0; above--) {
    const line = lines[above];
    if (!line || isIdle(line) || /:(?:\s|$)/.test(line.text) || /^\s*- /.test(line.text)) break;
    if (first === undefined || line.indent < (lines[first]?.indent ?? 0)) first = above;
  }
  return first;
}

/** The key whose block text (`|`, `>`) the lines directly above belong to while this line does not. */
function leavesBlock(lines: readonly Line[], at: number): string | undefined {
  const own = lines[at];
  let blockIndent: number | undefined;
  for (let above = at - 1; own && above >= 0; above--) {
    const line = lines[above];
    if (!line || line.text.trim() === '') continue;
    const header =
      line.text.length < longestHeader &&
      /(?:^|[\s-])("[^"]*"|[^\s:"]+):\s+[|>][-+0-9]*\s*(?:#.*)?$/.exec(line.text);
    if (header && blockIndent !== undefined && line.indent < blockIndent)
      return own.indent < blockIndent ? `"${(header[1] ?? '').replaceAll('"', '')}"` : undefined;
    if (header) return undefined;
    // The text's first line, the last one seen, says how deep the text is.
    blockIndent = line.indent;
    if (above < at - maxBlockLines) return undefined;
  }
  return undefined;
}

/** The columns of the mappings and lists that are open above a line, the innermost first. */
function openColumns(lines: readonly Line[], at: number): number[] {
  const columns: number[] = [];
  for (let above = at - 1; above >= 0; above--) {
    const line = lines[above];
    if (!line || isIdle(line)) continue;
    if (line.indent < (columns.at(-1) ?? Number.POSITIVE_INFINITY)) columns.push(line.indent);
  }
  return columns;
}

const maxBlockLines = 2000;
const longestHeader = 500;

function spaces(count: number): string {
  return count === 1 ? '1 space' : `${count} spaces`;
}
