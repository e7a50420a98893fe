import { shortenMiddle, takeColumns, takeColumnsEnd, textWidth } from './columns.ts';

/**
 * Shortens two values so that what differs stays in sight: what they have in common at both ends goes
 * first, only then the middle of the difference itself.
 */
export function shortenPair(a: string, b: string, columns: number): [string, string] {
  if (textWidth(a) <= columns && textWidth(b) <= columns) return [a, b];
  const start = commonStart(a, b);
  const end = commonEnd(a.slice(start), b.slice(start));
  const differing = Math.max(
    textWidth(a.slice(start, a.length - end)),
    textWidth(b.slice(start, b.length - end)),
  );
  const room = Math.max(columns - differing, 8);
  const [common, tail] = [a.slice(0, start), end === 0 ? '' : a.slice(-end)];
  const before = keepEnd(common, Math.max(Math.floor(room / 2), room - textWidth(tail)));
  const parts = { before, after: keepStart(tail, room - textWidth(before)) };
  return [window(a, start, end, parts, columns), window(b, start, end, parts, columns)];
}

function window(
  text: string,
  start: number,
  end: number,
  { before, after }: { before: string; after: string },
  columns: number,
): string {
  if (textWidth(text) <= columns) return text;
  const room = Math.max(3, columns - textWidth(before) - textWidth(after));
  const middle = shortenMiddle(text.slice(start, text.length - end), room);
  return before + middle + after;
}

function keepEnd(text: string, columns: number): string {
  return textWidth(text) <= columns ? text : `…${takeColumnsEnd(text, columns - 1)}`;
}

function keepStart(text: string, columns: number): string {
  return textWidth(text) <= columns ? text : `${takeColumns(text, columns - 1)}…`;
}

/** Length of the common start, never inside a surrogate pair. */
function commonStart(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a[at] === b[at]) at++;
  return at > 0 && isHighSurrogate(a.charCodeAt(at - 1)) ? at - 1 : at;
}

function commonEnd(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let count = 0;
  while (count < length && a[a.length - 1 - count] === b[b.length - 1 - count]) count++;
  return count > 0 && isLowSurrogate(a.charCodeAt(a.length - count)) ? count - 1 : count;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
