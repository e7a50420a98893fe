import type { Defect } from './defect.ts';
import { linesOf, quotedIn } from './document-lines.ts';
import { explainIndentation } from './explain-indentation.ts';
import { maxDepth } from './read-events.ts';
import { type Explanation, lineEndOf, type Trouble } from './trouble.ts';

/**
 * Says in one sentence what is wrong in a text that js-yaml could not read, on the line that causes it:
 * that is often not the line where reading stopped.
 */
export function explainSyntaxError(
  text: string,
  at: number,
  reason: string,
  failsAt: (text: string) => number | undefined,
): Defect {
  const lines = linesOf(text);
  const line = Math.max(
    lines.findLastIndex(({ start }) => start <= at),
    0,
  );
  const trouble: Trouble = { text, at, reason, lines, line, failsAt };
  for (const explain of explanations) {
    const explanation = explain(trouble);
    if (explanation)
      return {
        rule: 'yaml-syntax',
        ...explanation,
        end: Math.min(explanation.end, text.length),
      };
  }
  const message = sentence(reason);
  const end = lineEndOf(trouble, line);
  if (end > at) return { rule: 'yaml-syntax', message, start: at, end };
  // Nothing is left to mark where reading stopped: the last character before it is.
  const last = Math.max(text.slice(0, at).trimEnd().length - 1, 0);
  return { rule: 'yaml-syntax', message, start: last, end: Math.min(last + 1, text.length) };
}

const explanations: ((trouble: Trouble) => Explanation | undefined)[] = [
  nesting,
  conflictMarker,
  character,
  template,
  tabIndentation,
  oddSpaces,
  unclosedQuote,
  textBehindQuote,
  reservedStart,
  aliasWithoutName,
  unclosedBracket,
  missingComma,
  escapeSequence,
  textBehindBlockHeader,
  explainIndentation,
];

function nesting({ at, reason }: Trouble): Explanation | undefined {
  if (!/nesting|nested/.test(reason)) return undefined;
  const message = `This is nested more than ${maxDepth} levels deep, which no manifest is: it is not read.`;
  return { message, start: at, end: at + 1 };
}

function conflictMarker({ lines, line }: Trouble): Explanation | undefined {
  const marker = lines.find(({ text }) => /^(?:<{7}|>{7}|\|{7})(?: |$)/.test(text));
  if (!marker || marker.start > (lines[line + 1]?.start ?? Number.POSITIVE_INFINITY))
    return undefined;
  const message =
    'A git conflict is not resolved here: keep one side and remove the conflict markers.';
  return { message, start: marker.start, end: marker.start + marker.text.length };
}

function character({ text, at, reason }: Trouble): Explanation | undefined {
  if (!/non-printable|null byte|valid JSON character/.test(reason)) return undefined;
  const code = text.codePointAt(at) ?? 0;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return {
    message: `The control character ${name} is not allowed in YAML: remove it.`,
    start: at,
    end: at + 1,
  };
}

