/**
 * A block YAML document in which only the lines stay that lead to an offset, and the neighbours on the way with
 * nothing below them: a document may be broken elsewhere, and a large one need not be read whole. Other lines are
 * blank, and the line of the offset is as it was, so that places stay the same. `lines`: only lines and columns do,
 * and the text is shorter.
 */
export function withoutElsewhere(
  document: string,
  offset: number,
  places: 'offsets' | 'lines' = 'offsets',
): string {
  const lines = document.split('\n');
  const at = document.slice(0, offset).split('\n').length - 1;
  const kept = new Map([[at, lines[at] ?? '']]);
  const keep = (index: number) => kept.set(index, firstOf(lines[index] ?? ''));
  const column = contentColumn(lines[at] ?? '');
  for (const index of above(lines, at)) keep(index);
  for (const index of besides(lines, at, column)) keep(index);
  for (const [index, line] of lines.entries())
    if (!kept.has(index) && /^["']?(?:apiVersion|kind)["']?:/.test(line)) keep(index);
  return lines
    .map((line, index) => {
      const left = kept.get(index) ?? '';
      return places === 'lines' ? left : left.padEnd(line.length);
    })
    .join('\n');
}

/** The parents of a line, and their neighbours before them. */
function above(lines: readonly string[], at: number): number[] {
  const found: number[] = [];
  const own = lines[at] ?? '';
  // Of the map that a line is in; of a list its dashes, when the first key of its item was passed.
  let column = contentColumn(own);
  let dash = dashColumn(own);
  for (let index = at - 1; index >= 0; index--) {
    const line = lines[index] ?? '';
    if (!isContent(line)) continue;
    const theirs = contentColumn(line);
    const theirDash = dashColumn(line);
    const isParent =
      dash === undefined
        ? theirs < column || (theirs === column && (theirDash === undefined || theirDash < column))
        : theirs < dash || (theirs === dash && theirDash === undefined);
    // The list of a neighbour may begin at the same column as the neighbour.
    if (!isParent || (theirDash ?? -1) >= (dash ?? column)) continue;
    found.push(index);
    column = theirs;
    dash = theirDash;
  }
  return found;
}

/** The keys behind a line in the same map. */
function besides(lines: readonly string[], at: number, column: number): number[] {
  const found: number[] = [];
  for (let index = at + 1; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (!isContent(line)) continue;
    const start = line.search(/\S/);
    if (start < column) break;
    if (start === column && dashColumn(line) === undefined) found.push(index);
  }
  return found;
}

/** Behind the indent and the dashes. */
function contentColumn(line: string): number {
  return (
    /^ *(?:-(?: +|$))*/.exec(line.trimEnd() === '' ? line.replace(/\r$/, '') : line)?.[0].length ??
    0
  );
}

function dashColumn(line: string): number | undefined {
  return /^ *-(?:\s|$)/.test(line) ? line.indexOf('-') : undefined;
}

function isContent(line: string): boolean {
  return !/^\s*(?:#.*)?$/.test(line);
}

/** The key with its value, where that is a simple one of this line; else the key alone. */
function firstOf(line: string): string {
  const [, key = '', value = ''] = keyAndValue.exec(line.replace(/\s+$/, '')) ?? [];
  if (key === '') return '';
  return simple.test(value) ? `${key} ${value}` : key;
}

const keyAndValue =
  /^([ ]*(?:-[ ]+)*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'{}[\],#&*!|>%@`-][^#]*?):)(?:[ \t]+(.*))?$/;
const simple = /^(?:[\w./@+-](?:[^#:{}[\]]|:(?=\S))*|"(?:[^"\\]|\\.)*"|'[^']*')$/;
