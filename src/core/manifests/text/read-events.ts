import { EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml';
import { trimEnd } from './blanks.ts';

/** Deeper nesting is refused: no manifest comes near it, and reading it would exhaust the stack. */
export const maxDepth = 500;

/**
 * js-yaml's events of one document, read as leniently as go-yaml does: inside brackets and quotes a line
 * may be indented less than its parent. Each such line costs reading once more, for at most `maxWork`
 * characters. Throws a `YAMLException` for what neither accepts.
 */
export function readEvents(text: string, maxWork = 20_000_000): Event[] {
  let joined = text;
  for (let budget = maxWork; ; budget -= text.length) {
    try {
      const events = parseEvents(joined, { maxDepth });
      return joined === text ? events : events.map(event => withLineBreaks(event, text));
    } catch (error) {
      const at = underIndentedAt(error);
      const next = at === undefined ? joined : joinLines(joined, at);
      if (next === joined || budget <= 0) throw error;
      joined = next;
    }
  }
}

function underIndentedAt(error: unknown): number | undefined {
  if (!(error instanceof YAMLException) || error.reason !== 'deficient indentation')
    return undefined;
  return error.mark?.position;
}

/** Blanks the line break before `at`, with a comment before it: inside brackets and quotes it is only space. */
function joinLines(text: string, at: number): string {
  let start = trimEnd(text, 0, at);
  for (
    let comment = commentAt(text, start);
    comment !== undefined;
    comment = commentAt(text, start)
  )
    start = trimEnd(text, 0, comment);
  const lineStart = lineStartOf(text, start);
  // js-yaml also takes a tab before the bracket for bad indentation.
  const line = text.slice(lineStart, start).replaceAll('\t', ' ');
  return text.slice(0, lineStart) + line + ' '.repeat(at - start) + text.slice(at);
}

function lineStartOf(text: string, at: number): number {
  return Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1;
}

/** Where the comment begins that ends at `end`, seen from its own line. */
function commentAt(text: string, end: number): number | undefined {
  const lineStart = lineStartOf(text, end);
  const line = text.slice(lineStart, end);
  const at = quotedOrComment.exec(line)?.indices?.groups?.comment?.[0];
  return at === undefined ? undefined : lineStart + at;
}

/** A line up to its comment, stepping over quoted text, in which `#` is content. */
const quotedOrComment = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|(?<=\S)#|[^#"'])*?(?<comment>(?<!\S)#.*)$/d;

/** A scalar that was read on joined lines has its line breaks in the text all the same. */
function withLineBreaks(event: Event, text: string): Event {
  if (event.type !== EVENT_ID.SCALAR || !event.fast) return event;
  const broken = /[\r\n]/.test(text.slice(event.valueStart, event.valueEnd));
  return broken ? { ...event, fast: false } : event;
}