function template({ lines, line, text }: Trouble): Explanation | undefined {
  for (const index of [line, line - 1]) {
    const { text: content = '', start: lineStart = 0 } = lines[index] ?? {};
    const open = content.search(/(?<!["'])\{\{/);
    if (open < 0) continue;
    const start = lineStart + open;
    const close = text.indexOf('}}', start);
    const end = close < 0 ? lineStart + content.length : close + 2;
    const message = `Outside a chart nothing fills in the template expression "{{", and YAML cannot read it: quote the value, or render the template first.`;
    return { message, start, end };
  }
  return undefined;
}

function tabIndentation({ lines, line, text, at, reason }: Trouble): Explanation | undefined {
  const { text: content = '', start = 0 } = lines[line] ?? {};
  const [blank] = /^\s*(?:-\s+)*/.exec(content) ?? [''];
  const inBlank = blank.indexOf('\t');
  const tab = inBlank >= 0 ? start + inBlank : at;
  if (inBlank < 0 && !(reason.includes('tab') && text[at] === '\t')) return undefined;
  const message = 'This line is indented with a tab; YAML allows only spaces there.';
  return { message, start: tab, end: tab + 1 };
}

function oddSpaces({ lines, line }: Trouble): Explanation | undefined {
  for (const index of [line, line - 1]) {
    const { text = '', start = 0 } = lines[index] ?? {};
    const odd = /^ *([\u00A0\u2000-\u200B\u202F\u3000]+)/.exec(text);
    if (!odd?.[1]) continue;
    const code = odd[1].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    const name = code === '00A0' ? 'non-breaking spaces' : 'unusual spaces';
    const message = `This line is indented with ${name} (U+${code}): use ordinary spaces.`;
    return { message, start, end: start + odd[0].length };
  }
  return undefined;
}

/** A quote is left open when closing it at the end of its line lets reading get further. */
function unclosedQuote({
  text,
  at,
  line,
  lines,
  reason,
  failsAt,
}: Trouble): Explanation | undefined {
  const atEnd = reason.includes('quoted scalar');
  for (let index = line, tries = 0; index >= 0 && tries < maxTries; index--) {
    const { text: content = '', start = 0 } = lines[index] ?? {};
    const open = quotedIn(content).find(quoted => quoted.end === undefined);
    if (!open) continue;
    tries++;
    const end = start + content.trimEnd().length;
    const stop = failsAt(text.slice(0, end) + open.quote + text.slice(end));
    if (stop !== undefined && stop <= (atEnd ? end + 1 : at + 1)) continue;
    const message = `The quote ${open.quote} that opens here is not closed on its line.`;
    return { message, start: start + open.start, end };
  }
  return undefined;
}

function textBehindQuote({ lines, line, at }: Trouble): Explanation | undefined {
  const { text = '', start = 0 } = lines[line] ?? {};
  const closed = quotedIn(text).findLast(({ end }) => end !== undefined && start + end <= at);
  if (closed?.end === undefined || text.slice(closed.end, at - start).trim() !== '')
    return undefined;
  if (/^\s*(?:$|[:#])/.test(text.slice(closed.end))) return undefined;
  const inside = closed.quote === '"' ? '\\"' : "''";
  const message = `Text stands behind the closing quote: write a quote inside the value as ${inside}, or quote with the other kind.`;
  return { message, start: start + closed.start, end: start + text.trimEnd().length };
}

function reservedStart(trouble: Trouble): Explanation | undefined {
  const { text, at, line, reason } = trouble;
  const first = text.charAt(at);
  if (/[\]}]/.test(first) && /[\]}]\s*$/.test(text.slice(0, at)))
    return { message: `This "${first}" closes no bracket: remove it.`, start: at, end: at + 1 };
  const isStart = /(?:^|[\n\r]|[:\-,[{]\s)\s*$/.test(text.slice(Math.max(0, at - 200), at));
  if (!/[@`%,\]}|>]/.test(first) || !isStart || reason.includes('flow')) return undefined;
  const message = `A value cannot start with "${first}": put it in quotes.`;
  return { message, start: at, end: lineEndOf(trouble, line) };
}

function aliasWithoutName(trouble: Trouble): Explanation | undefined {
  const { at, text, line, reason } = trouble;
  const match = /name of an (alias|anchor) node/.exec(reason);
  if (!match) return undefined;
  const start = at - 1;
  const message = `A value cannot start with "${text.charAt(start)}", which begins an ${match[1]}: put it in quotes.`;
  return { message, start, end: lineEndOf(trouble, line) };
}

/** A bracket is left open when closing it at the end of its line lets reading get further. */
function unclosedBracket({
  text,
  at,
  line,
  lines,
  reason,
  failsAt,
}: Trouble): Explanation | undefined {
  if (!reason.includes('flow collection')) return undefined;
  const last = reason.includes('end of the stream') ? lines.length - 1 : line - 1;
  for (let index = last, tries = 0; index >= 0 && tries < maxTries; index--) {
    const { text: content = '', start = 0 } = lines[index] ?? {};
    const open = openBrackets(content);
    const [first] = open;
    if (first === undefined) continue;
    tries++;
    const closing = open.map(column => (content[column] === '[' ? ']' : '}')).reverse();
    const end = start + content.trimEnd().length;
    const stop = failsAt(text.slice(0, end) + closing.join('') + text.slice(end));
    if (stop !== undefined && stop <= at + closing.length) continue;
    const message = `The bracket "${content[first]}" that opens here is never closed: "${closing.at(-1)}" is missing.`;
    return { message, start: start + first, end: start + first + 1 };
  }
  return undefined;
}

/** The columns of a line's brackets that it does not close. */
function openBrackets(line: string): number[] {
  const open: number[] = [];
  for (const { 0: token, index } of line.matchAll(bracketsOutsideQuotes)) {
    if (token === '[' || token === '{') open.push(index);
    else if (token === ']' || token === '}') open.pop();
  }
  return open;
}

const bracketsOutsideQuotes = /"(?:[^"\\]|\\.)*"|'[^']*'|(?<!\S)#.*|(?<=^|[\s:,[{-])[[{]|[\]}]/g;

function missingComma({ at, reason }: Trouble): Explanation | undefined {
  if (reason.includes('missed comma'))
    return {
      message: 'A comma or a closing bracket is missing before this.',
      start: at,
      end: at + 1,
    };
  if (reason.includes("found ','"))
    return { message: 'A value is missing before this comma.', start: at, end: at + 1 };
  return undefined;
}

function escapeSequence({ text, at, reason }: Trouble): Explanation | undefined {
  if (!/escape sequence|hexadecimal/.test(reason)) return undefined;
  const start = text.lastIndexOf('\\', at);
  const sequence = text.slice(start, start + 2);
  const message = `Double quotes do not know the escape ${sequence}: double the backslash, or use single quotes.`;
  return { message, start, end: at + 1 };
}

function textBehindBlockHeader(trouble: Trouble): Explanation | undefined {
  if (!trouble.reason.includes('line break is expected')) return undefined;
  const message =
    'The text of a block begins on the line below its "|" or ">": nothing but a comment may follow on this one.';
  return { message, start: trouble.at, end: lineEndOf(trouble, trouble.line) };
}

/** How many lines are tried as the one to blame; each costs reading the document once more. */
const maxTries = 20;

function sentence(reason: string): string {
  return `YAML does not allow this: ${reason}.`;
}
